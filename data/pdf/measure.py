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
from data.pdf.layer import Glyph, is_diagonal, is_upright, turned_size
from data.pdf.lines import across, along
from data.pdf.picture import Window, draw_window, text_coverage

_EM_PX = 96
"""Pixels per em of the drawing: a sixth of a pixel of a book page 1024 pixels wide."""
_REACH = 0.22
"""How far around the expected box ink is looked for, em."""
_JOINED = 0.12
"""How far a letter may reach out of the expected rectangle without being taken for two letters in one, em."""
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

    def widened(self, by: float) -> Frame:
        """The rectangle with so much around it."""
        return Frame(self.direction, self.left - by, self.top - by, self.right + by, self.bottom + by)

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
    if is_upright(direction):
        corners = [(x, y) for glyph in glyphs for x in glyph.box[::2] for y in glyph.box[1::2]]
    else:
        corners = [corner for glyph in glyphs for corner in _turned(glyph).quad()]
    alongs, acrosses = [along(p, direction) for p in corners], [across(p, direction) for p in corners]
    return Frame(direction, min(alongs), min(acrosses), max(alongs), max(acrosses))


def _turned(glyph: Glyph) -> Frame:
    """The rectangle of a slanted letter, of whose upright box it shares the middle."""
    left, top, right, bottom = glyph.box
    width, height = turned_size(glyph.box, glyph.direction)
    middle = ((left + right) / 2, (top + bottom) / 2)
    x, y = along(middle, glyph.direction), across(middle, glyph.direction)
    return Frame(glyph.direction, x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def measure(page: Any, found: Found) -> Measured:
    """Draws the surroundings of a prefix and measures its ink."""
    guess, size = expected(found.prefix), max(glyph.size for glyph in found.prefix)
    limits = guess.widened(_REACH * size)
    corner = limits.quad()[0]
    extent = (limits.right - limits.left, limits.bottom - limits.top)
    window = Window(corner, guess.direction, *extent, scale=_EM_PX / size)
    letters = text_coverage(page, window)
    own = _own(letters >= 128, _cut(guess, limits, window), round(_JOINED * _EM_PX))
    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    if not len(rows):
        return Measured(guess, guess.quad(), 0.0, False, "no ink is drawn there")
    left, top = limits.left + columns[0] / window.scale, limits.top + rows[0] / window.scale
    right, bottom = limits.left + (columns[-1] + 1) / window.scale, limits.top + (rows[-1] + 1) / window.scale
    ink = Frame(guess.direction, float(left), float(top), float(right), float(bottom))
    shown = draw_window(page, window).astype(np.int16)
    contrast = _contrast(shown, letters, _cut(ink, limits, window))
    base = across(found.prefix[0].origin, guess.direction)
    below = Frame(guess.direction, ink.left, base + _UNDERLINE[0] * size, ink.right, base + _UNDERLINE[1] * size)
    underlined = _underlined(shown, letters, _cut(below, limits, window))
    return Measured(ink, _hull(own, limits, window), contrast, underlined, _fault(guess, ink, size, contrast))


def _own(dark: npt.NDArray[np.bool_], guess: tuple[slice, slice], joined: int) -> npt.NDArray[np.bool_]:
    """The ink of the prefix: pieces whose middle lies in the expected rectangle, not those of neighbours that reach in.

    A piece that reaches out of the rectangle by more than `joined` pixels is a letter grown together with its
    neighbour, and is cut there.
    """
    import cv2

    _, labels, boxes, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8))
    rows, columns = guess
    boxed = boxes[:, :2] + boxes[:, 2:4] / 2
    inside = (boxed >= [columns.start, rows.start]).all(axis=1) & (boxed <= [columns.stop, rows.stop]).all(axis=1)
    inside[0] = False  # the paper
    own: npt.NDArray[np.bool_] = inside[labels]
    for axis, wanted in enumerate(guess):
        there = np.flatnonzero(own.any(axis=1 - axis))
        if len(there) and there[0] < wanted.start - joined:
            own[(slice(None),) * axis + (slice(0, wanted.start),)] = False
        if len(there) and there[-1] >= wanted.stop + joined:
            own[(slice(None),) * axis + (slice(wanted.stop, None),)] = False
    return own


def _cut(part: Frame, limits: Frame, window: Window) -> tuple[slice, slice]:
    """Rows and columns of a drawing that show a rectangle."""
    rows = (max(round((at - limits.top) * window.scale), 0) for at in (part.top, part.bottom))
    columns = (max(round((at - limits.left) * window.scale), 0) for at in (part.left, part.right))
    return slice(*rows), slice(*columns)


def _hull(own: npt.NDArray[np.bool_], limits: Frame, window: Window) -> tuple[Point, ...]:
    """Corners of the smallest convex outline around the ink: however a picture is bent, its box is that of the ink."""
    import cv2

    rows, columns = np.nonzero(own)
    corners = np.concatenate([np.stack([columns + dx, rows + dy], axis=1) for dx in (0, 1) for dy in (0, 1)])
    points = cv2.convexHull(corners.astype(np.int32))[:, 0] / window.scale + np.array([limits.left, limits.top])
    cos, sin = limits.direction
    return tuple((a * cos - b * sin, a * sin + b * cos) for a, b in points.tolist())


def _contrast(shown: npt.NDArray[np.int16], letters: npt.NDArray[np.uint8], cut: tuple[slice, slice]) -> float:
    """Difference between letters and their surroundings in the channel where it is largest, share of white."""
    inside, around = letters[cut] > 220, letters[cut] < 20
    if not inside.any() or not around.any():
        return 0.0
    pixels = shown[cut]
    return float(np.abs(pixels[inside].mean(axis=0) - pixels[around].mean(axis=0)).max()) / 255


def _underlined(shown: npt.NDArray[np.int16], letters: npt.NDArray[np.uint8], band: tuple[slice, slice]) -> bool:
    """Whether a row below the baseline has, along the whole prefix, another colour than the paper between letters."""
    paper = np.median(shown[letters < 20].reshape(-1, 3), axis=0)
    differs = np.abs(shown[band] - paper).max(axis=2) > 60
    return bool((differs.mean(axis=1) > 0.95).any())


def _fault(guess: Frame, ink: Frame, size: float, contrast: float) -> str:
    if contrast < _LEAST_CONTRAST:
        return "its letters cannot be seen: they have the colour of what they stand on, or something lies over them"
    if is_diagonal(guess.direction):
        return "its line runs at 45 degrees, where the text layer does not say how large letters are"
    edges = ((guess.left, ink.left), (guess.top, ink.top), (guess.right, ink.right), (guess.bottom, ink.bottom))
    if max(abs(a - b) for a, b in edges) > _UNLIKE * size:
        return "its ink is not where the text layer says"
    return ""
