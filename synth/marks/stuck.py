"""What was stuck on a page: clear tape, index tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from synth.fields import cloud, wave
from synth.layers import Layer
from synth.marks.place import Line, as_coverage, warped
from synth.scene import Mark

if TYPE_CHECKING:
    from synth.ink import Raster

_TAPE_PT = 42.0
_GLARE = (0.99, 0.99, 0.98)
_SHADE = (0.25, 0.24, 0.23)


def tape(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """Clear tape, `size` long, its ends torn over teeth: yellowed, its edges dirty, a band of glare on it."""
    rng = np.random.default_rng(mark.seed)
    rows, columns = 96, max(round(96 * mark.size / _TAPE_PT), 32)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    teeth = 4 * np.abs((y / 7 + rng.uniform(0, 1)) % 1 - 0.5)
    inside = np.clip(np.minimum(x - 1 - teeth, columns - 2 - x - teeth), 0, 1) * np.clip(
        np.minimum(y, rows - 1 - y), 0, 1
    )
    rim = np.exp(-np.minimum(y, rows - 1 - y) / 1.5) + 0.4 * np.exp(-np.minimum(x, columns - 1 - x) / 2)
    bubbles = 0.12 * np.clip(cloud(rng, (columns, rows), (20, 12), smooth=False), 0, 2)
    stain = inside * (0.55 + 0.35 * rim + bubbles)
    band = x - columns * rng.uniform(0.2, 0.8) + (y - rows / 2) * rng.uniform(-0.8, 0.8)
    glare = (
        inside * 0.3 * np.exp(-((band / rng.uniform(8, 30)) ** 2)) * np.clip(0.8 + 0.4 * wave(rng, columns, 20), 0, 1)
    )
    at, size = (mark.x, mark.y), (mark.size, _TAPE_PT)
    return [
        *warped(as_coverage(stain * mark.strength), at, size, mark.angle, raster, mark.colour),
        *warped(as_coverage(glare * mark.strength), at, size, mark.angle, raster, _GLARE, "cover"),
    ]


def tab(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A coloured index tab, `size` long and a third as high, with the shadow of its lifted end."""
    rng = np.random.default_rng(mark.seed)
    rows, columns = 48, 144
    shadow = np.zeros((rows, columns), np.uint8)
    shadow[6:-3, 6:-6] = round(255 * 0.6 * mark.strength)
    shadow = cv2.GaussianBlur(shadow, (0, 0), 2.5)
    paper = np.zeros((rows, columns), np.float32)
    paper[4:-6, 4:-8] = 1
    # Translucent film: the page shines through a little where the tab is glued down.
    paper *= np.linspace(rng.uniform(0.8, 0.97), 0.97, columns, dtype=np.float32)
    at, size = (mark.x, mark.y), (mark.size, mark.size / 3)
    return [
        *warped(shadow, at, size, mark.angle, raster, _SHADE),
        *warped(as_coverage(cv2.GaussianBlur(paper, (0, 0), 0.6)), at, size, mark.angle, raster, mark.colour, "cover"),
    ]
