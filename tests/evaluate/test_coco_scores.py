"""COCO's numbers: equal to pycocotools where that has an answer, and an answer where it has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import Dataset
from evaluate.coco_scores import NAMES, coco_scores
from evaluate.measures import Undefined
from evaluate.predictions import Detection
from tests.evaluate.cases import Pages, can_be_scored, pycocotools, random_case
from tests.evaluate.pages import image, link


def numbers(dataset: Dataset, pages: Pages) -> list[float]:
    found = coco_scores(dataset, pages).numbers
    return [-1.0 if isinstance(found[name], Undefined) else float(found[name]) for name in NAMES]  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_equal_to_pycocotools(seed: int) -> None:
    dataset, pages = random_case(seed)
    if can_be_scored(dataset, pages):
        assert numbers(dataset, pages) == pytest.approx(pycocotools(dataset, pages).stats.tolist(), abs=1e-12)


def test_ids_do_not_matter() -> None:
    dataset, pages = random_case(5)
    zeros = tuple(replace(page, links=tuple(replace(one, id=0) for one in page.links), id=0) for page in dataset.images)
    assert numbers(replace(dataset, images=zeros), pages) == numbers(dataset, pages)


def test_the_order_of_categories_does_not_matter() -> None:
    dataset, pages = random_case(6)
    assert numbers(replace(dataset, categories=("www", "http")), pages) == pytest.approx(numbers(dataset, pages))


def test_a_link_whose_id_is_0_counts() -> None:
    dataset = Dataset((image(Path("a.png"), [link(id=0)]),))
    assert coco_scores(dataset, [[Detection((10, 10, 40, 10), 0.9, "http")]]).numbers["ap"] == pytest.approx(1.0)


def test_without_truth_there_is_a_reason_instead_of_minus_one() -> None:
    dataset = Dataset((image(Path("a.png"), [link(ignore=True)]),))
    scores = coco_scores(dataset, [[Detection((10, 10, 40, 10), 0.9, "http")]])
    assert all(isinstance(scores.numbers[name], Undefined) for name in NAMES)
    assert all(isinstance(value, Undefined) for value in coco_scores(Dataset(()), []).numbers.values())


def test_without_detections_everything_is_zero_but_sizes_without_truth() -> None:
    scores = coco_scores(Dataset((image(Path("a.png"), [link()]),)), [[]]).numbers
    assert scores["ap"] == scores["ar100"] == scores["ap_small"] == 0.0
    assert isinstance(scores["ap_large"], Undefined)
    assert "96²" in scores["ap_large"].reason


def test_false_alarms_on_pages_without_links_cost_precision() -> None:
    hit = Detection((10, 10, 40, 10), 0.5, "http")
    alarm = Detection((10, 10, 40, 10), 0.9, "http")
    pages = (image(Path("a.png"), [link()]), image(Path("b.png"), []))
    assert coco_scores(Dataset(pages), [[hit], []]).numbers["ap"] == pytest.approx(1.0)
    assert coco_scores(Dataset(pages), [[hit], [alarm]]).numbers["ap"] == pytest.approx(0.5)


def test_more_than_100_detections_a_page_change_nothing() -> None:
    noise = [Detection((200.0 + i, 100, 5, 5), 0.1, "http") for i in range(150)]
    dataset = Dataset((image(Path("a.png"), [link()]),))
    assert numbers(dataset, [[Detection((10, 10, 40, 10), 0.9, "http"), *noise]])[0] == pytest.approx(1.0)
