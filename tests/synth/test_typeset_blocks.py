"""Each kind of block has the look it has in books."""

from __future__ import annotations

from itertools import pairwise

import pytest

from conf.schema.page import ASIDE_BOXES
from synth import shaping
from synth.page import GlyphRun, Page
from synth.recipe import BLACK, Block, Figure, Span, Term
from tests.synth.setting import ink, layout, link, linked, page, right_end, rows, rules, words

BLUE = (0.0, 0.1, 0.6)


def _lefts(found: Page) -> list[float]:
    return [round(float(row[0].xs[0]), 6) for row in rows(found.runs)]


def test_paragraphs_are_indented_except_after_a_heading() -> None:
    blocks = [Block("heading", ("Pages",)), Block("paragraph", words(30)), Block("paragraph", words(30))]
    lefts = _lefts(page(blocks))
    assert lefts[:2] == [54, 54]
    assert lefts.count(69) == 1 and set(lefts) == {54, 69}


def test_gaps_may_part_paragraphs() -> None:
    baselines = [row[0].baseline for row in rows(_two_paragraphs(paragraph_gap=0.5).runs)]
    steps = {round(b - a, 2) for a, b in pairwise(baselines)}
    assert steps == {12.5, 18.75}
    assert set(_lefts(_two_paragraphs(indent=0.0))) == {54}


def _two_paragraphs(**changes: float) -> Page:
    return page([Block("paragraph", words(30)), Block("paragraph", words(30))], look=layout(**changes))


def test_headings_shrink_with_their_level_and_never_end_a_column() -> None:
    sizes = [page([Block("heading", ("Pages",), level=level), *_filler(1)]).runs[0].size for level in (1, 2, 3)]
    assert sizes[0] == 15 and sizes[0] > sizes[1] > sizes[2] > 10
    for count in range(380, 440, 4):
        found = page([Block("paragraph", words(count)), Block("heading", ("Pages",)), *_filler(1)])
        lines = rows(found.runs)
        assert lines[-1][0].size == 10 and lines[-2][0].size == 10


def _filler(blocks: int) -> list[Block]:
    return [Block("paragraph", words(80, 7 * n)) for n in range(blocks)]


@pytest.mark.parametrize("centred", [True, False])
def test_headings_stand_left_or_in_the_middle(centred: bool) -> None:
    [run] = page([Block("heading", ("Pages",)), *_filler(1)], look=layout(heading_centred=centred)).runs[:1]
    if centred:
        assert (run.xs[0] + right_end(run)) / 2 == pytest.approx((54 + 382) / 2, abs=0.1)
    else:
        assert run.xs[0] == 54


def test_headings_alone_are_in_the_ink_of_headings() -> None:
    blue, red = (0.0, 0.15, 0.75), (0.4, 0.0, 0.02)
    links = [link("https://a.org/b", ink=red)]
    blocks = [Block("heading", ("Pages", linked(links))), Block("paragraph", words(12))]
    found = page(blocks, links=links, look=layout(heading_ink=blue))
    assert [row[0].ink for row in rows(found.runs)] == [blue, BLACK, BLACK][: len(rows(found.runs))]
    assert found.links[0].prefix.ink == red


def test_labels_of_a_list_hang_before_their_text() -> None:
    found = page(
        [Block("item", words(30), "9."), Block("item", words(30), "10."), Block("item", words(20), "•", level=2)]
    )
    lefts: dict[str, list[float]] = {"label": [], "text": []}
    for row in rows(found.runs):
        lefts["text"].append(float(row[-1].xs[0]))
        if len(row) == 2:
            lefts["label"].append(right_end(row[0]))
    assert len(lefts["label"]) == 3
    assert sorted(set(lefts["text"])) == pytest.approx([54 + 17, 54 + 34])
    assert lefts["label"] == pytest.approx([54 + 12, 54 + 12, 54 + 29], abs=0.01)


