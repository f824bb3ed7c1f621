"""Text is shaped with ligatures and kerning, and outlines and hulls are where the font file draws them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from conf import app
from conf.schema.synth import SynthConfig
from synth import fonts, shaping
from synth.fonts import Font, outlines
from synth.fonts.outlines import Floats

FAMILIES = fonts.library(app.composed("synth", SynthConfig, ()).font)
FONTS = [font for family in FAMILIES.values() for font in family.fonts.values()]
ANY_FONT = st.sampled_from(FONTS)
ANY_LETTER = st.sampled_from(sorted(fonts.NEEDED))
DIRECTIONS = np.array([(math.cos(a), math.sin(a)) for a in np.linspace(0, math.tau, 90, endpoint=False)])


def roman(family: str) -> Font:
    return FAMILIES[family].font("roman")


def glyph(font: Font, letter: str) -> int:
    return int(shaping.shape(font, letter).glyphs[0])


@pytest.mark.parametrize("family", ["TeX Gyre Termes", "EB Garamond", "Source Serif Pro"])
def test_fi_is_one_glyph_unless_ligatures_are_off(family: str) -> None:
    assert len(shaping.shape(roman(family), "fi").glyphs) == 1
    apart = shaping.shape(roman(family), "fi", ligatures=False)
    assert apart.glyphs.tolist() == [glyph(roman(family), letter) for letter in "fi"]


@pytest.mark.parametrize("family", ["Fira Code", "JetBrains Mono"])
def test_coding_fonts_join_colon_and_slashes(family: str) -> None:
    joined, apart = (shaping.shape(roman(family), "://", ligatures=on) for on in (True, False))
    assert joined.glyphs.tolist() != apart.glyphs.tolist()
    assert joined.advance == apart.advance


def test_each_letter_of_a_monospaced_font_has_a_cell_of_its_own() -> None:
    for family in (family for family in FAMILIES.values() if family.kind == "mono"):
        for font in family.fonts.values():
            cell = shaping.shape(font, "x").advance
            assert shaping.shape(font, "https://config.ffl").advance == pytest.approx(18 * cell), family.name


def test_kerning_draws_letters_together() -> None:
    font = roman("TeX Gyre Termes")
    assert shaping.shape(font, "AV").advance < sum(shaping.shape(font, letter).advance for letter in "AV") - 0.05


def test_a_fonts_own_features_hold_while_ligatures_are_off() -> None:
    family = FAMILIES["TeX Gyre Pagella"]
    small = shaping.shape(family.font("smallcaps"), "fi", ligatures=False).glyphs
    assert not set(small.tolist()) & set(shaping.shape(family.font("roman"), "fi", ligatures=False).glyphs.tolist())


def test_nothing_is_shaped_to_nothing() -> None:
    nothing = shaping.shape(roman("Lato"), "")
    assert len(nothing.glyphs) == len(nothing.xs) == 0
    assert nothing.advance == 0


@given(ANY_FONT, st.text("htps:/.w", min_size=1, max_size=8))
def test_pens_go_right_and_end_at_the_advance(font: Font, text: str) -> None:
    shaped = shaping.shape(font, text)
    assert len(shaped.glyphs) == len(shaped.xs)
    assert shaped.xs[0] == pytest.approx(0, abs=0.5)
    assert shaped.advance > shaped.xs[-1] - 0.7


@pytest.mark.parametrize("family", ["DejaVu Sans", "TeX Gyre Pagella", "EB Garamond"])
def test_outlines_have_the_bounds_and_the_area_that_another_library_reads(family: str) -> None:
    """Quadratic, cubic and variable outlines against fontTools' exact figures."""
    font = roman(family)
    opened = TTFont(font.path)
    glyphs, names, em = opened.getGlyphSet(), opened.getBestCmap(), opened["head"].unitsPerEm
    for letter in fonts.NEEDED:
        pen, area = BoundsPen(glyphs), AreaPen(glyphs)
        for each in (pen, area):
            glyphs[names[ord(letter)]].draw(each)
        points = shaping.outline(font, glyph(font, letter)) * em
        assert [*points.min(0), *points.max(0)] == pytest.approx(pen.bounds, abs=0.001 * em), letter
        polygons = outlines.contours(font, glyph(font, letter))
        assert sum(map(_area, polygons)) * em**2 == pytest.approx(area.value, rel=0.004), letter


def _area(polygon: Floats) -> float:
    """Signed, by the shoelace formula."""
    (x, y), (next_x, next_y) = polygon.T, np.roll(polygon, -1, axis=0).T
    return float((x * next_y - next_x * y).sum() / 2)


@settings(deadline=None)
@given(ANY_FONT, ANY_LETTER)
def test_a_hull_has_few_points_and_the_extent_of_the_outline_in_any_direction(font: Font, letter: str) -> None:
    hull = shaping.hull(font, glyph(font, letter))
    assert hull.dtype == np.float64
    assert 3 <= len(hull) <= 70
    exact = (shaping.outline(font, glyph(font, letter)) @ DIRECTIONS.T).max(0)
    short = exact - (hull @ DIRECTIONS.T).max(0)
    assert short.min() > -1e-5
    assert short.max() < 0.002  # em, as its docstring says


def test_curves_are_followed_closely() -> None:
    """The full stop of Lato is a circle, so each point on its outline is one radius from its middle."""
    points = shaping.outline(roman("Lato"), glyph(roman("Lato"), "."))
    middle = (points.min(0) + points.max(0)) / 2
    radii = np.hypot(*(points - middle).T)
    assert np.ptp(radii) < 0.002
    steps = np.diff(np.unwrap(np.arctan2(*(points - middle).T)))
    assert radii.mean() * (1 - math.cos(np.abs(steps).max() / 2)) < 0.0005


def test_a_blank_has_no_outline() -> None:
    font = roman("Lato")
    assert shaping.outline(font, glyph(font, " ")).shape == shaping.hull(font, glyph(font, " ")).shape == (0, 2)


def test_metrics_are_in_order_in_every_font() -> None:
    for family in FAMILIES.values():
        for style, font in family.fonts.items():
            m = shaping.metrics(font)
            assert 0.2 < m.x_height <= m.cap_height < 0.9, (family.name, style)
            if style != "smallcaps":
                assert m.ascender > 1.2 * m.x_height
                assert 0.1 < m.descender < 0.4
            assert 0.03 <= m.underline <= 0.3
            assert 0.01 <= m.thickness <= 0.15
    times = shaping.metrics(roman("TeX Gyre Termes"))
    assert times.x_height == pytest.approx(0.45, abs=0.01)
    assert times.cap_height == pytest.approx(0.66, abs=0.01)
    assert times.descender == pytest.approx(0.217, abs=0.01)


def test_freetype_and_harfbuzz_agree_on_advances_of_variable_fonts() -> None:
    for font in [font for font in FONTS if font.axes]:
        face = shaping.face(font)
        face.load_glyph(glyph(font, "w"), 1)  # FT_LOAD_NO_SCALE
        assert face.glyph.advance.x / face.units_per_EM == pytest.approx(shaping.shape(font, "w").advance, abs=0.002)
