"""Where a page was folded: one slope in shade, the other in light, and fibres worn white along the crease."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from synth.fields import Float32s, wave
from synth.layers import Layer
from synth.marks.place import Line, as_coverage, warped
from synth.scene import Mark, Rgb

if TYPE_CHECKING:
    from synth.ink import Raster

_REACH_PT = 14.0
"""How far from the crease its shading can be seen."""
_ROWS_PER_PT = 5
_WORN: Rgb = (0.98, 0.98, 0.97)


def fold(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A crease of length `size` through (x, y) along `angle`."""
    return _crease(mark, raster, np.random.default_rng(mark.seed))


def dog_ear(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A corner that was turned down and back: (x, y) is the crease's middle, the page's corner lies on its right."""
    rng = np.random.default_rng(mark.seed)
    # The turned corner never lies quite flat again: a triangle, its long side on the crease, stands a little off.
    triangle = np.zeros((64, 128), np.uint8)
    corner = np.array([[2, 32], [126, 32], [64, 63]], np.int32)
    cv2.fillConvexPoly(triangle, corner, round(255 * 0.16 * mark.strength), cv2.LINE_AA)
    size = (mark.size, mark.size)
    shade = warped(triangle, (mark.x, mark.y), size, mark.angle, raster, mark.colour)
    return [*shade, *_crease(mark, raster, rng)]


def _crease(mark: Mark, raster: Raster, rng: np.random.Generator) -> list[Layer]:
    """Two layers: what the crease darkens, and the fibres it laid bare."""
    rows = round(2 * _REACH_PT * _ROWS_PER_PT)
    along = 96
    bumps = max(round(mark.size / 14), 3)
    across = np.linspace(-_REACH_PT, _REACH_PT, rows, dtype=np.float32)[:, None]
    across = across + 0.12 * wave(rng, along, min(bumps, 24))[None, :]
    side = np.where(across > 0, 1.0, 0.35)
    depth = rng.uniform(0.12, 0.3)
    slope = depth * side * np.exp(-np.abs(across) / rng.uniform(2.0, 5.0))
    groove = 0.5 * np.exp(-(((across - 0.25) / 0.35) ** 2))
    worn = rng.uniform(0.3, 0.75) * np.exp(-(((across + 0.3) / 0.3) ** 2))
    wear = np.clip(0.75 + 0.5 * wave(rng, along, min(bumps, 40)), 0.1, 1.2)[None, :]
    ends = np.minimum(np.minimum(np.arange(along), np.arange(along)[::-1]) / 3, 1)[None, :]
    return [
        *_laid((slope + groove * wear) * ends * mark.strength, mark, raster, mark.colour, "filter"),
        *_laid(worn * wear * ends * mark.strength, mark, raster, _WORN, "cover"),
    ]


def _laid(shares: Float32s, mark: Mark, raster: Raster, colour: Rgb, kind: str) -> list[Layer]:
    size = (mark.size, 2 * _REACH_PT)
    return warped(as_coverage(shares), (mark.x, mark.y), size, mark.angle, raster, colour, kind)