def test_quotes_are_smaller_and_indented_on_both_sides() -> None:
    found = page([*_filler(1), Block("quote", words(60))])
    lines = [row for row in rows(found.runs) if row[0].size < 10]
    assert len(lines) > 3
    assert all(row[0].xs[0] > 54 + 10 for row in lines)
    assert all(right_end(row[-1]) < 382 - 10 for row in lines)


def test_code_keeps_its_blanks_and_stands_on_its_tint() -> None:
    code = Block("code", lines=((Span("if x:"),), (Span("    y  = "), Span("1", "bold")), (), (Span("z"),)))
    found = page([code, *_filler(1)], look=layout(code_box="tint"))
    [tint] = [rectangle for rectangle in found.rectangles if rectangle.tone < 1]
    lines = [row for row in rows(found.runs) if row[0].baseline < tint.bottom]
    assert (tint.left, tint.right) == (54, 382)
    cell = shaping.shape(lines[0][0].font, "x").advance * lines[0][0].size
    assert lines[1][0].xs[0] - lines[0][0].xs[0] == pytest.approx(4 * cell)
    assert lines[1][0].xs[1] - lines[1][0].xs[0] == pytest.approx(3 * cell)
    assert lines[2][0].baseline - lines[1][0].baseline == pytest.approx(
        2 * (lines[1][0].baseline - lines[0][0].baseline)
    )
    assert lines[3][0].baseline - lines[3][0].size > tint.bottom if len(lines) > 3 else True
    assert tint.top < ink(lines[0][0])[1] and ink(lines[2][0])[3] < tint.bottom


@pytest.mark.parametrize("kind", ASIDE_BOXES)
def test_a_note_stands_in_its_box_under_its_title(kind: str) -> None:
    look = layout(aside_box=kind, aside_ink=BLUE, aside_tone=0.12)
    found = page([*_filler(1), Block("aside", words(60), "In short"), *_filler(1)], look=look)
    sides = [rectangle for rectangle in found.rectangles if rectangle.boxes]
    assert len(sides) == {"frame": 4, "tint": 1, "bar": 1}[kind]
    assert {(side.ink, side.tone) for side in sides} == {(BLUE, 0.12 if kind == "tint" else 1.0)}
    top, bottom = min(side.top for side in sides), max(side.bottom for side in sides)
    lines = rows(found.runs)
    inside = [row for row in lines if top < row[0].baseline < bottom]
    title, *note = inside
    assert title[0].ink == BLUE and {run.ink for row in note for run in row} == {BLACK}
    assert len(note) >= 3 and all(row[0].size < 10 for row in note)
    prints = [ink(run) for row in inside for run in row]
    assert all(left > 54 + 4 and right < 382 - 4 for left, _, right, _ in prints)
    assert min(print_[1] for print_ in prints) > top + 1 and max(print_[3] for print_ in prints) < bottom - 1
    outside = [ink(run) for row in lines if not top < row[0].baseline < bottom for run in row]
    assert all(lower < top - 1 or upper > bottom + 1 for _, upper, _, lower in outside)


def test_a_formula_stands_in_the_middle_its_fraction_round_its_axis_its_number_at_the_right() -> None:
    half = Term((Span("a", "italic"), Span(" + b")), under=(Span("2"),))
    formula = (Term((Span("x", "italic"),), raised="2", lowered="i"), Term((Span(" = "),)), half)
    found = page([*_filler(1), Block("equation", label="(3.1)", formula=formula), *_filler(1)])
    [line] = rules(found)
    near = sorted((run for run in found.runs if abs(run.baseline - line.top) < 12), key=lambda run: float(run.xs[0]))
    x, *_, number = near
    marks = [run for run in near if run.size < 7]
    assert [round(run.baseline - x.baseline, 2) for run in sorted(marks, key=lambda run: run.baseline)] == [-3.6, 2.0]
    assert marks[0].xs[0] == pytest.approx(marks[1].xs[0])
    over = [run for run in near if run.baseline < line.top - 2 and run.size == 10]
    under = [run for run in near if run.baseline > line.bottom + 5 and run.size == 10]
    assert max(ink(run)[3] for run in over) < line.top and min(ink(run)[1] for run in under) > line.bottom
    assert all(line.left < ink(run)[0] and ink(run)[2] < line.right for run in (*over, *under))
    assert ink(x)[0] - 54 == pytest.approx(382 - line.right, abs=2.5)
    assert number.baseline == x.baseline and right_end(number) == pytest.approx(382, abs=0.1)


