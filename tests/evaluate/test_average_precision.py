"""Stored matches and what is made of them, held against pycocotools and against scoring anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import Dataset
from evaluate.average_precision import headline_ap, mean_over_classes, rankings
from evaluate.boxes import COCO_FROM, IOUS, tabulated
from evaluate.coco_rule import matched
from evaluate.coco_scores import coco_scores
from evaluate.geometry import by_height
from evaluate.measures import Undefined
from evaluate.predictions import Detection
from evaluate.tally import tallied
from tests.evaluate.cases import Pages, can_be_scored, coco_numbers, pycocotools, random_case
from tests.evaluate.pages import image, link

seeds = st.integers(0, 10_000)


def ap_by_threshold(dataset: Dataset, pages: Pages) -> list[float]:
    values = mean_over_classes(rankings(tallied(dataset, pages)), np.ones((1, len(pages))))[0]
    return [float(value) for value in values]


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_every_threshold_is_as_pycocotools_has_it(seed: int) -> None:
    dataset, pages = random_case(seed)
    if can_be_scored(dataset, pages):
        precision = pycocotools(dataset, pages, IOUS).eval["precision"][:, :, :, 0, -1]
        present = precision[:, :, (precision >= 0).all(axis=(0, 1))]
        assert ap_by_threshold(dataset, pages) == pytest.approx(present.mean(axis=(1, 2)).tolist(), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_headlines_are_cocos(seed: int) -> None:
    dataset, pages = random_case(seed)
    tally = tallied(dataset, pages)
    coco = coco_scores(tally).numbers
    ranked = rankings(tally)
    assert bool(ranked) is not isinstance(coco["ap"], Undefined)
    if ranked:
        own = headline_ap(ranked, np.ones((1, len(pages))))
        for name in ("ap", "ap50", "ap75", "ar100"):
            assert own[name][0] == pytest.approx(coco[name], abs=1e-12), name


@settings(max_examples=25, deadline=None)
@given(seeds, st.data())
def test_a_page_drawn_twice_counts_as_two_pages(seed: int, data: st.DataObject) -> None:
    """A resample weighs stored matches; scoring the drawn pages anew, copies and all, gives the same."""
    dataset, pages = random_case(seed)
    # Only copies of a detection may tie: of those that do, it does not matter which comes first.
    pages = [[replace(one, score=one.score + 1e-6 * (100 * page + place)) for place, one in enumerate(found)]
             for page, found in enumerate(pages)]  # fmt: skip
    drawn = data.draw(st.lists(st.integers(0, len(pages) - 1), min_size=1, max_size=2 * len(pages)))
    weights = np.bincount(drawn, minlength=len(pages))[None].astype(np.float32)
    stored = headline_ap(rankings(tallied(dataset, pages)), weights)["ap50"]
    images = tuple(dataset.images[page] for page in sorted(drawn))
    anew = coco_numbers(replace(dataset, images=images), [pages[page] for page in sorted(drawn)])["ap50"]
    if isinstance(anew, Undefined):
        assert np.isnan(stored).all()
    else:
        assert stored[0] == pytest.approx(anew, abs=1e-6)


def test_many_resamples_are_each_as_if_alone() -> None:
    dataset, pages = random_case(8)
    ranked = rankings(tallied(dataset, pages))
    weights = np.random.default_rng(0).integers(0, 3, (40, len(pages))).astype(np.float32)
    together = mean_over_classes(ranked, weights)
    alone = np.concatenate([mean_over_classes(ranked, row[None]) for row in weights])
    np.testing.assert_array_equal(together, alone)


def test_scores_of_other_pages_do_not_matter_to_the_match() -> None:
    """The best box is taken first, and each link once."""
    dataset = Dataset((image(Path("a.png"), [link(10)]),))
    found = [Detection((12, 10, 40, 10), 0.5, "http"), Detection((10, 10, 40, 10), 0.4, "http")]
    boxes = tabulated(dataset.categories, dataset.images, [found])
    assert matched(boxes).link[:, COCO_FROM].tolist() == [0, -1]


def test_boxes_off_the_page_and_empty_ones_do_no_harm() -> None:
    dataset = Dataset((image(Path("a.png"), [link(10)]),))
    odd = [(-50.0, -50.0, 20.0, 20.0), (1e6, 1e6, 40.0, 10.0), (10.0, 10.0, 0.0, 0.0), (10.5, 9.75, 40.0, 10.0)]
    pages = [[Detection((x, y, w, h), 0.9 - 0.1 * place, "http") for place, (x, y, w, h) in enumerate(odd)]]
    assert ap_by_threshold(dataset, pages)[COCO_FROM] == pytest.approx(coco_numbers(dataset, pages)["ap50"])


def test_no_pages_no_truth_no_detections() -> None:
    assert np.isnan(ap_by_threshold(Dataset(()), [])).all()
    assert np.isnan(ap_by_threshold(Dataset((image(Path("a.png"), []),)), [[]])).all()
    assert ap_by_threshold(Dataset((image(Path("a.png"), [link()]),)), [[]]) == [0.0] * len(IOUS)


def test_heights_ignore_links_and_strays_of_other_heights() -> None:
    """A low link found, a high one missed; a stray low box above the hit, and one as high as the missed link."""
    low, high = link(10), link(200, bbox=(200.0, 10.0, 90.0, 30.0))
    dataset = Dataset((image(Path("a.png"), [low, high]),))
    found = [Detection((10, 10, 40, 10), 0.5, "http"), Detection((300, 100, 40, 10), 0.9, "http"),
             Detection((300, 200, 90, 30), 0.95, "http")]  # fmt: skip
    bins = {(one["low_px"], one["high_px"]): one for one in by_height(tallied(dataset, [found]))}
    assert (bins[8.0, 12.0]["links"], bins[8.0, 12.0]["ap50"]) == (1, pytest.approx(0.5))
    assert (bins[24.0, 40.0]["links"], bins[24.0, 40.0]["ap50"], bins[24.0, 40.0]["ar100"]) == (1, 0.0, 0.0)
    assert isinstance(bins[40.0, None]["ap"], Undefined)
    assert sum(one["links"] for one in bins.values()) == 2
