"""What is drawn covers as much as it should, where it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth import fonts, ink, pipeline, shaping
from synth.glyphs import Strikes
from synth.ink import Raster
from synth.page import GlyphRun, Page, Rectangle
from synth.recipe import BLACK
from synth.sample import sample
from synth.typeset import typeset
from tests.synth.conftest import Compose

BLUE = (0.0, 0.1, 0.6)


def test_a_tint_in_colour_is_a_layer_of_its_own_whatever_stands_on_it(composed: Compose) -> None:
    raster = Raster(2.0, 3.0, 2.0, 300, 120)
    tint = Rectangle(10, 12, 110, 50, BLUE, tone=0.2, boxes=True)
    run = _run(composed, "http://a.b", BLUE)
    drawn, alone = ink.draw(replace(_page(run), rectangles=(tint,)), raster), ink.draw(_page(run), raster)
    (print_,), (box,) = drawn.coloured, drawn.boxes
    assert np.array_equal(print_.coverage, alone.coloured[0].coverage) and alone.boxes == ()
    assert (box.left, box.top, box.colour) == (14, 20, BLUE)
    assert box.coverage.shape == (76, 200) and (box.coverage == 51).all()
    assert ink.draw(replace(_page(run), rectangles=(tint,)), Raster(2.0, 120.0, 2.0, 300, 120)).boxes == ()


@given(
    left=st.floats(-20, 90), top=st.floats(-20, 90), width=st.floats(1, 60), height=st.floats(1, 60),
    scale=st.floats(1, 3),
)  # fmt: skip
def test_a_rectangle_covers_its_area(left: float, top: float, width: float, height: float, scale: float) -> None:
    raster = Raster(scale, 0.0, 0.0, 100, 100)
    coverage = np.zeros((100, 100), np.uint8)
    ink._fill(coverage, Rectangle(left, top, left + width, top + height, BLACK), raster)
    seen_width = max(min((left + width) * scale, 100) - max(left * scale, 0), 0)
    seen_height = max(min((top + height) * scale, 100) - max(top * scale, 0), 0)
    assert coverage.sum() / 255 == pytest.approx(seen_width * seen_height, abs=0.01 * (seen_width + seen_height) + 0.5)


def test_the_thinnest_rule_is_still_seen() -> None:
    coverage = np.zeros((40, 40), np.uint8)
    ink._fill(coverage, Rectangle(5, 10.0, 35, 10.05, BLACK), Raster(1.0, 0.0, 0.0, 40, 40))
    assert coverage.max(axis=0)[5:35].min() > 60


def _run(compose: Compose, text: str, colour: tuple[float, float, float]) -> GlyphRun:
    font = next(iter(fonts.library(compose().font).values())).font("roman")
    shaped = shaping.shape(font, text)
    return GlyphRun(
        font, 10.0, colour, np.array(shaped.glyphs, np.int64), 20 + 10 * np.array(shaped.xs, np.float64), 30.0
    )


def _page(*runs: GlyphRun) -> Page:
    return Page(200, 60, runs, (), (), (), 4.5)


def test_coloured_print_is_the_same_print_in_a_layer_of_its_own(composed: Compose) -> None:
    raster = Raster(2.5, 3.0, 2.0, 400, 120)
    run = _run(composed, "http://a.b", BLUE)
    drawn = ink.draw(_page(run), raster)
    assert not drawn.black.any()
    (layer,) = drawn.coloured
    rows, columns = layer.coverage.shape
    whole = np.zeros((120, 400), np.uint8)
    whole[layer.top : layer.top + rows, layer.left : layer.left + columns] = layer.coverage
    np.testing.assert_array_equal(whole, ink.draw_runs([run], raster))
    assert layer.colour == BLUE and layer.coverage.size < whole.size


def test_a_glyph_moved_by_half_a_pixel_is_drawn_there(composed: Compose) -> None:
    run = _run(composed, "l", BLACK)
    columns = np.arange(120)

    def centre(left: float) -> float:
        drawn = ink.draw_runs([run], Raster(2.0, left, 0.0, 120, 100)).astype(float).sum(axis=0)
        return float((columns * drawn).sum() / drawn.sum())

    assert centre(5.0) - centre(5.25) == pytest.approx(0.5, abs=0.06)


def test_the_facing_page_carries_other_lines_and_no_link(composed: Compose) -> None:
    config = composed("link.per_page=[2,2]", "link.empty_share=0", "camera=none", "page=paperback")
    page = replace(typeset(sample(config, 1), fonts.library(config.font)), pictures=(), rectangles=())
    linked = {segment.baseline for link in page.links for segment in link.segments}
    assert linked
    raster = Raster(1.5, page.width, 0.0, round(page.width * 1.5), round(page.height * 1.5))
    there = ink.draw(page, raster, facing=page.width).black
    here = ink.draw(page, replace(raster, left=0.0)).black
    assert 0.5 * here.sum() < there.sum() < here.sum()
    assert (there > 0)[(here > 0)].mean() < 0.7  # the same lines in the same places cover one another
    only_links = replace(page, runs=tuple(run for run in page.runs if run.baseline in linked))
    assert not ink.draw(only_links, raster, facing=page.width).black.any()


def test_lines_of_the_facing_page_stand_apart_where_there_are_formulas(composed: Compose) -> None:
    shares = {"equation": 1, "technical": 1, "encyclopedia": 0, "code": 0, "two_column": 0, "bibliography": 0}
    config = composed(*(f"page.{kind}_share={share}" for kind, share in shares.items()))
    fractions = 0
    for index in range(12):
        recipe = sample(config, index)
        fractions += sum(bool(term.under) for block in recipe.blocks for term in block.formula)
        there = ink._facing_runs(typeset(recipe, fonts.library(config.font)))
        lines = sorted({run.baseline for run in there if len(run.xs) > 20 and run.size == recipe.layout.body_pt})
        assert len(lines) > 6 and np.diff(lines).min() > 0.85 * recipe.layout.body_pt
    assert fractions > 5


@pytest.mark.parametrize("room", [0, 60_000, 10**9])
def test_what_is_kept_of_glyphs_changes_nothing(composed: Compose, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    config = composed("camera=phone")
    first = pipeline.render(config, 5).jpeg
    monkeypatch.setattr(ink, "_STRIKES", Strikes(room))
    assert [pipeline.render(config, 5).jpeg for _ in range(2)] == [first, first]


def test_glyphs_are_kept_until_others_need_their_room(composed: Compose) -> None:
    font = next(iter(fonts.library(composed().font).values())).font("roman")
    keys = [2 * glyph for glyph in shaping.shape(font, "links").glyphs]
    strikes = Strikes(room=10_000)
    small, _ = ([drawn[2] for drawn in strikes.drawn(font, size * 64, keys)] for size in (12, 13))
    assert all(a is b[2] for a, b in zip(small, strikes.drawn(font, 12 * 64, keys), strict=True))
    list(strikes.drawn(font, 80 * 64, keys))
    sizes = [12, 13, 14, 15]
    assert sum(len(strike.known) for strike in strikes._strikes.values()) <= len(keys), "large ones left no room"
    for size in sizes:
        list(strikes.drawn(font, size * 64, keys))
    assert [size for _, size in strikes._strikes][-2:] == [14 * 64, 15 * 64], "which small ones have again"
    strikes = Strikes(room=10_000)
    list(strikes.drawn(font, 12 * 64, keys))
    small = [drawn[2] for drawn in strikes.drawn(font, 12 * 64, keys)]
    list(strikes.drawn(font, 80 * 64, keys))
    assert not any(a is b[2] for a, b in zip(small, strikes.drawn(font, 12 * 64, keys), strict=True))
