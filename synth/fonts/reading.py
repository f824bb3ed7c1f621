"""What a font file says of itself, and whether its faces can set the text of a page.

A face that lacks a character would print a box in its place (tofu), so it is left out, with the reason counted.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import uharfbuzz as hb

from conf import UserError
from synth.fonts import faces
from synth.fonts.faces import Axes, Font
from synth.fonts.files import Found

# Printable ASCII, the letters of western Europe (Latin-1, with × and ÷ among them), and the marks of running text:
# whatever the generator draws. A text of the user's may hold others: ask `Font.has`.
NEEDED = frozenset(map(chr, [*range(33, 127), *range(0xC0, 0x100)])) | set("‘’“”–—•…§°©")
_TEXT_WEIGHTS = range(350, 551)  # usWeightClass; lighter and heavier ones set no running text
_BOLD_WEIGHTS = range(551, 801)
_NORMAL_WIDTH = 5  # usWidthClass
# Fonts with no typographic family name (16) have their weight in the old one (1), unless it is regular or bold; those
# that were cut out of a variable font keep the name of its first instance in either, be it "Light 18pt".
_WEIGHT_NAME = re.compile(r" ((Thin|Light)( \d+pt)?|Book|Medium|(Semi|Demi|Extra|Ultra) ?Bold)$", re.IGNORECASE)
_AIM = {False: 400.0, True: 700.0}  # weight wanted of text, of bold


@dataclass(frozen=True, slots=True)
class Reading:
    """A usable face of a family; `weight` as of OpenType's usWeightClass, `rank` as found."""

    font: Font
    family: str
    italic: bool
    weight: float
    rank: tuple[int, str]

    @property
    def bold(self) -> bool:
        """Whether it is for emphasis rather than for running text."""
        return round(self.weight) in _BOLD_WEIGHTS


def readings(files: Iterable[Found], left_out: Counter[str]) -> Iterator[Reading]:
    """The usable faces of files; the others are counted in `left_out` by reason.

    Raises:
        UserError: for a file in a place that the user named which is no font.
    """
    for file in files:
        tables = faces.table_faces(file.path)
        if not tables and file.wanted:
            raise UserError(f"{file.path} is not a font that can be read.")
        if not tables:
            left_out["unreadable"] += 1
        for index, table in enumerate(tables):
            usable, reason = _usable(file, index, table)
            left_out.update([reason] if reason else [])
            yield from usable


def _usable(file: Found, index: int, table: hb.Face) -> tuple[list[Reading], str]:
    if not {"glyf", "CFF ", "CFF2"} & set(table.table_tags or ("glyf",)):
        return [], "no outlines"
    facts = _Facts.of(table)
    if not facts.weights or facts.width != _NORMAL_WIDTH:
        return [], "weight or width"
    if not _covers(table, NEEDED):
        return [], "lacking characters"
    fonts = [(faces.font(file.path, index, (), axes), weight) for weight, axes in facts.weights]
    if (fault := _fault(fonts[0][0])) is not None:
        return [], fault
    family, rank = facts.family or file.path.stem, file.rank
    return [Reading(font, family, facts.italic, weight, rank) for font, weight in fonts], ""


def _covers(table: hb.Face, characters: Iterable[str]) -> bool:
    font = hb.Font(table)
    return all(font.get_nominal_glyph(ord(c)) for c in characters)


def _fault(font: Font) -> str | None:
    """Why a face that has all characters by its table cannot be used: blank, shared or capital-shaped letters."""
    shaper = faces.shaper(font)
    letters = [shaper.get_nominal_glyph(ord(c)) for c in NEEDED if c.isascii() and c.isalnum()]
    if faces.lacking(font, NEEDED) or len(set(letters)) < len(letters):
        return "lacking characters"
    x, capital = (shaper.get_glyph_extents(shaper.get_nominal_glyph(ord(c))).y_bearing for c in "xX")
    return "capitals only" if x > 0.95 * capital else None


@dataclass(frozen=True, slots=True)
class _Facts:
    """From the tables name, OS/2, head and fvar (OpenType 1.9.1)."""

    family: str
    italic: bool
    width: int
    weights: list[tuple[float, Axes]]

    @classmethod
    def of(cls, table: hb.Face) -> _Facts:
        os2 = table.reference_table("OS/2").data
        head = table.reference_table("head").data
        weight, width, selection = 400, _NORMAL_WIDTH, 0
        if len(os2) >= 64:
            weight, width, selection = struct.unpack(">4xHH54xH", os2[:64])
        mac_style = struct.unpack(">H", head[44:46])[0] if len(head) >= 46 else 0
        bold = bool(selection & 32 or mac_style & 1)
        return cls(
            family=_WEIGHT_NAME.sub("", (table.get_name(16) or table.get_name(1) or "").strip()),
            italic=bool(selection & (1 | 512) or mac_style & 2),
            width=width,
            weights=_weights(table, max(weight, 700) if bold else weight),
        )


def _weights(table: hb.Face, weight: float) -> list[tuple[float, Axes]]:
    """The weights for text and bold that a face can take, with their design coordinates."""
    axis = next((axis for axis in table.axis_infos if axis.tag == "wght"), None)
    if axis is None:
        return [(weight, ())] if weight in _TEXT_WEIGHTS or weight in _BOLD_WEIGHTS else []
    reached = {min(max(aim, axis.min_value), axis.max_value) for aim in _AIM.values()}
    usable = sorted(w for w in reached if round(w) in _TEXT_WEIGHTS or round(w) in _BOLD_WEIGHTS)
    return [(w, (("wght", w),)) for w in usable]
