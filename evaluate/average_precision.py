"""COCO's average precision from stored matches, for the set as it is or for any number of resamples of its pages.

A resample says how often each page was drawn. Precision and recall at each detection are running sums of those
counts in the order of the scores, so that nothing is matched anew: all resamples of a thousand pages take seconds.
Only matching detections are looked at for the curve: between two of them precision can but fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluate.boxes import COCO_FROM, IOUS, Bools, Boxes, Floats, Ints, Matches

Counts = npt.NDArray[np.floating[Any]]
_RECALLS = np.linspace(0, 1, 101)
_BLOCK = 2_000_000
"""Numbers in one running sum; more would leave the caches."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The detections of one class, highest score first, and its links.

    Attributes:
        page: of each detection.
        right: (detections, thresholds): whether it matches a link that counts.
        ignored: likewise, whether it counts neither way.
        link_pages: page of each link that counts.
    """

    page: Ints
    right: Bools
    ignored: Bools
    link_pages: Ints


def rankings(boxes: Boxes, matches: Matches) -> list[Ranking]:
    """One for each class that has links which count."""
    made = []
    for kind in range(boxes.classes):
        asked = matches.asked & (boxes.link_class == kind)
        if not asked.any():
            continue
        own = np.flatnonzero(boxes.kind == kind)
        own = own[np.argsort(-boxes.score[own], kind="stable")]
        ignored = matches.ignored[own]
        right = (matches.link[own] >= 0) & ~ignored
        made.append(Ranking(boxes.page[own], right, ignored, boxes.link_page[asked]))
    return made


def average_precision(ranking: Ranking, weights: Counts) -> Floats:
    """AP of one class.

    Args:
        ranking: its detections.
        weights: (resamples, pages), how often each page was drawn.

    Returns:
        (resamples, thresholds); NaN where a resample holds no link.
    """
    block = max(1, _BLOCK // max(len(ranking.page), 1))
    parts = [_of_block(ranking, weights[start : start + block]) for start in range(0, len(weights), block)]
    return np.concatenate(parts) if parts else np.empty((0, ranking.right.shape[1]))


def _of_block(ranking: Ranking, weights: Counts) -> Floats:
    links = weights[:, ranking.link_pages].sum(axis=1, dtype=np.float64)
    drawn = np.cumsum(weights[:, ranking.page], axis=1)
    result = np.empty((len(weights), ranking.right.shape[1]))
    for column in range(ranking.right.shape[1]):
        places = np.flatnonzero(ranking.right[:, column])
        right = np.cumsum(weights[:, ranking.page[places]], axis=1)
        counted = drawn[:, places] - _ignored_before(ranking, column, places, weights)
        precision = right / np.maximum(counted, np.spacing(1))
        result[:, column] = _interpolated(precision, right, links)
    return np.where(links[:, None] > 0, result, np.nan)


def _ignored_before(ranking: Ranking, column: int, places: Ints, weights: Counts) -> Counts:
    """How many ignored detections were drawn before each place."""
    ignored = np.flatnonzero(ranking.ignored[:, column])
    if not len(ignored):
        return np.zeros((1, 1), weights.dtype)
    drawn = np.cumsum(weights[:, ranking.page[ignored]], axis=1, dtype=np.float64)
    drawn = np.concatenate([np.zeros((len(weights), 1)), drawn], axis=1)
    return drawn[:, np.searchsorted(ignored, places)]


def _interpolated(precision: Counts, right: Counts, links: Floats) -> Floats:
    """Mean over 101 recalls of the greatest precision at that recall or more; 0 where recall never gets there."""
    if not right.shape[1]:
        return np.zeros(len(right))
    ceiling = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    means = np.zeros(len(right))
    for row, total in enumerate(links):
        if total > 0:
            places = np.searchsorted(right[row].astype(np.float64) / total, _RECALLS)
            means[row] = ceiling[row, places[places < right.shape[1]]].sum() / len(_RECALLS)
    return means


def mean_over_classes(made: Sequence[Ranking], weights: Counts) -> Floats:
    """AP by threshold, (resamples, thresholds): mean over the classes that a resample holds links of."""
    if not made:
        return np.full((len(weights), len(IOUS)), np.nan)
    return _mean_of_defined(np.stack([average_precision(one, weights) for one in made]))


def _mean_of_defined(values: Floats) -> Floats:
    """Mean over the first axis of what is not NaN; NaN where nothing is."""
    counts = (~np.isnan(values)).sum(axis=0)
    return np.divide(np.nansum(values, axis=0), counts, out=np.full(counts.shape, np.nan), where=counts > 0)


def mean_recall(made: Sequence[Ranking], weights: Counts) -> Floats:
    """COCO's AR100, (resamples,): the share of links matched, mean over its ten thresholds and over classes."""
    values = []
    for one in made:
        pages = np.zeros((weights.shape[1], 2))
        np.add.at(pages[:, 0], one.page, one.right[:, COCO_FROM:].mean(axis=1))
        np.add.at(pages[:, 1], one.link_pages, 1.0)
        found, links = (weights @ pages).T
        values.append(np.divide(found, links, out=np.full(len(found), np.nan), where=links > 0))
    if not values:
        return np.full(len(weights), np.nan)
    return _mean_of_defined(np.stack(values))


def headline_ap(made: Sequence[Ranking], weights: Counts) -> dict[str, Floats]:
    """The average precisions and the recall that are shown with intervals, by name, (resamples,) each."""
    ap = mean_over_classes(made, weights)
    return {
        "ap": ap[:, COCO_FROM:].mean(axis=1),
        "ap50": ap[:, COCO_FROM],
        "ap75": ap[:, COCO_FROM + 5],
        "ap30": ap[:, 0],
        "ap40": ap[:, 2],
        "ap_loose": ap[:, : COCO_FROM + 1].mean(axis=1),
        "ar100": mean_recall(made, weights),
    }
