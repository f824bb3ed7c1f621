"""What becomes of links and detections, and the numbers made of it, on pages counted by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data import Dataset
from evaluate.counts import of_page, rates
from evaluate.curves import threshold_curve
from evaluate.links import Item
from evaluate.measures import Undefined, hmean, ratio, settle
from evaluate.predictions import Detection
from evaluate.scores import link_scores
from evaluate.slices import cell, gathered, slices_of
from evaluate.tally import tallied
from tests.evaluate.cases import items_of
from tests.evaluate.pages import image, link

TEXT = "https://example.org/a"


def found(x: float = 10, text: str | None = TEXT, score: float = 0.9) -> Detection:
    return Detection((x, 10.0, 40.0, 10.0), score, "http", text, text)


def outcomes(links: list, detections: list[Detection], **facts: bool) -> list[Item]:  # type: ignore[type-arg]
    dataset = Dataset((image(Path("a.png"), links),))
    return items_of(dataset, [detections], **facts)


def end_to_end(items: list[Item], **facts: bool) -> dict:  # type: ignore[type-arg]
    counts = rates(np.array([of_page(items, items, None)]))
    return link_scores(items, counts, **({"has_truth": True, "was_read": True} | facts))


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(TEXT, "exact"), (TEXT + "/.", "exact"), ("https://example.org/b", "misread"), ("", "unread")],
)
def test_a_found_link_is_judged_by_what_was_read(answer: str, outcome: str) -> None:
    (item,) = outcomes([link(text=TEXT)], [found(text=answer)])
    assert (item.outcome, item.iou) == (outcome, 1.0)


def test_text_plays_no_part_in_matching() -> None:
    items = outcomes([link(10, text="https://a.org"), link(200, text="https://b.org")],
                     [found(10, "https://b.org"), found(200, "https://a.org")])  # fmt: skip
    assert [item.outcome for item in items] == ["misread", "misread"]


def test_a_missed_link_says_whether_a_lower_threshold_would_find_it() -> None:
    items = outcomes([link(10), link(200)], [found(10, None, 0.3)])
    assert [item.lost_at for item in items] == ["threshold", "detection"]


def test_ignored_links_are_neither_missed_nor_false() -> None:
    assert outcomes([link(ignore=True)], []) == []
    assert outcomes([link(ignore=True)], [found()]) == []


@pytest.mark.parametrize("unknown", [{"text": None}, {"text": ""}, {"attributes": {"text_unknown": True}}])
def test_a_link_of_unknown_text_counts_for_detection_only(unknown: dict) -> None:  # type: ignore[type-arg]
    (item,) = outcomes([link(**unknown)], [found()])
    assert (item.outcome, item.scored) == ("found", False)
    scores = end_to_end([item])
    assert scores["links"] == scores["answers"] == 0
    assert isinstance(scores["normalised"]["hmean"], Undefined)


def test_end_to_end_by_hand() -> None:
    """Four links: right, right but for a trailing slash, misread, missed; and one false alarm that reads as a link."""
    texts = ["https://a.org/1", "https://a.org/2/", "https://a.org/3", "https://a.org/45"]
    links = [link(10 + 100 * place, text=text) for place, text in enumerate(texts)]
    detections = [
        found(10, texts[0]),
        found(110, "https://a.org/2"),
        found(210, "https://a.org/8"),
        found(600, "https://x.org"),
    ]
    items = outcomes(links, detections)
    scores, reasons = settle(end_to_end(items))
    assert scores["normalised"] == {"precision": 2 / 4, "recall": 2 / 4, "hmean": 0.5}
    assert scores["raw"] == {"precision": 1 / 4, "recall": 1 / 4, "hmean": 0.25}
    assert scores["wrong_destination_rate"] == 2 / 4
    letters = sum(map(len, texts))
    assert scores["cer"] == pytest.approx((0 + 1 + 1 + len(texts[3]) + len("https://x.org")) / letters)
    assert scores["cer_matched"] == pytest.approx(2 / sum(map(len, texts[:3])))
    assert reasons == {
        f"wrapped.{name}": "the set has no link that runs over lines" for name in ("whole", "first_line")
    }


def test_a_detection_that_was_not_read_is_no_answer() -> None:
    scores = end_to_end(outcomes([link(text=TEXT)], [found(), found(600, "")]))
    assert scores["normalised"]["precision"] == 1.0


def test_an_answer_that_is_no_address_leads_nowhere() -> None:
    scores = end_to_end(outcomes([link(text=TEXT)], [found(text="https://exampl")]))
    assert scores["wrong_destination_rate"] == 0.0


def test_nothing_found_is_zero_and_nothing_asked_is_undefined() -> None:
    nothing = end_to_end(outcomes([link(text=TEXT)], []))
    assert (nothing["normalised"]["recall"], nothing["normalised"]["hmean"], nothing["cer"]) == (0.0, 0.0, 1.0)
    assert isinstance(nothing["normalised"]["precision"], Undefined)
    for facts in ({"has_truth": False, "was_read": True}, {"has_truth": True, "was_read": False}):
        scores, reasons = settle(end_to_end([], **facts))
        assert scores["normalised"]["hmean"] is None
        assert reasons["normalised.hmean"]


def test_first_line_of_a_wrapped_link() -> None:
    text = "https://example.org/books/about_ink.html"
    wrapped = link(text=text, segments=((10, 10, 200, 10), (5, 22, 200, 10)))
    half = replace(found(text=text[:20]), line_text=text[:20])
    (item,) = outcomes([wrapped], [half])
    assert (item.same, item.first_line_right) == (False, True)
    (short,) = outcomes([wrapped], [replace(half, text=text[:9], line_text=text[:9])])
    assert not short.first_line_right
    scores = end_to_end([item])
    assert scores["wrapped"] == {"links": 1, "whole": 0.0, "first_line": 1.0}


def test_false_alarms_per_page_without_links() -> None:
    pages = (image(Path("a.png"), [link()]), image(Path("b.png"), []), image(Path("c.png"), []),
             image(Path("d.png"), [link(ignore=True)]))  # fmt: skip
    dataset = Dataset(pages)
    detections = [[found()], [found(), found(90), found(200, score=0.2)], [], [found(300)]]
    items = items_of(dataset, detections, was_read=False)
    rows = [[item for item in items if item.page == page] for page in range(4)]
    alarms = (None, 2, 0, None)
    scores = rates(np.array([of_page(row, row, loud) for row, loud in zip(rows, alarms, strict=True)]))
    assert (scores["detection.false_alarms_per_empty_page"], scores["detection.clean_empty_pages"]) == (1.0, 0.5)
    assert (scores["detection.precision"], scores["detection.recall"]) == (1 / 4, 1.0)
    missed = items_of(Dataset(pages[:1]), [[]])
    none = rates(np.array([of_page(missed, missed, None)]))
    assert isinstance(none["detection.false_alarms_per_empty_page"], Undefined)
    assert isinstance(none["detection.precision"], Undefined)
    assert (none["detection.recall"], none["detection.f1"]) == (0.0, 0.0)


def test_threshold_curve_by_hand() -> None:
    dataset = Dataset((image(Path("a.png"), [link(10), link(200), link(600, ignore=True)]),))
    detections = [found(10, score=0.9), found(12, score=0.8), found(200, score=0.7), found(600, score=0.95)]
    curve = threshold_curve(tallied(dataset, [detections]))
    assert curve is not None
    assert curve.threshold.tolist() == [0.9, 0.8, 0.7]
    assert curve.precision.tolist() == pytest.approx([1, 1 / 2, 2 / 3])
    assert curve.recall.tolist() == [0.5, 0.5, 1.0]
    assert curve.f1.tolist() == pytest.approx([2 / 3, 1 / 2, 0.8])
    assert threshold_curve(tallied(dataset, [[]])) is None


def test_slices_count_links_by_attribute() -> None:
    links = [
        link(10, text=TEXT, attributes={"scheme": "https", "x_height_px": 7.9, "bold": True, "note": "same"}),
        link(200, text=TEXT, attributes={"scheme": "www", "x_height_px": 21.0, "bold": False, "note": "same"}),
    ]
    dataset = Dataset((image(Path("a.png"), links),))
    items = items_of(dataset, [[found(10)]])
    table = gathered(dataset, items, was_read=True)
    cut = slices_of(table, ["scheme", "bold", "nothing"])
    cells = {(each.attributes, each.values): cell(table, each) for each in cut}
    assert {names for names, _ in cells} == {("scheme",), ("x_height_px",), ("bold",), ("scheme", "bold")}
    https = cells[("scheme",), ("https",)]
    assert (https["links"], https["found"], https["exact"], https["few"]) == (1, 1.0, 1.0, True)
    assert cells[("scheme",), ("www",)]["found"] == cells[("scheme", "bold"), ("www", "no")]["exact"] == 0.0
    assert [each.values for each in cut if each.attributes == ("x_height_px",)] == [("6 to 8",), ("20 and more",)]
    assert [each.values for each in cut if each.attributes == ("bold",)] == [("no",), ("yes",)]
    assert [each.values for each in cut if len(each.attributes) == 2] == [("https", "yes"), ("www", "no")]


@pytest.mark.parametrize(("groups", "cut"), [("aabb", True), ("abcd", False)])
def test_books_are_slices_where_they_hold_several_pages(groups: str, cut: bool) -> None:
    pages = tuple(image(Path(f"{place}.png"), [link()], group=name) for place, name in enumerate(groups))
    dataset = Dataset(pages)
    table = gathered(dataset, items_of(dataset, [[found()]] * 4), was_read=True)
    assert ("book" in table.values) is cut


def test_measures_are_numbers_or_reasons() -> None:
    assert ratio(1, 4, "none") == 0.25
    assert ratio(1, 0, "none") == Undefined("none")
    assert hmean(0.0, 0.0) == 0.0
    assert hmean(Undefined("a"), 1.0) == hmean(1.0, Undefined("a")) == Undefined("a")
    assert settle({"a": {"b": Undefined("why")}, "c": 1}) == ({"a": {"b": None}, "c": 1}, {"a.b": "why"})
    with pytest.raises(ValueError, match="c=nan is not finite"):
        settle({"c": float("nan")})
