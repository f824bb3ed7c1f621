"""Measures where the ink of a prefix ends, on an enlarged drawing of its line: exact for every kind of font.

The text layer says where to look and what to expect. What it says alone is good to a tenth of a pixel in some fonts
and to two pixels in others (PDFium rounds the outlines of some to 1/64 em, and knows nothing of Type 3 glyphs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.model import Point
from data.pdf.find import Found
from data.pdf.layer import Glyph, is_upright
from data.pdf.lines import across, along
from data.pdf.picture import Window, draw_window, text_coverage

_EM_PX = 96
"""Pixels per em of the drawing: a sixth of a pixel of a book page 1024 pixels wide."""
_REACH = 0.22
"""How far around the expected box ink is looked for, em."""
_UNLIKE = 0.3
"""A larger difference between what is expected and what is measured is no measurement, em."""
_LEAST_CONTRAST = 0.06
_UNDERLINE = (0.04, 0.32)
"""Where an underline lies, em below the baseline."""

Quad = tuple[Point, Point, Point, Point]
"""Corners of a rectangle in reading order: top left, top right, bottom right, bottom left; display points."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Axes of a line of text: along its direction, and across it downwards; points."""

    direction: Point
    left: float
    top: float
    right: float
    bottom: float

    def quad(self) -> Quad:
        """The rectangle on display."""
        cos, sin = self.direction
        corners = ((self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom))
        points = [(a * cos - b * sin, a * sin + b * cos) for a, b in corners]
        return (points[0], points[1], points[2], points[3])


@dataclass(frozen=True, slots=True)
class Measured:
    """What a drawing of a prefix shows.

    Attributes:
        frame: its ink.
        hull: points around its ink, display points.
        contrast: difference between its ink and what is around it, share of white.
        underlined: whether a rule runs below it.
        fault: why the box cannot be trusted; empty where it can.
    """

    frame: Frame
    hull: tuple[Point, ...]
    contrast: float
    underlined: bool
    fault: str = ""


def expected(glyphs: Sequence[Glyph]) -> Frame:
    """The rectangle around glyphs of one line as the text layer has it."""
    direction = glyphs[0].direction
    if not is_upright(direction):
        # The upright box of a slanted letter is larger than the letter: the pen says where it stands.
        size = max(glyph.size for glyph in glyphs)
        base = across(glyphs[0].origin, direction)
        ends = [along(glyph.origin, direction) for glyph in glyphs]
        return Frame(direction, min(ends), base - 0.72 * size, ends[-1] + glyphs[-1].advance, base + 0.2 * size)
    corners = [(x, y) for glyph in glyphs for x in glyph.box[::2] for y in glyph.box[1::2]]
    alongs, acrosses = [along(p, direction) for p in corners], [across(p, direction) for p in corners]
    return Frame(direction, min(alongs), min(acrosses), max(alongs), max(acrosses))


def measure(page: Any, found: Found) -> Measured:
    """Draws the surroundings of a prefix and measures its ink."""
    guess, size = expected(found.prefix), max(glyph.size for glyph in found.prefix)
    limits = _limits(guess, found, size)
    cos, sin = guess.direction
    corner = (limits.left * cos - limits.top * sin, limits.left * sin + limits.top * cos)
    extent = (limits.right - limits.left, limits.bottom - limits.top)
    window = Window(corner, guess.direction, *extent, scale=_EM_PX / size)
    letters = text_coverage(page, window)
    ink = _ink(letters, guess, limits, window.scale)
    if ink is None:
        return Measured(guess, guess.quad(), 0.0, False, "no ink is drawn there")
    shown = draw_window(page, window).astype(np.int16)
    base = across(found.prefix[0].origin, guess.direction)
    contrast = _contrast(shown, letters, ink, window, limits)
    underlined = _underlined(shown, letters, [(base + at * size - limits.top) * window.scale for at in _UNDERLINE])
    hull = _hull(letters, ink, limits, window)
    return Measured(ink, hull, contrast, underlined, _fault(guess, ink, size, contrast))


def _limits(guess: Frame, found: Found, size: float) -> Frame:
    """Where ink of the prefix can be: up to the middle between it and its neighbours."""
    reach, left, right = _REACH * size, guess.left - _REACH * size, guess.right + _REACH * size
    if found.before is not None:
        left = max(left, min((expected([found.before]).right + guess.left) / 2, guess.left))
    if found.after is not None:
        right = min(right, max((expected([found.after]).left + guess.right) / 2, guess.right))
    return Frame(guess.direction, left, guess.top - reach, right, guess.bottom + reach)


