"""What kind of type a family is, measured on its drawn letters: names and tables often lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synth.fonts import faces, outlines
from synth.fonts.faces import Font
from synth.fonts.outlines import Floats

# Shares of a letter's height.
_FOOT, _SHANK = 0.012, 0.25  # where the stem of `h` is cut, below and above its serifs
_SERIF = 0.02  # a foot that juts out by more is a serif
_STRAIGHT = 0.03  # the stems of `H` keep so straight and upright in type; a pen's do not
_SLAB = 0.6  # a serif at least that thick, of the stem's width, is a slab


@dataclass(frozen=True, slots=True)
class Look:
    """Kind: serif, sans, mono or script; `slab` where the serifs are blocks about as thick as the stem."""

    kind: str
    slab: bool


def look(roman: Font) -> Look:
    """The look of a family by its roman."""
    if is_monospaced(roman):
        return Look("mono", _serifs(roman)[1])
    if not _is_upright(roman):
        return Look("script", False)
    has_serifs, are_slabs = _serifs(roman)
    return Look("serif" if has_serifs else "sans", are_slabs)


def _serifs(font: Font) -> tuple[bool, bool]:
    """Whether `h` stands on serifs, and whether those are slabs."""
    letter, bottom, height = _letter(font, "h")
    foot = _crossings(letter, bottom + _FOOT * height, across=0)
    stem = _crossings(letter, bottom + _SHANK * height, across=0)
    if not foot or not stem or stem[0] - foot[0] <= _SERIF * height:
        return False, False
    below, above, *_ = _crossings(letter, (foot[0] + stem[0]) / 2, across=1)
    return True, above - below > _SLAB * (stem[1] - stem[0])


def _is_upright(font: Font) -> bool:
    letter, bottom, height = _letter(font, "H")
    cuts = [_crossings(letter, bottom + share * height, across=0) for share in np.linspace(0.3, 0.7, 5)]
    edge = [cut[0] for cut in cuts if cut]  # letters of dots have gaps
    return len(edge) > 0 and max(edge) - min(edge) <= _STRAIGHT * height


def _letter(font: Font, letter: str) -> tuple[list[Floats], float, float]:
    """Contours of a letter, its lowest y, its height."""
    polygons = outlines.contours(font, faces.shaper(font).get_nominal_glyph(ord(letter)))
    ys = np.concatenate(polygons)[:, 1]
    return polygons, float(ys.min()), float(np.ptp(ys))


def is_monospaced(font: Font) -> bool:
    """Whether narrow and wide letters advance the pen alike."""
    shaper = faces.shaper(font)
    return len({shaper.get_glyph_h_advance(shaper.get_nominal_glyph(ord(c))) for c in "ilMW.:/"}) == 1


def _crossings(polygons: list[Floats], at: float, across: int) -> list[float]:
    """Where polygons cross the line on which the coordinate other than `across` is `at`, ascending."""
    found: list[float] = []
    for polygon in polygons:
        along, height = polygon[:, across], polygon[:, 1 - across]
        next_along, next_height = np.roll(along, -1), np.roll(height, -1)
        cut = np.flatnonzero((height <= at) != (next_height <= at))
        share = (at - height[cut]) / (next_height[cut] - height[cut])
        found += (along[cut] + share * (next_along[cut] - along[cut])).tolist()
    return sorted(found)
