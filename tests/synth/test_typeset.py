"""Pages are set as books are: nothing sticks out, nothing overlaps, lines are full, and what is drawn is the text."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth import shaping
from synth.page import GlyphRun, Page
from synth.recipe import Block, Figure, Layout, Span, Term, Word
from synth.sample import sample
from synth.typeset import typeset
from tests.synth.setting import (
    CONFIG,
    FAMILIES,
    ink,
    layout,
    link,
    linked,
    named,
    page,
    right_end,
    rows,
    rules,
    spelled,
    words,
)

_LINK = link("https://www.example.org/pages/setting/2024/lines.html?part=7")
_URLS = ("https://www.example.org/a/very/long/path/of/many/parts/page.html", "www.example.com", "ftp://a.example/~b/c")
_KINDS = ("paragraph", "heading", "item", "quote", "code", "entry", "caption", "figure", "table")
_LABELS = {"item": ["•", "12."], "entry": ["[7]", "Knuth"], "caption": ["Figure 3."], "aside": ["Note", ""]}


@st.composite
def _words(draw: st.DrawFn) -> tuple[Any, ...]:
    """Some words, some of them in other styles, and perhaps the page's link in brackets."""
    said: list[Any] = list(words(draw(st.integers(1, 70)), draw(st.integers(0, 80))))
    for style in draw(st.lists(st.sampled_from(["italic", "bold", "mono", "smallcaps"]), max_size=2)):
        said.insert(draw(st.integers(0, len(said))), (Span("styled", style), Span(",")))
    number = draw(st.sampled_from([None, None, 0, 1, 2]))
    if number is not None:
        said.insert(draw(st.integers(0, len(said))), (Span("("), Span(_URLS[number], "italic", number), Span(").")))
    return tuple(said)


@st.composite
def _block(draw: st.DrawFn) -> Block:
    kind = draw(
        st.sampled_from(
            [
                "paragraph",
                "heading",
                "item",
                "quote",
                "aside",
                "equation",
                "code",
                "entry",
                "caption",
                "figure",
                "table",
            ]
        )
    )
    if kind == "equation":
        one, two = ((Span(word, "italic"), Span(" + 1")) for word in words(2, draw(st.integers(0, 9))))
        terms = st.sampled_from([Term(one), Term(one, under=two), Term(two, raised="2", lowered="n+1")])
        return Block(
            kind, label=draw(st.sampled_from(["", "(3.14)"])), formula=tuple(draw(st.lists(terms, max_size=9)))
        )
    if kind == "code":
        line = st.lists(st.sampled_from(["    ", "return", " ", "value = fetch(url)", "# a remark"]), max_size=9)
        return Block(
            kind, lines=tuple((Span("".join(parts)),) for parts in draw(st.lists(line, min_size=1, max_size=6)))
        )
    if kind == "figure":
        return Block(kind, figure=Figure("grey", draw(st.floats(0.3, 1)), draw(st.floats(0.2, 3)), 1))
    if kind == "table":
        columns = draw(st.integers(1, 4))
        cell = st.integers(0, 12).map(words)
        row = st.lists(cell, min_size=columns, max_size=columns).map(tuple)
        return Block(kind, cells=tuple(draw(st.lists(row, min_size=1, max_size=4))))
    said = draw(_words())[: 8 if kind == "heading" else None]
    label = draw(
        st.sampled_from({"item": ["•", "12."], "entry": ["[7]", "Knuth"], "caption": ["Figure 3."]}.get(kind, [""]))
    )
    return Block(kind, said, label, draw(st.integers(1, 3)), drop_cap=draw(st.booleans()))


@st.composite
def _look(draw: st.DrawFn) -> Layout:
    return layout(
        columns=draw(st.integers(1, 2)),
        body_pt=draw(st.floats(7, 12)),
        leading=draw(st.floats(1.1, 1.5)),
        tracking=draw(st.sampled_from([0.0, 0.03])),
        indent=draw(st.sampled_from([0.0, 1.5])),
        paragraph_gap=draw(st.sampled_from([0.0, 0.6])),
        justified=draw(st.booleans()),
        hyphenated=draw(st.booleans()),
        body_family=draw(st.sampled_from([named("serif")[1], named("sans")[1], named("mono")[0]])),
        code_box=draw(st.sampled_from(["none", "frame", "tint"])),
        aside_box=draw(st.sampled_from(["frame", "tint", "bar"])),
        table_rules=draw(st.sampled_from(["book", "grid"])),
    )


def _columns(look: Layout) -> list[tuple[float, float]]:
    width = (look.width - look.left - look.right - look.column_gap * (look.columns - 1)) / look.columns
    lefts = [look.left + number * (width + look.column_gap) for number in range(look.columns)]
    return [(left, left + width) for left in lefts]


