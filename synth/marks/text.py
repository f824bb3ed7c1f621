"""Where a mark meets the text: the line nearest to it, the lines below that, and how far apart they stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from synth.marks.place import Line

_USUAL_PITCH = 13.0
_PITCHES = (6.0, 30.0)


def nearest(lines: Sequence[Line], x: float, y: float) -> Line | None:
    """The line whose baseline and extent are nearest to a page point; None where there is no text."""
    return min(lines, key=lambda line: abs(line[2] - y) + max(line[0] - x, x - line[1], 0.0), default=None)


def column_from(lines: Sequence[Line], x: float, y: float) -> list[Line]:
    """The nearest line and those below it in its column, from the top down."""
    first = nearest(lines, x, y)
    if first is None:
        return []
    left, right, baseline = first
    below = sorted((line for line in lines if line[2] > baseline and line[0] < right and left < line[1]), key=_baseline)
    return [first, *below]


def line_pitch(lines: Sequence[Line]) -> float:
    """Distance of the page's lines, points: the median of all that are no gap between paragraphs or columns."""
    baselines = sorted({line[2] for line in lines})
    steps = sorted(b - a for a, b in pairwise(baselines) if _PITCHES[0] <= b - a <= _PITCHES[1])
    return steps[len(steps) // 2] if steps else _USUAL_PITCH


def _baseline(line: Line) -> float:
    return line[2]
