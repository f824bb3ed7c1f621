"""COCO's numbers: equal to pycocotools where that has an answer, and an answer where it has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import faster_coco_eval
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import Dataset
from evaluate import tally
from evaluate.coco_scores import NAMES, coco_scores
from evaluate.measures import Undefined
from evaluate.predictions import Detection
from evaluate.tally import tallied
from tests.evaluate.cases import (
    Pages,
    can_be_scored,
    coco_files,
    coco_numbers,
    crowded_case,
    pycocotools,
    random_case,
)
from tests.evaluate.pages import image, link


def numbers(dataset: Dataset, pages: Pages) -> list[float]:
    found = coco_numbers(dataset, pages)
    return [-1.0 if isinstance(value, Undefined) else float(value) for value in (found[name] for name in NAMES)]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([random_case, crowded_case]))
def test_equal_to_pycocotools(seed: int, case: Callable[[int], tuple[Dataset, Pages]]) -> None:
    dataset, pages = case(seed)
    if can_be_scored(dataset, pages):
        assert numbers(dataset, pages) == pytest.approx(pycocotools(dataset, pages).stats.tolist(), abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_equal_to_faster_coco_eval(seed: int) -> None:
    dataset, pages = crowded_case(seed)
    if can_be_scored(dataset, pages):
        truth, results = coco_files(dataset, pages)
        ground = faster_coco_eval.COCO(truth)
        scorer = faster_coco_eval.COCOeval_faster(ground, ground.loadRes(results), "bbox", print_function=print)
        scorer.evaluate()
        scorer.accumulate()
        scorer.summarize()
        assert numbers(dataset, pages) == pytest.approx(list(scorer.stats[:12]), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_curve_is_that_of_pycocotools(seed: int) -> None:
    dataset, pages = crowded_case(seed)
    if can_be_scored(dataset, pages):
        by_class = pycocotools(dataset, pages).eval["precision"][0, :, :, 0, -1]
        curve = by_class[:, (by_class >= 0).all(axis=0)].mean(axis=1)
        assert coco_scores(tallied(dataset, pages)).precision == pytest.approx(curve.tolist(), abs=1e-12)


def test_the_size_of_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, pages = crowded_case(next(seed for seed in range(9) if len(crowded_case(seed)[1]) > 3))
    whole = tallied(dataset, pages)
    monkeypatch.setattr(tally, "_BLOCK", 1)
    parts = tallied(dataset, pages)
    for field in ("link_page", "link_class", "page", "kind", "rank", "score", "link", "error", "target"):
        np.testing.assert_array_equal(getattr(parts, field), getattr(whole, field), err_msg=field)
    for size, marks in whole.marks.items():
        for field in ("rows", "right", "ignored", "asked"):
            np.testing.assert_array_equal(getattr(parts.marks[size], field), getattr(marks, field), err_msg=field)


def test_a_detection_takes_less_than_150_bytes() -> None:
    """Also where each lies on a link, and so counts for several sizes."""
    boxes = [Detection((10.0 + step / 10, 10, 40, 10), 0.9, "http") for step in range(50)]
    pages = [boxes] * 40
    dataset = Dataset(tuple(image(Path(f"{page}.png"), [link()]) for page in range(len(pages))))
    assert tallied(dataset, pages).bytes_held < 150 * len(pages) * len(boxes)


def test_ids_do_not_matter() -> None:
    dataset, pages = random_case(5)
    zeros = tuple(replace(page, links=tuple(replace(one, id=0) for one in page.links), id=0) for page in dataset.images)
    assert numbers(replace(dataset, images=zeros), pages) == numbers(dataset, pages)


def test_the_order_of_categories_does_not_matter() -> None:
    dataset, pages = random_case(6)
    assert numbers(replace(dataset, categories=("www", "http")), pages) == pytest.approx(numbers(dataset, pages))


def test_a_link_whose_id_is_0_counts() -> None:
    dataset = Dataset((image(Path("a.png"), [link(id=0)]),))
    assert coco_numbers(dataset, [[Detection((10, 10, 40, 10), 0.9, "http")]])["ap"] == pytest.approx(1.0)


def test_without_truth_there_is_a_reason_instead_of_minus_one() -> None:
    dataset = Dataset((image(Path("a.png"), [link(ignore=True)]),))
    scores = coco_numbers(dataset, [[Detection((10, 10, 40, 10), 0.9, "http")]])
    assert all(isinstance(scores[name], Undefined) for name in NAMES)
    assert all(isinstance(value, Undefined) for value in coco_numbers(Dataset(()), []).values())


def test_without_detections_everything_is_zero_but_sizes_without_truth() -> None:
    scores = coco_numbers(Dataset((image(Path("a.png"), [link()]),)), [[]])
    assert scores["ap"] == scores["ar100"] == scores["ap_small"] == 0.0
    assert isinstance(scores["ap_large"], Undefined)
    assert "96²" in scores["ap_large"].reason


def test_false_alarms_on_pages_without_links_cost_precision() -> None:
    hit = Detection((10, 10, 40, 10), 0.5, "http")
    alarm = Detection((10, 10, 40, 10), 0.9, "http")
    pages = (image(Path("a.png"), [link()]), image(Path("b.png"), []))
    assert coco_numbers(Dataset(pages), [[hit], []])["ap"] == pytest.approx(1.0)
    assert coco_numbers(Dataset(pages), [[hit], [alarm]])["ap"] == pytest.approx(0.5)


def test_more_than_100_detections_a_page_change_nothing() -> None:
    noise = [Detection((200.0 + i, 100, 5, 5), 0.1, "http") for i in range(150)]
    dataset = Dataset((image(Path("a.png"), [link()]),))
    assert numbers(dataset, [[Detection((10, 10, 40, 10), 0.9, "http"), *noise]])[0] == pytest.approx(1.0)