_LINKS = tuple(link(text, style="italic", hyphen=text.endswith("html")) for text in _URLS)
_PAGES = {
    "blocks": st.lists(_block(), min_size=1, max_size=7),
    "notes": st.lists(_words().map(lambda said: Block("footnote", said, "3")), max_size=2),
    "look": _look(),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**_PAGES)
def test_all_that_is_set_lies_within_its_column(blocks: list[Block], notes: list[Block], look: Layout) -> None:
    found = page(blocks, _LINKS, notes, look)
    hair = 0.15 * look.body_pt  # italics and side bearings reach beyond the pen
    columns = _columns(look)
    for run in found.runs:
        left, right = (float(run.xs[0]), right_end(run)) if run.size < 1.6 * look.body_pt else ink(run)[::2]
        assert any(a - hair <= left and right <= b + hair for a, b in columns)
        assert look.top <= run.baseline <= look.height - look.bottom + hair
    for picture in found.pictures:
        assert look.top <= picture.top < picture.bottom <= look.height - look.bottom + 0.1
        assert any(a - 0.1 <= picture.left < picture.right <= b + 0.1 for a, b in columns)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**_PAGES)
def test_lines_do_not_overlap(blocks: list[Block], notes: list[Block], look: Layout) -> None:
    plain = [block for block in blocks if not block.drop_cap or block.kind != "paragraph"]
    found = page(plain, _LINKS, notes, look)
    for left, right in _columns(look):
        lines = rows(run for run in found.runs if left - 2 <= run.xs[0] <= right and run.size > 0.75 * look.body_pt)
        for upper, lower in pairwise(lines):
            crossing = any(_xs_cross(a, b) for a in upper for b in lower)
            least = 0.8 * min(run.size for run in (*upper, *lower))
            assert not crossing or lower[0].baseline - upper[0].baseline > least
        for picture in found.pictures:
            for line in lines:
                inside = picture.left < line[0].xs[0] < picture.right
                assert not inside or not picture.top < line[0].baseline - 0.3 * look.body_pt < picture.bottom


def _xs_cross(a: GlyphRun, b: GlyphRun) -> bool:
    return bool(a.xs[0] < right_end(b) and b.xs[0] < right_end(a))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**_PAGES)
def test_a_complete_link_is_drawn_whole_with_its_prefix_undivided(
    blocks: list[Block], notes: list[Block], look: Layout
) -> None:
    used = [
        span.link for block in (*blocks, *notes) for word in block.words if not isinstance(word, str) for span in word
    ]
    found = page(blocks, _LINKS, notes, look)
    for placed in found.links:
        text = _LINKS[placed.number].text
        drawn = "".join(spelled(run, text) for run in placed.segments)
        alone = shaping.shape(placed.prefix.font, _LINKS[placed.number].prefix, ligatures=not look.tracking)
        assert placed.prefix.glyphs.tolist() == alone.glyphs.tolist()
        assert placed.segments[0].xs[: len(alone.glyphs)].tolist() == placed.prefix.xs.tolist()
        if used.count(placed.number) == 1:
            assert placed.complete == (drawn == text)
            assert text.startswith(drawn)


@pytest.mark.parametrize("hyphenated", [True, False])
def test_justified_lines_end_at_the_right_margin(hyphenated: bool) -> None:
    look = layout(hyphenated=hyphenated)
    lines = rows(page([Block("paragraph", words(150))], look=look).runs)
    assert len(lines) > 10
    for line in lines[:-1]:
        assert right_end(line[-1]) == pytest.approx(look.width - look.right, abs=0.3)
    assert right_end(lines[-1][-1]) < look.width - look.right


def _spaces(run: GlyphRun) -> list[float]:
    """Widths of the spaces within a run, em."""
    parts = [replace(run, glyphs=run.glyphs[: n + 1], xs=run.xs[: n + 1]) for n in range(len(run.xs))]
    gaps = (run.xs[1:] - np.array([right_end(part) for part in parts])[:-1]) / run.size
    return [float(gap) for gap in gaps if gap > 0.12]


def test_spaces_are_even_where_words_may_be_divided() -> None:
    for start in range(0, 80, 20):
        lines = rows(page([Block("paragraph", words(200, start))]).runs)
        spaces = [space for line in lines for run in line for space in _spaces(run)]
        assert max(spaces) < 0.55
        assert np.std(spaces) < 0.09


def test_ordinary_text_of_a_line_is_one_run() -> None:
    links = [_LINK]
    found = page([Block("paragraph", (*words(40), linked(links, 0, "(", ")."), *words(40)))], links)
    lines = rows(found.runs)
    assert sum(len(line) for line in lines) <= len(lines) + 2 * len(found.links[0].segments)