def _ink(letters: npt.NDArray[np.uint8], guess: Frame, limits: Frame, scale: float) -> Frame | None:
    """The rectangle around the letters of the prefix; an edge where a neighbour's ink begins stays as expected."""
    dark = letters >= 128
    left, right = (round((at - limits.left) * scale) for at in (guess.left, guess.right))
    top, bottom = (round((at - limits.top) * scale) for at in (guess.top, guess.bottom))
    rows = _snapped(dark[:, max(left, 0) : right].any(axis=1), top, bottom)
    columns = _snapped(dark[slice(*rows)].any(axis=0), left, right) if rows else None
    if rows is None or columns is None:
        return None
    height, width = dark.shape
    return Frame(
        guess.direction,
        limits.left + columns[0] / scale if columns[0] > 0 else guess.left,
        limits.top + rows[0] / scale if rows[0] > 0 else guess.top,
        limits.left + columns[1] / scale if columns[1] < width else guess.right,
        limits.top + rows[1] / scale if rows[1] < height else guess.bottom,
    )


def _snapped(inked: npt.NDArray[np.bool_], first: int, last: int) -> tuple[int, int] | None:
    """An expected range moved to where ink begins and ends: inwards over blanks, outwards as long as there is no gap.

    So what another line or letter puts into the drawing is left out. None where there is no ink in the range.
    """
    first, last = max(first, 0), min(last, len(inked))
    within = np.flatnonzero(inked[first:last])
    if not len(within):
        return None
    blanks = np.flatnonzero(~inked)
    before, after = blanks[blanks < first + within[0]], blanks[blanks > first + within[-1]]
    return int(before[-1]) + 1 if len(before) else 0, int(after[0]) if len(after) else len(inked)


def _cut(ink: Frame, limits: Frame, window: Window) -> tuple[slice, slice]:
    """Rows and columns of a drawing that show the ink's rectangle."""
    rows = slice(*(round((at - limits.top) * window.scale) for at in (ink.top, ink.bottom)))
    columns = slice(*(round((at - limits.left) * window.scale) for at in (ink.left, ink.right)))
    return rows, columns


def _hull(letters: npt.NDArray[np.uint8], ink: Frame, limits: Frame, window: Window) -> tuple[Point, ...]:
    """Corners of the smallest convex outline around the ink: however a picture is bent, its box is that of the ink."""
    import cv2

    cut = _cut(ink, limits, window)
    rows, columns = np.nonzero(letters[cut] >= 128)
    if not len(rows):
        return ink.quad()
    corners = np.concatenate([np.stack([columns + dx, rows + dy], axis=1) for dx in (0, 1) for dy in (0, 1)])
    outline = cv2.convexHull(corners.astype(np.int32))[:, 0] / window.scale
    cos, sin = ink.direction
    points = outline + np.array([ink.left, ink.top])
    return tuple((a * cos - b * sin, a * sin + b * cos) for a, b in points.tolist())


def _contrast(
    shown: npt.NDArray[np.int16], letters: npt.NDArray[np.uint8], ink: Frame, window: Window, limits: Frame
) -> float:
    """Difference between letters and their surroundings in the channel where it is largest, share of white."""
    cut = _cut(ink, limits, window)
    inside, around = letters[cut] > 220, letters[cut] < 20
    if not inside.any() or not around.any():
        return 0.0
    pixels = shown[cut]
    return float(np.abs(pixels[inside].mean(axis=0) - pixels[around].mean(axis=0)).max()) / 255


def _underlined(shown: npt.NDArray[np.int16], letters: npt.NDArray[np.uint8], rows: Sequence[float]) -> bool:
    """Whether a row below the baseline has, along its whole length, another colour than the paper between letters."""
    band = slice(*(round(row) for row in rows))
    paper = np.median(shown[letters < 20].reshape(-1, 3), axis=0)
    differs = np.abs(shown[band] - paper).max(axis=2) > 60
    return bool((differs.mean(axis=1) > 0.95).any() and not (letters[band] > 128).mean() > 0.5)


def _fault(guess: Frame, ink: Frame, size: float, contrast: float) -> str:
    if contrast < _LEAST_CONTRAST:
        return "its letters cannot be seen: they have the colour of what they stand on, or something lies over them"
    edges = ((guess.left, ink.left), (guess.top, ink.top), (guess.right, ink.right), (guess.bottom, ink.bottom))
    if max(abs(a - b) for a, b in edges) > _UNLIKE * size:
        return "its ink is not where the text layer says"
    return ""
