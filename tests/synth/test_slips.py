"""Receipts and cards: what stands on them is set where they want it, nothing is lost, and links look as shops' do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from conf.schema.synth import SynthConfig
from synth import fonts
from synth.page import Page
from synth.pipeline import render
from synth.recipe import Block, Figure, Recipe, Span, Word
from synth.sample import sample
from synth.typeset import depth, typeset
from tests.synth.conftest import Compose
from tests.synth.setting import FAMILIES, ink, layout, link, linked, page, right_end, rows, rules

LOOK = layout(justified=False, hyphenated=False)
LEFT, RIGHT = LOOK.left, LOOK.width - LOOK.right
SLIPS = ("receipt", "card")


def _set(config: SynthConfig, count: int) -> Iterator[tuple[Recipe, Page]]:
    families = fonts.library(config.font)
    for index in range(count):
        recipe = sample(config, index)
        yield recipe, typeset(recipe, families)


def _said(words: tuple[Word, ...]) -> str:
    return " ".join(word if isinstance(word, str) else "".join(span.text for span in word) for word in words)


def _ends(made: Page) -> list[tuple[float, float]]:
    """Where the pen starts and stops in each line."""
    return [(float(row[0].xs[0]), max(map(right_end, row))) for row in rows(made.runs)]


def test_lines_stand_at_the_side_that_they_name() -> None:
    words = ("Thank", "you", "for", "shopping")
    left, centred, right = _ends(
        page([Block(side, words, level=0) for side in ("left", "centred", "right")], look=LOOK)
    )
    assert left[0] == pytest.approx(LEFT) and left[1] < RIGHT - 50
    assert sum(centred) == pytest.approx(LEFT + RIGHT)
    assert right[1] == pytest.approx(RIGHT) and right[0] > LEFT + 50


def test_lines_come_in_the_sizes_of_headings_text_and_small_print() -> None:
    made = page([Block("left", ("Shop",), level=level) for level in (1, 2, 0, -1)], look=LOOK)
    sizes = [row[0].size for row in rows(made.runs)]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 4 and sizes[2] == LOOK.body_pt


def test_cells_of_rows_end_below_each_other() -> None:
    cells = [(("Coffee",), ("2",), ("3.50",), ("7.00",)), (("Tea",), ("11",), ("12.25",), ("134.75",))]
    made = page([Block("row", cells=(row,), level=0) for row in cells], look=LOOK)
    (first, second) = [[right_end(run) for run in row] for row in rows(made.runs)]
    assert first[1:] == pytest.approx(second[1:])
    assert first[-1] == pytest.approx(RIGHT)
    assert all(row[0].xs[0] == pytest.approx(LEFT) for row in rows(made.runs))


def test_a_long_name_goes_on_below_and_never_into_its_price() -> None:
    name = ("Simplified",) * 20
    made = page([Block("row", cells=((name, ("99.95",)),), level=0), Block("left", ("below",), level=0)], look=LOOK)
    lines = rows(made.runs)
    assert len(lines) > 3
    price_begins = float(lines[0][-1].xs[0])
    assert all(right_end(row[0]) < price_begins for row in lines[:-1])


def test_rules_of_signs_fill_the_column_and_drawn_ones_span_it() -> None:
    made = page([Block("rule", label=sign) for sign in ("-", "=", "- ", "line", "")], look=LOOK)
    typed = _ends(made)
    assert len(typed) == 3
    for left, right in typed:
        assert left >= LEFT - 0.01 and right <= RIGHT + 0.01 and right - left > 0.95 * (RIGHT - LEFT)
    (drawn,) = rules(made)
    assert (drawn.left, drawn.right) == pytest.approx((LEFT, RIGHT))


@pytest.mark.parametrize(("side", "at"), [("left", LEFT), ("right", RIGHT)])
def test_a_mark_stands_at_its_side(side: str, at: float) -> None:
    (mark,) = page([Block("figure", label=side, figure=Figure("logo", 0.2, 1.0, 3))], look=LOOK).pictures
    assert (mark.left if side == "left" else mark.right) == pytest.approx(at)


def test_a_link_in_a_row_is_placed_with_its_prefix() -> None:
    links = [link("www.harbor-shop.com")]
    made = page([Block("row", cells=((("Web",), (linked(links),)),), level=0)], links, look=LOOK)
    (placed,) = made.links
    assert placed.complete and right_end(placed.segments[0]) == pytest.approx(RIGHT)
    assert len(placed.prefix.glyphs) == len("www.")


def test_spaced_links_have_white_behind_each_dot_and_the_text_of_others() -> None:
    text = "www.harbor-shop.com"
    spaced, plain = (
        page([Block("left", ((Span(text, style, 0),),), level=0)], [link(text, style=style)], look=LOOK).links[0]
        for style in ("spaced", "roman")
    )
    blank = len(spaced.segments[0].glyphs) - len(plain.segments[0].glyphs)
    assert spaced.complete and blank == 2
    assert right_end(spaced.prefix) == pytest.approx(right_end(plain.prefix))
    assert right_end(spaced.segments[0]) > right_end(plain.segments[0]) + 0.3 * LOOK.body_pt


def test_depth_is_what_typesetting_needs() -> None:
    blocks = [Block("centred", ("Shop",), level=1), Block("rule", label="-"), Block("left", ("Tea",) * 90, level=0)]
    needed = depth(blocks, LOOK, (), FAMILIES)

    def lines(room: float) -> int:
        look = layout(justified=False, hyphenated=False, height=LOOK.top + LOOK.bottom + room)
        return len(rows(page(blocks, look=look).runs))

    assert lines(needed + 0.1) == lines(1000) > lines(needed - 1)


@pytest.mark.parametrize("kind", SLIPS)
def test_nothing_falls_off_a_slip(composed: Compose, kind: str) -> None:
    config = composed(f"page={kind}", "link.empty_share=0")
    for recipe, made in _set(config, 60):
        assert [placed.number for placed in made.links] == list(range(len(recipe.links)))
        assert all(placed.complete for placed in made.links)
        for left, top, right, bottom in map(ink, made.runs):
            assert left > 0 and top > 0 and right < made.width and bottom < made.height


def test_a_receipt_ends_below_its_text(composed: Compose) -> None:
    heights = set()
    for recipe, made in _set(composed("page=receipt"), 40):
        lowest = max([ink(run)[3] for run in made.runs] + [picture.bottom for picture in made.pictures])
        assert made.height == recipe.layout.height <= 900
        assert made.height - lowest < recipe.layout.bottom + 2.5 * recipe.layout.body_pt * recipe.layout.leading
        heights.add(round(made.height))
    assert max(heights) > 1.5 * min(heights)


def test_slips_lie_loose(composed: Compose) -> None:
    for kind in SLIPS:
        config = composed(
            f"page={kind}", "camera.curl_share=1", "paper=mixed", "paper.stack_share=1", "paper.board_share=1"
        )
        recipe = sample(config, 0)
        assert (recipe.camera.gutter, recipe.camera.curl, recipe.paper.stack_pt, recipe.paper.board) == (
            "none",
            0,
            0,
            None,
        )


def test_prices_add_up(composed: Compose) -> None:
    with_change = 0
    for recipe, _ in _set(composed("page=receipt", "page.capitals_share=0", "link=none"), 80):
        said = [tuple(map(_said, block.cells[0])) for block in recipe.blocks if block.kind == "row"]
        priced = [(cells[0], _price(cells[-1])) for cells in said if re.search(r"\d\.\d\d$", cells[-1])]
        names = [name for name, _ in priced]
        if "Change" in names:
            total, paid, change = (price for _, price in priced[names.index("Change") - 2 : names.index("Change") + 1])
            assert paid - change == pytest.approx(total, abs=0.011)
            with_change += 1
    assert with_change > 20


def _price(said: str) -> float:
    return float(re.sub(r"[^\d.]", "", said))


@pytest.mark.parametrize("kind", SLIPS)
def test_capitals_come_in_their_share_and_leave_links_as_they_are(composed: Compose, kind: str) -> None:
    small = ("link.upper_case_share=0", "link.empty_share=0")
    for share in (0.0, 1.0):
        for recipe, _ in _set(composed(f"page={kind}", f"page.capitals_share={share}", *small), 12):
            cells = [cell for block in recipe.blocks for row in block.cells for cell in row]
            spans = [span for words in [*(block.words for block in recipe.blocks), *cells] for word in words
                     for span in ((Span(word),) if isinstance(word, str) else word)]  # fmt: skip
            assert all(span.text.islower() for span in spans if span.link is not None)
            assert all(span.text == span.text.upper() for span in spans if span.link is None) == (share == 1.0)


def test_links_are_as_shops_print_them(composed: Compose) -> None:
    config = composed("page=receipt", "link.host_share=1", "link.empty_share=0", "link.per_page=[2,2]")
    links = [link for recipe, _ in _set(config, 100) for link in recipe.links]
    assert 0.4 < sum(link.text == link.text.upper() for link in links) / len(links) < 0.6
    for found in links:
        assert found.text.startswith(found.prefix)
        assert found.text in (found.text.lower(), found.text.upper())
        assert re.fullmatch(r"(https?://(www\.)?|www\.)[a-z0-9-]+(\.[a-z]+){1,2}(/[a-z-]*)?", found.text.lower())
    schemes = Counter(link.scheme for link in links)
    assert set(schemes) == {"www", "http", "https"} and schemes["www"] > 0.6 * len(links)


def test_a_page_brings_its_links_and_its_paper_unless_others_are_asked_for(composed: Compose) -> None:
    alone, asked = composed("page=receipt"), composed("page=receipt", "link=none", "paper=white")
    assert alone.link.host_share > 0.5 and alone.paper.fade_share == composed("paper=thermal").paper.fade_share
    assert asked.link.host_share == 0 and asked.link.empty_share == 1 and asked.paper == composed("paper=white").paper
    assert composed("page=card", "link.per_page=[3,3]").link.per_page == [3, 3]
    assert composed("page=textbook").link == composed().link


def test_cards_are_turned_and_coloured_in_their_shares(composed: Compose) -> None:
    turned = composed("page=card", "page.turned_share=1", "paper.coloured_share=1", "paper.inverted_share=0")
    for recipe, made in _set(turned, 10):
        assert (made.width, made.height) == (144, 252)
        assert max(recipe.paper.colour) - min(recipe.paper.colour) > 0.1
    assert {(r.layout.width, r.layout.height) for r, _ in _set(composed("page=card"), 40)} == {(252, 144), (144, 252)}


@pytest.mark.parametrize("kind", SLIPS)
def test_most_links_can_be_read_where_slips_are_seen_whole(composed: Compose, kind: str) -> None:
    config = composed(f"page={kind}", "camera.whole_page_share=1", "camera.tilt_deg=[-15,15]", "link.empty_share=0")
    links = [found for index in range(10) for found in render(config, index).links]
    assert len(links) >= 10
    assert sum(found.ignore for found in links) <= 0.2 * len(links)
