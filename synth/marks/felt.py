"""A felt pen's stroke over words: even in the middle, darker where it stops and where strokes overlap, uneven ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from synth.fields import Float32s, wave
from synth.layers import Layer
from synth.marks.place import Line, as_coverage, window
from synth.marks.text import column_from, line_pitch
from synth.scene import Mark

if TYPE_CHECKING:
    from synth.ink import Raster

_MOST_LINES = 3


def highlighter(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """Strokes over `size` points of text from (x, y) on, carried on over the next lines of the column."""
    rng = np.random.default_rng(mark.seed)
    strokes = _strokes(mark, lines, rng)
    if not strokes:
        return []
    pitch = strokes[0][3]
    low = (min(s[0] for s in strokes) - pitch, strokes[0][2] - pitch)
    high = (max(s[1] for s in strokes) + pitch, strokes[-1][2] + pitch)
    seen = window(raster, low, high)
    if seen is None:
        return []
    left, top, width, height = seen
    x = (raster.left + (np.arange(left, left + width) + 0.5) / raster.scale).astype(np.float32)
    y = (raster.top + (np.arange(top, top + height) + 0.5) / raster.scale).astype(np.float32)
    through = np.ones((height, width), np.float32)
    for start, end, middle, thickness in strokes:
        rows = slice(*np.searchsorted(y, (middle - pitch, middle + pitch)))
        columns = slice(*np.searchsorted(x, (start - pitch, end + pitch)))
        if rows.start < rows.stop and columns.start < columns.stop:
            shape = _stroke(x[columns], y[rows], (start, end, middle, thickness), raster.scale, rng)
            through[rows, columns] *= 1 - mark.strength * shape
    return [Layer(left, top, as_coverage(1 - through), mark.colour)]


def _strokes(mark: Mark, lines: Sequence[Line], rng: np.random.Generator) -> list[tuple[float, float, float, float]]:
    """(start, end, middle height, thickness) of each stroke, points, from the top down."""
    column = column_from(lines, mark.x, mark.y)[:_MOST_LINES]
    pitch, left_over, strokes = line_pitch(lines), mark.size, []
    for number, (left, right, baseline) in enumerate(column):
        start = min(max(mark.x, left), max(right - pitch, left)) if number == 0 else left
        end = min(start + left_over, right)
        if end - start > 0.5 * pitch:
            overshoot = rng.uniform(-0.15, 0.35, 2) * pitch
            middle = baseline - pitch * rng.uniform(0.24, 0.36)
            thickness = pitch * rng.uniform(0.82, 1.08)
            strokes.append((start - overshoot[0], end + overshoot[1], middle, thickness))
        left_over -= end - start
        if left_over <= 0:
            break
    return strokes


def _stroke(
    x: Float32s, y: Float32s, stroke: tuple[float, float, float, float], scale: float, rng: np.random.Generator
) -> Float32s:
    """Its strength at the raster's x and y (page points), 0 to about 1.2 where the ink gathered."""
    start, end, middle, thickness = stroke
    half = thickness / 2
    bow = wave(rng, len(x), 3) * 0.03 * thickness + rng.uniform(-0.012, 0.012) * (x - (start + end) / 2)
    across = y[:, None] - np.float32(middle) - bow.astype(np.float32)[None, :]
    shape = np.clip((half - np.abs(across)) * scale + 0.5, 0, 1)
    # A chisel tip held at a slant: both ends lean the same way, each a little ragged.
    slant = rng.uniform(-0.25, 0.35)
    ragged = [wave(rng, len(y), 6) * 0.05 * thickness - slant * (y - middle) for _ in range(2)]
    since = x[None, :] - (start + ragged[0])[:, None].astype(np.float32)
    until = (end + ragged[1])[:, None].astype(np.float32) - x[None, :]
    shape *= np.clip(since * scale + 0.5, 0, 1) * np.clip(until * scale + 0.5, 0, 1)
    # Ink gathers where the tip rested and along its rims; dry felt leaves streaks.
    rim = np.square(across / half)
    resting = 0.8 + 0.25 * np.exp(-np.clip(end - x, 0, 20) / 2.0) + 0.04 * wave(rng, len(x), 12)
    shape *= resting[None, :] + 0.12 * rim * rim + 0.05 * wave(rng, len(y), 9)[:, None]
    drawn: Float32s = np.minimum(shape, 1)
    return drawn
