"""A typeset page: what stands where, in page points, and nothing of pixels.

Page coordinates: points of 1/72 inch, origin at the page's top left corner, y down. A baseline is a y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synth.fonts import Font
from synth.scene import Rgb

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Glyphs of one font, size and ink on one baseline; `xs` are their pen positions in points.

    As many glyphs as possible share a run: the ordinary text of a line is one, the prefix of a link another.
    """

    font: Font
    size: float
    ink: Rgb
    glyphs: npt.NDArray[np.int64]
    xs: Floats
    baseline: float


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A filled rectangle: a rule, a cell's border, a tint behind code.

    Attributes:
        tone: its coverage, 0…1.
        boxes: whether it is part of a box round several lines, and belongs to none of them.
    """

    left: float
    top: float
    right: float
    bottom: float
    ink: Rgb
    tone: float = 1.0
    boxes: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A place for a generated picture: `figures.draw` gives its coverage; `font` is what its words are lettered in."""

    left: float
    top: float
    right: float
    bottom: float
    kind: str
    seed: int
    font: Font


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link that stands on the page: its prefix, and its line segments in reading order, the prefix in the first.

    `complete` is False where the page ended before the link did. All its runs are among the page's runs too, but
    `segments` may join several of those into one.
    """

    number: int
    prefix: GlyphRun
    segments: tuple[GlyphRun, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A typeset page."""

    width: float
    height: float
    runs: tuple[GlyphRun, ...]
    rectangles: tuple[Rectangle, ...]
    pictures: tuple[Picture, ...]
    links: tuple[PlacedLink, ...]
    body_x_height: float