def test_a_formula_wider_than_its_column_is_left_out() -> None:
    narrow, wide = (tuple(Term((Span(f"{n} + "),)) for n in range(1000, end)) for end in (1006, 1060))
    printed = [len(page([Block("equation", label="(1)", formula=formula)]).runs) for formula in (narrow, wide)]
    assert printed == [7, 0]


def test_a_long_line_of_code_goes_on_below() -> None:
    text = "value = " + " + ".join(f"part_{n}" for n in range(30))
    found = page([Block("code", lines=((Span(text),),))], look=layout(code_box="frame"))
    assert len(rows(found.runs)) > 2
    assert sum(len(run.glyphs) for run in found.runs) == len(text.replace(" ", ""))
    assert len(found.rectangles) == 4


def test_keys_of_a_bibliography_align_and_its_lines_hang() -> None:
    found = page([Block("entry", words(40), "[9]"), Block("entry", words(40), "[12]")])
    texts = {round(float(row[-1].xs[0]), 3) for row in rows(found.runs)}
    labels = [right_end(row[0]) for row in rows(found.runs) if len(row) == 2]
    assert len(texts) == 1 and len(labels) == 2
    assert labels[0] == pytest.approx(labels[1], abs=0.01)
    named = page([Block("entry", words(40), "Knuth, Donald Ervin.")])
    lefts = _lefts(named)
    assert lefts[0] == 54 and set(lefts[1:]) == {max(lefts)} and max(lefts) > 60


def test_a_caption_stands_under_its_figure_or_both_wait_for_the_next_column() -> None:
    pair = [Block("figure", figure=Figure("grey", 0.8, 0.6, 3)), Block("caption", words(4), "Figure 2.")]
    tops = {}
    for count in range(100, 400, 25):
        look = layout(columns=2)
        found = page([Block("paragraph", words(count)), *pair, Block("paragraph", words(300))], look=look)
        [picture] = found.pictures
        assert (picture.bottom - picture.top) / (picture.right - picture.left) == pytest.approx(0.6)
        below = [run for run in found.runs if run.size == pytest.approx(8.6)]
        assert {run.font for run in below} == {found.runs[0].font, below[0].font}
        middle = (picture.left + picture.right) / 2
        for run in below:
            assert picture.bottom < run.baseline < picture.bottom + 25
            assert abs(run.xs[0] - middle) < 90
        first = [run for run in found.runs if run.xs[0] < 209 and run.size == 10]
        tops[picture.top] = max(run.baseline for run in first)
    # Where it floated to the head of the second column, the text went on in the first.
    assert tops[60] > 648 - 56 - 26


def test_a_figure_is_never_cut_but_left_out() -> None:
    found = page([Block("paragraph", words(400)), Block("figure", figure=Figure("grey", 0.8, 0.9, 3)), *_filler(3)])
    assert not found.pictures
    assert rows(found.runs)[-1][0].baseline > 648 - 56 - 13  # and text fills its place


def test_cells_of_a_table_wrap_and_do_not_overlap() -> None:
    links = [link("https://www.example.org/table/of/contents/of/the/book/index.html")]
    cells = ((("Name",), ("Where",), ("What",)), (words(2), (linked(links),), words(15)), (words(9), words(1), ()))
    for kind, least in (("book", 3), ("grid", 4)):
        found = page([Block("table", cells=cells)], links, look=layout(table_rules=kind))
        assert len(rules(found)) >= least
        for row in rows(found.runs):
            cross = [(right_end(a), float(b.xs[0])) for a, b in pairwise(row)]
            assert all(end <= start + 0.01 for end, start in cross)
        lines = rules(found)
        assert all(lines[0].top < run.baseline < lines[-1].bottom for run in found.runs)
        assert found.links[0].complete