def test_no_word_is_lost_and_hyphens_are_all_that_is_added() -> None:
    said = words(120)
    found = page([Block("paragraph", said)], look=layout(right=200))
    drawn = "".join(spelled(line[0], " ".join(said) + "-") for line in rows(found.runs))
    assert drawn.replace("-", "") == "".join(said).replace("-", "")
    assert drawn.count("-") > said.count("well-known")


def test_a_link_is_spelled_out_in_every_place() -> None:
    texts = [f"https://www.example.org/place/number/{n}/of/the/page/index.html" for n in range(8)]
    links = [link(text, style="italic" if n % 2 else "mono") for n, text in enumerate(texts)]
    blocks = [
        Block("heading", ("Look", linked(links, 0))),
        Block("item", (*words(6), linked(links, 1, "<", ">")), "•"),
        Block("quote", (*words(9), linked(links, 2))),
        Block("code", lines=((Span("    get "), Span(texts[3], "roman", 3), Span(" > page")),)),
        Block("table", cells=(((words(1), ("Where",))), (words(20), (linked(links, 4),)))),
        Block("figure", figure=Figure("grey", 0.5, 0.3, 1)),
        Block("caption", ("After", linked(links, 5, "", ".")), "Figure 1."),
        Block("entry", (*words(8), linked(links, 6)), "[1]"),
    ]
    found = page(blocks, links, [Block("footnote", ("See", linked(links, 7, "", ".")), "1")])
    assert [placed.number for placed in found.links] == list(range(8))
    for placed in found.links:
        assert placed.complete
        assert "".join(spelled(run, texts[placed.number]) for run in placed.segments) == texts[placed.number]
    assert any(len(placed.segments) > 1 for placed in found.links)


def test_a_hyphen_at_a_break_belongs_to_no_segment() -> None:
    links = [link(_LINK.text, style="bold", hyphen=True)]
    found = next(
        found
        for lead in range(3, 12)
        if len((found := page([Block("paragraph", (*words(lead), linked(links)))], links)).links[0].segments) == 2
    )
    placed = found.links[0]
    assert "".join(spelled(run, links[0].text) for run in placed.segments) == links[0].text
    first = placed.segments[0]
    hyphen = shaping.shape(first.font, "-").glyphs.tolist()
    [printed] = [r for r in found.runs if r.glyphs.tolist() == hyphen and r.baseline == first.baseline]
    assert float(printed.xs[0]) == pytest.approx(right_end(first), abs=0.01)
    assert right_end(printed) <= 432 - 50 + 0.01


def test_a_link_breaks_behind_its_prefix_only_where_it_may() -> None:
    def bare(may: bool) -> int:
        links = [link("https://" + "m" * 30 + ".example.org/", may_break_after_prefix=may)]
        pages = [page([Block("paragraph", (*words(lead), linked(links)))], links) for lead in range(4, 12)]
        return sum(len(p.links[0].segments[0].glyphs) == len(p.links[0].prefix.glyphs) for p in pages)

    assert bare(False) == 0
    assert bare(True) > 0


def test_links_wrap_about_as_often_as_printed_ones() -> None:
    placed = [link for index in range(150) for link in typeset(sample(CONFIG, index), FAMILIES).links]
    wrapped = [link for link in placed if len(link.segments) > 1]
    # 845 links counted in 56 books: 24 % wrapped, 2 % broken right after the prefix.
    assert 0.14 < len(wrapped) / len(placed) < 0.34
    bare = [link for link in wrapped if len(link.segments[0].glyphs) == len(link.prefix.glyphs)]
    assert len(bare) / len(placed) < 0.05


def test_a_link_that_may_not_wrap_is_broken_only_where_a_line_cannot_hold_it() -> None:
    short, long = link("https://example.org/a/b/c/d/e", may_wrap=False), link(_LINK.text * 3, may_wrap=False)
    for lead in range(12):
        said = (*words(lead), linked([short, long], 0), *words(5), linked([short, long], 1))
        first, second = page([Block("paragraph", said)], [short, long]).links
        assert len(first.segments) == 1
        assert len(second.segments) > 2 and second.complete


def test_a_link_cut_by_the_end_of_the_page_is_not_complete() -> None:
    links = [link("https://example.org/" + "/".join(f"part{n}" for n in range(60)))]
    look = layout(height=60 + 56 + 4 * 12.5)
    [placed] = page([Block("paragraph", (*words(9), linked(links)))], links, look=look).links
    assert not placed.complete
    assert links[0].text.startswith("".join(spelled(run, links[0].text) for run in placed.segments))


