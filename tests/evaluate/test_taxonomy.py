"""Kinds of detection errors, one page for each, and what they cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import Box, Dataset
from evaluate.boxes import COCO_FROM
from evaluate.calibration import calibration
from evaluate.coco_rule import ANY
from evaluate.coco_scores import coco_scores
from evaluate.error_costs import costs, error_table, missed
from evaluate.measures import Undefined
from evaluate.predictions import Detection
from evaluate.tally import bit, tallied
from evaluate.taxonomy import KINDS, OF_DETECTIONS
from tests.evaluate.cases import Pages, can_be_scored, coco_numbers, random_case
from tests.evaluate.pages import image, link


def at(box: Box, score: float = 0.9, kind: str = "http") -> Detection:
    return Detection(box, score, kind)


HIT = (10.0, 10.0, 40.0, 10.0)
LOOSE = (30.0, 10.0, 40.0, 10.0)  # IoU 1/3
FAR = (300.0, 200.0, 40.0, 10.0)


def counts(dataset: Dataset, pages: Pages) -> dict[str, int]:
    table = error_table(tallied(dataset, pages), threshold=0.0)
    return {one["kind"]: one["count"] for one in table if one["count"]}


def price(dataset: Dataset, pages: Pages) -> dict[str, float]:
    found = costs(tallied(dataset, pages))
    assert not any(isinstance(value, Undefined) for value in found.values())
    return {kind: float(value) for kind, value in found.items()}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("detections", "kinds"),
    [
        ([at(HIT)], {}),
        ([], {"missed": 1}),
        ([at(LOOSE)], {"badly_placed": 1}),
        ([at(HIT), at((11.0, 10.0, 40.0, 10.0), 0.8)], {"duplicate": 1}),
        ([at(HIT, kind="www")], {"wrong_class": 1}),
        ([at(LOOSE, kind="www")], {"badly_placed": 1, "missed": 1}),
        ([at(HIT), at(FAR)], {"background": 1}),
        ([at(FAR)], {"background": 1, "missed": 1}),
    ],
)
def test_each_error_is_of_one_kind(detections: list[Detection], kinds: dict[str, int]) -> None:
    dataset = Dataset((image(Path("a.png"), [link()]),), ("http", "www"))
    assert counts(dataset, [detections]) == kinds


def test_ignored_links_are_no_errors_nor_what_lies_in_them() -> None:
    dataset = Dataset((image(Path("a.png"), [link(), link(300, bbox=FAR, ignore=True)]),))
    assert counts(dataset, [[at(HIT), at(FAR)]]) == {}


def test_pages_without_links_count() -> None:
    dataset = Dataset((image(Path("a.png"), [link()]), image(Path("b.png"), [])))
    pages = [[at(HIT, 0.5)], [at(FAR, 0.9)]]
    assert counts(dataset, pages) == {"background": 1}
    assert price(dataset, pages) == pytest.approx(dict.fromkeys(KINDS, 0.0) | {"background": 0.5})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_every_wrong_detection_has_one_kind_and_every_missed_link_a_cause(seed: int) -> None:
    tally = tallied(*random_case(seed))
    marks = tally.marks[ANY]
    counts = np.zeros(len(tally.page), bool)
    counts[marks.rows] = ~bit(marks.ignored, COCO_FROM)
    np.testing.assert_array_equal(tally.error >= 0, counts & (tally.link < 0))
    assert not (missed(tally) & ~marks.asked).any()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_cost_is_what_scoring_anew_without_the_errors_gives(seed: int) -> None:
    """Duplicates and background taken out of the detections, missed links out of the truth."""
    dataset, pages = random_case(seed)
    pages = [sorted(found, key=lambda one: -one.score) for found in pages]  # as the arrays have them
    if not can_be_scored(dataset, pages):
        return
    tally = tallied(dataset, pages)
    page_by_page = np.argsort(tally.page, kind="stable")
    now = coco_scores(tally).numbers["ap50"]
    paid = price(dataset, pages)
    for kind in ("duplicate", "background"):
        gone = iter((tally.error == OF_DETECTIONS.index(kind))[page_by_page].tolist())
        left = [[one for one in page if not next(gone)] for page in pages]
        anew = coco_numbers(dataset, left)["ap50"]
        assert paid[kind] == pytest.approx(anew - now, abs=1e-9)  # type: ignore[operator]
    lost = iter(missed(tally).tolist())
    kept = tuple(replace(page, links=tuple(one for one in page.links if not next(lost))) for page in dataset.images)
    anew = coco_numbers(replace(dataset, images=kept), pages)["ap50"]
    if not isinstance(anew, Undefined):
        assert paid["missed"] == pytest.approx(max(anew - now, 0), abs=1e-9)  # type: ignore[operator]


def test_the_best_of_several_badly_placed_boxes_is_put_right() -> None:
    dataset = Dataset((image(Path("a.png"), [link()]),))
    paid = price(dataset, [[at(LOOSE, 0.9), at((31.0, 10.0, 40.0, 10.0), 0.8)]])
    assert paid["badly_placed"] == pytest.approx(1.0)
    assert paid["missed"] == 0.0


def test_a_badly_placed_box_of_a_found_link_only_vanishes() -> None:
    """One link of two is found, and a loose box lies on it too."""
    dataset = Dataset((image(Path("a.png"), [link(), link(200)]),))
    half = 51 / 101  # of the recalls that AP is taken at
    paid = price(dataset, [[at(HIT, 0.8), at(LOOSE, 0.9)]])
    assert paid["badly_placed"] == pytest.approx(half - half / 2)


def test_without_truth_a_cost_has_no_meaning() -> None:
    tally = tallied(Dataset((image(Path("a.png"), []),)), [[at(FAR)]])
    assert all(isinstance(value, Undefined) for value in costs(tally).values())


def test_calibration_by_hand() -> None:
    """Two at about 0.8, one of them right; one at 0.3, wrong; one in an ignored region."""
    dataset = Dataset((image(Path("a.png"), [link(), link(300, bbox=FAR, ignore=True)]),))
    found = [at(HIT, 0.85), at((200.0, 100.0, 40.0, 10.0), 0.81), at((200.0, 150.0, 9.0, 9.0), 0.3), at(FAR, 1.0)]
    result = calibration(tallied(dataset, [found]))
    assert result["error"] == pytest.approx((abs(1.66 - 1) + 0.3) / 3)
    assert [one["count"] for one in result["bins"]] == [0, 0, 0, 1, 0, 0, 0, 0, 2, 0]
    assert (result["bins"][8]["score"], result["bins"][8]["right"]) == (pytest.approx(0.83), 0.5)
    assert isinstance(calibration(tallied(dataset, [[]]))["error"], Undefined)