def test_columns_of_a_crowded_table_have_room_for_prefixes() -> None:
    links = [link(f"https://www.example.org/{n}/of/the/book/index.html", style="mono") for n in range(3)]
    row = (*((linked(links, n, "<", ">"),) for n in range(3)), *(("to",) * 12,) * 5)
    found = page([Block("table", cells=(tuple(("a",) for _ in row), row))], links)
    assert all(placed.complete for placed in found.links)
    firsts = sorted(placed.prefix.xs[0] for placed in found.links)
    ends = sorted(max(right_end(run) for run in placed.segments) for placed in found.links)
    assert all(end < start for end, start in zip(ends[:-1], firsts[1:], strict=True))
    assert max(right_end(run) for run in found.runs) < 382


def test_footnotes_stand_at_the_foot_under_a_rule() -> None:
    notes = [Block("footnote", words(30), "1"), Block("footnote", words(5), "2")]
    found = page(_filler(16), notes=notes)
    [rule] = rules(found)
    below = [run for run in found.runs if run.baseline > rule.bottom]
    text = [run for run in below if run.size == pytest.approx(8.2)]
    marks = [run for run in below if run.size < 6]
    assert len(text) + len(marks) == len(below) and len(marks) == 2
    assert max(run.baseline for run in text) == pytest.approx(648 - 56, abs=4)
    baselines = {run.baseline for run in text}
    assert all(2 < min(y for y in baselines if y > mark.baseline) - mark.baseline < 4 for mark in marks)
    body = [run for run in found.runs if run.size == 10]
    assert rule.top - 26 < max(run.baseline for run in body) < rule.top


def test_an_initial_stands_beside_its_lines() -> None:
    found = page([Block("paragraph", words(90), drop_cap=True)])
    [initial] = [run for run in found.runs if run.size > 20]
    lines = rows(run for run in found.runs if run.size == 10)
    left, top, right, bottom = ink(initial)
    assert left == pytest.approx(54, abs=0.01)
    assert bottom == pytest.approx(lines[2][0].baseline, abs=0.3)
    assert top == pytest.approx(_capital_top(lines[0][0]), abs=0.3)
    assert all(right < line[0].xs[0] < right + 5 for line in lines[:3])
    assert all(line[0].xs[0] == 54 for line in lines[3:])
    assert sum(len(run.glyphs) for run in found.runs) >= len("".join(words(90))) - 12


def _capital_top(run: GlyphRun) -> float:
    return run.baseline - shaping.metrics(run.font).cap_height * run.size


def test_a_short_paragraph_has_no_initial() -> None:
    found = page([Block("paragraph", words(12), drop_cap=True)])
    assert {run.size for run in found.runs} == {10}


def test_a_mark_in_the_text_is_small_and_raised() -> None:
    found = page([Block("paragraph", (*words(3), (Span("page"), Span("4", "superscript")), *words(3)))])
    mark = min(found.runs, key=lambda run: run.size)
    assert mark.size < 7.5 and mark.baseline < max(run.baseline for run in found.runs) - 2


def test_columns_fill_one_after_the_other() -> None:
    found = page(_filler(14), look=layout(columns=2))
    right = [run for run in found.runs if run.xs[0] > 218]
    left = [run for run in found.runs if run.xs[0] < 209]
    assert min(run.baseline for run in right) == min(run.baseline for run in left)
    assert max(run.baseline for run in left) > 648 - 56 - 26
    assert max(right_end(run) for run in left) < 210


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="sidebar"):
        page([Block("sidebar", words(3))])
