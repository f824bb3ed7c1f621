"""HarfBuzz shaping, and what a font measures: a word is shaped once per font, whatever its size.

Lengths are in em, y up.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import uharfbuzz as hb

from synth.fonts import Font, faces
from synth.fonts.faces import face
from synth.fonts.outlines import Floats, hull, outline

__all__ = ["Floats", "Metrics", "Shaped", "face", "hull", "metrics", "outline", "shape"]

_OPTIONAL = ("liga", "clig", "calt")  # features that join letters; typesetters switch them off when letter-spacing


class Shaped(NamedTuple):
    """Glyphs of a piece of text; lengths in em. Words are many and short: Python's arrays are made in half the time of
    NumPy's, and strung together as fast.

    Attributes:
        glyphs: glyph ids, int64.
        xs: pen positions of the glyphs from the piece's left edge, float64.
        advance: width of the piece.
    """

    glyphs: array[int]
    xs: array[float]
    advance: float


@dataclass(frozen=True, slots=True)
class Metrics:
    """Vertical facts of a font in em, all positive, measured from the baseline.

    Attributes:
        x_height: of `x`; of small capitals, theirs.
        cap_height: of `H`.
        underline: depth of the underline's middle.
        thickness: of the underline.
        ascender: of `d`.
        descender: depth of `p` below the baseline.
    """

    x_height: float
    cap_height: float
    underline: float
    thickness: float
    ascender: float
    descender: float


@lru_cache(maxsize=32_768)
def shape(font: Font, text: str, ligatures: bool = True) -> Shaped:
    """Shapes text of one font with its kerning, and its ligatures unless they are switched off."""
    shaper, units, features = _shaper(font, ligatures)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(shaper, buffer, features)
    pen, xs = 0, []
    for position in buffer.glyph_positions or ():
        x_offset, _, x_advance, _ = position.position
        xs.append((pen + x_offset) / units)
        pen += x_advance
    return Shaped(array("q", [info.codepoint for info in buffer.glyph_infos]), array("d", xs), pen / units)


@cache
def _shaper(font: Font, ligatures: bool) -> tuple[hb.Font, float, dict[str, bool]]:
    shaper = faces.shaper(font)
    features = {tag.removeprefix("-"): not tag.startswith("-") for tag in font.features}
    return shaper, float(shaper.face.upem), features | ({} if ligatures else dict.fromkeys(_OPTIONAL, False))


@cache
def metrics(font: Font) -> Metrics:
    """Measured on letters, since fonts' own fields are often empty; so with the underline where it is absurd."""
    opened = face(font)
    depth = -opened.underline_position / opened.units_per_EM
    thickness = opened.underline_thickness / opened.units_per_EM
    return Metrics(
        x_height=_top(font, "x"),
        cap_height=_top(font, "H"),
        underline=depth if 0.03 <= depth <= 0.3 else 0.1,
        thickness=thickness if 0.01 <= thickness <= 0.15 else 0.05,
        ascender=_top(font, "d"),
        descender=-float(_letter(font, "p")[:, 1].min()),
    )


def _top(font: Font, letter: str) -> float:
    return float(_letter(font, letter)[:, 1].max())


def _letter(font: Font, letter: str) -> Floats:
    return outline(font, shape(font, letter).glyphs[0])