@pytest.mark.parametrize("underline", ["thin", "thick", "low"])
def test_underlines_run_under_each_segment(underline: str) -> None:
    links = [link(_LINK.text, underline=underline)]
    found = page([Block("paragraph", (*words(8), linked(links, 0, "(", ")"), *words(9)))], links)
    segments, lines = found.links[0].segments, rules(found)
    assert len(segments) == len(lines) == 2
    for segment, rule in zip(segments, lines, strict=True):
        assert rule.left == pytest.approx(float(segment.xs[0]), abs=0.01)
        assert rule.right == pytest.approx(right_end(segment), abs=0.3)
        assert 0 < rule.top - segment.baseline < 0.4 * segment.size
        if underline == "low":
            assert rule.top == pytest.approx(ink(segment)[3], abs=0.05 * segment.size)


def test_underlined_words_that_are_no_link_share_a_rule() -> None:
    said = [(Span(word, "roman", None, "thin"),) for word in ("not", "a", "link")]
    found = page([Block("paragraph", (*words(3), *said, *words(3)))])
    [rule] = rules(found)
    [underlined] = [run for run in found.runs if float(run.xs[0]) == rule.left]
    assert rule.right == pytest.approx(right_end(underlined))
    assert len(underlined.glyphs) == len("notalink")


def test_small_capitals_fall_back_to_roman() -> None:
    family = next(family for family in FAMILIES.values() if "smallcaps" not in family.fonts and family.kind == "serif")
    links = [link("https://example.org/", style="smallcaps")]
    found = page([Block("paragraph", (linked(links),))], links, look=layout(body_family=family.name))
    assert found.links[0].prefix.font is family.font("roman")


def test_tracked_text_has_no_ligatures_and_its_letters_stand_apart() -> None:
    words_ = ("efficient", "waves")
    [run] = page([Block("paragraph", words_)], look=layout(tracking=0.05)).runs
    shapes = [shaping.shape(run.font, word, ligatures=False) for word in words_]
    assert run.glyphs.tolist() == [glyph for shape in shapes for glyph in shape.glyphs]
    begin = 0
    for word, shape in zip(words_, shapes, strict=True):
        pens = run.xs[begin : begin + len(word)]
        expected = (np.array(shape.xs) + 0.05 * np.arange(len(word))) * run.size
        np.testing.assert_allclose(pens - pens[0], expected, atol=1e-9)
        begin += len(word)


def _first_page(**changes: Any) -> Page:
    return page([Block("paragraph", words(60))], look=layout(**changes))


def test_head_and_folio_stand_outside_the_text() -> None:
    found = _first_page(running_head="Of Pages", page_number=12, folio="head", head_rule=True)
    head = [run for run in found.runs if run.baseline < 60]
    assert len(head) == 2
    assert min(float(run.xs[0]) for run in head) == pytest.approx(54)  # an even page is a left one: its outer side
    [rule] = rules(found)
    assert max(run.baseline for run in head) < rule.top < 60
    foot = [run for run in _first_page(page_number=13, folio="foot").runs if run.baseline > 648 - 56]
    assert len(foot) == 1 and 54 < foot[0].xs[0] < 382
    assert len(_first_page(page_number=13, folio="none").runs) == len(_first_page().runs)


@pytest.mark.parametrize(("marked", "feet"), [((20,), [1, 0]), ((20, 400), [1, 1]), ((330, 380), [0, 2])])
def test_footnotes_stand_in_order_at_the_feet_of_the_columns_that_their_marks_stand_in(
    marked: tuple[int, ...], feet: list[int]
) -> None:
    look, said = layout(columns=2), list[Word](words(420))
    notes = [Block("footnote", words(14), str(number)) for number in range(1, len(marked) + 1)]
    for number, place in enumerate(marked, start=1):
        said[place] = (Span(str(said[place])), Span(str(number), "superscript"))
    found = page([Block("paragraph", tuple(said))], notes=notes, look=look)
    tops = [_column_of(run, look) for run in found.runs if run.size == pytest.approx(6.8)]
    assert tops == [number for number, count in enumerate(feet) for _ in range(count)]
    labels = [run for run in found.runs if run.size < 6.5]
    assert [_column_of(run, look) for run in labels] == tops
    written = [shaping.shape(run.font, note.label).glyphs.tolist() for run, note in zip(labels, notes, strict=True)]
    ordered = sorted(labels, key=lambda run: (_column_of(run, look), run.baseline))
    assert [run.glyphs.tolist() for run in ordered] == written
    for number, (left, _) in enumerate(_columns(look)):
        here = [run for run in found.runs if _column_of(run, look) == number]
        text = [run.baseline for run in here if run.size == look.body_pt]
        small = [run.baseline for run in here if 6.9 < run.size < 9]
        if small:
            assert max(text) < min(rule.top for rule in rules(found) if rule.left == left) < min(small)
            assert max(small) > look.height - look.bottom - look.body_pt


def _column_of(run: GlyphRun, look: Layout) -> int:
    return sum(float(run.xs[0]) > right for _, right in _columns(look))
