"""Puts glyphs into lines by where they stand, whatever order, runs and blanks the file has them in."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from data.model import Point
from data.pdf.layer import LINE_END_HYPHEN, Glyph

_SAME_DIRECTION = 0.9998
"""Cosine: one degree."""
_COLUMN_GAP = 2.2
"""A wider gap, in em, separates columns or the cells of a table; justified lines stay below."""
_SPACE, _SPACE_OVER_TRACKING = 0.14, 0.12
"""A gap from which on, in em, there is a blank: absolute, and above the gap between letters set wide apart."""


@dataclass(frozen=True)
class Line:
    """Glyphs on one baseline, left to right, with nothing wider than a blank between them.

    Attributes:
        glyphs: at least one.
        text: their characters, a blank where there is a gap; ligatures in letters.
        owner: for each character of `text` the index of its glyph, None for a blank.
    """

    glyphs: tuple[Glyph, ...]
    text: str = field(init=False)
    owner: tuple[int | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Derives the text."""
        characters: list[str] = []
        owner: list[int | None] = []
        blanks = _blanks(self.glyphs)
        for index, glyph in enumerate(self.glyphs):
            if index and blanks[index - 1]:
                characters.append(" ")
                owner.append(None)
            for character in spelt(glyph.char):
                characters.append(character)
                owner.append(index)
        object.__setattr__(self, "text", "".join(characters))
        object.__setattr__(self, "owner", tuple(owner))

    @property
    def direction(self) -> Point:
        """Unit vector along the baseline."""
        return self.glyphs[0].direction

    @property
    def size(self) -> float:
        """Em of the line, points: the median of its glyphs'."""
        return statistics.median(glyph.size for glyph in self.glyphs)

    @property
    def start(self) -> float:
        """Where it begins, points along its direction."""
        return along(self.glyphs[0].origin, self.direction)

    @property
    def end(self) -> float:
        """Where it ends, points along its direction."""
        last = self.glyphs[-1]
        return along(last.origin, self.direction) + last.advance

    @property
    def depth(self) -> float:
        """Place of its baseline, points across its direction, growing downwards as it reads."""
        return across(self.glyphs[0].origin, self.direction)


def spelt(character: str) -> str:
    """A character as somebody would type it: ligatures and full-width forms in plain letters."""
    if character in ("", LINE_END_HYPHEN):
        return "-" if character else "\ufffd"
    plain = unicodedata.normalize("NFKC", character)
    return _TYPED.get(plain, plain)


# Typewriter fonts carry a minus or a non-breaking hyphen where an address has its hyphen.
_TYPED = {"\u00ad": "-", "\u2010": "-", "\u2011": "-", "\u2212": "-", "\u02dc": "~", "\u223c": "~", "\u2044": "/"}


def along(point: Point, direction: Point) -> float:
    """Coordinate of a point in the direction of reading."""
    return point[0] * direction[0] + point[1] * direction[1]


def across(point: Point, direction: Point) -> float:
    """Coordinate of a point at right angles to it, from line to line."""
    return point[1] * direction[0] - point[0] * direction[1]


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Divides glyphs, in the order of the file, into lines."""
    found: list[list[Glyph]] = []
    for glyph in glyphs:
        if found and _continues(found[-1][-1], glyph):
            found[-1].append(glyph)
        else:
            found.append([glyph])
    return [Line(tuple(run)) for run in found]


def _continues(last: Glyph, glyph: Glyph) -> bool:
    direction, size = last.direction, max(last.size, glyph.size)
    if direction[0] * glyph.direction[0] + direction[1] * glyph.direction[1] < _SAME_DIRECTION:
        return False
    step = along(glyph.origin, direction) - along(last.origin, direction)
    drop = across(glyph.origin, direction) - across(last.origin, direction)
    return abs(drop) < 0.5 * size and -0.3 * size <= step <= last.advance + _COLUMN_GAP * size


def _blanks(glyphs: Sequence[Glyph]) -> list[bool]:
    """Whether there is a blank behind each glyph but the last."""
    pairs = list(pairwise(glyphs))
    gaps = [gap(before, after) for before, after in pairs]
    tracking = statistics.median(gaps) if gaps else 0.0
    least = max(_SPACE, tracking + _SPACE_OVER_TRACKING)
    return [gap > least or _raised(*pair) for gap, pair in zip(gaps, pairs, strict=True)]


def _raised(before: Glyph, after: Glyph) -> bool:
    """Whether a footnote's mark begins or ends between two glyphs: smaller, and off the baseline."""
    drop = across(after.origin, before.direction) - across(before.origin, before.direction)
    sizes = sorted((before.size, after.size))
    return sizes[0] < 0.85 * sizes[1] and abs(drop) > 0.12 * sizes[1]


def gap(before: Glyph, after: Glyph) -> float:
    """White between two glyphs of a line beyond what their own widths have, em."""
    step = along(after.origin, before.direction) - along(before.origin, before.direction)
    return (step - before.advance) / max(before.size, after.size)
