"""COCO's numbers: equal to pycocotools where that has an answer, and an answer where it has none."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from data import Dataset, LinkAnnotation
from data.formats.coco import to_coco
from evaluate.coco_scores import NAMES, coco_scores
from evaluate.measures import Undefined
from evaluate.predictions import Detection, to_coco_results
from tests.evaluate.pages import image, link

Pages = list[list[Detection]]


def random_case(seed: int, classes: tuple[str, ...] = ("http", "www")) -> tuple[Dataset, Pages]:
    """Pages with up to three links of all COCO sizes, ignored ones among them, and detections near them and not."""
    rng = np.random.default_rng(seed)
    images, pages = [], []
    for number in range(int(rng.integers(3, 12))):
        links, found = [], []
        for _ in range(int(rng.integers(0, 4))):
            x, y, w, h = rng.uniform((0, 0, 8, 6), (400, 300, 250, 150))
            name = classes[int(rng.integers(len(classes)))]
            links.append(LinkAnnotation((x, y, w, h), name, ignore=bool(rng.random() < 0.15)))
            if rng.random() < 0.8:
                box = rng.normal((x, y, w, h), 0.06 * min(w, h))
                found.append(Detection((*box[:2], *np.abs(box[2:])), round(float(rng.random()), 2), name))
        for _ in range(int(rng.integers(0, 4))):
            x, y, w, h = rng.uniform((0, 0, 8, 6), (400, 300, 100, 60))
            found.append(Detection((x, y, w, h), round(float(rng.random()), 2), classes[0]))
        images.append(image(Path(f"{number}.png"), links, (640, 480)))
        pages.append(found)
    return Dataset(tuple(images), classes), pages


def by_pycocotools(dataset: Dataset, pages: Pages) -> list[float]:
    ids = {name: number for number, name in enumerate(dataset.categories, start=1)}
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = to_coco(dataset)
        for annotation in truth.dataset["annotations"]:
            annotation["bbox"] = list(
                next(
                    one.bbox
                    for page in dataset.images
                    for one in page.links
                    if [round(v, 2) for v in one.bbox] == annotation["bbox"]
                )
            )
            annotation["area"] = annotation["bbox"][2] * annotation["bbox"][3]
        truth.createIndex()
        results = truth.loadRes(to_coco_results(pages, range(1, len(pages) + 1), ids))
        scorer = COCOeval(truth, results, "bbox")
        scorer.evaluate()
        scorer.accumulate()
        scorer.summarize()
    return [float(value) for value in scorer.stats]


def numbers(dataset: Dataset, pages: Pages) -> list[float]:
    found = coco_scores(dataset, pages).numbers
    return [-1.0 if isinstance(found[name], Undefined) else float(found[name]) for name in NAMES]  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_equal_to_pycocotools(seed: int) -> None:
    dataset, pages = random_case(seed)
    if any(pages) and any(not one.ignore for page in dataset.images for one in page.links):
        assert numbers(dataset, pages) == pytest.approx(by_pycocotools(dataset, pages), abs=1e-12)


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
