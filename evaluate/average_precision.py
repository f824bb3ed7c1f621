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

from evaluate.boxes import COCO_FROM, IOUS, MOST_PER_PAGE, Floats
from evaluate.coco_rule import ANY, Size
from evaluate.tally import Bits, Numbers, Tally, bit

Counts = npt.NDArray[np.floating[Any]]
RECALLS = np.linspace(0, 1, 101)
"""Where COCO takes precision."""
_BLOCK = 2_000_000
"""Numbers in one running sum; more would leave the caches."""
_EXACT = 2**23
"""So many draws are counted exactly in single precision, with room for a resample that draws the fullest pages."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The detections of one class, highest score first, and its links.

    Attributes:
        page: of each detection.
        right: a bit for each threshold: whether it matches a link that counts.
        ignored: likewise, whether it counts neither way.
        link_pages: page of each link that counts.
        thresholds: how many bits are used.
    """

    page: Numbers
    right: Bits
    ignored: Bits
    link_pages: Numbers
    thresholds: int = len(IOUS)


def rankings(tally: Tally, size: Size = ANY, most: int = MOST_PER_PAGE) -> list[Ranking]:
    """One for each class that has links which count.

    Args:
        tally: the set.
        size: of the links that count.
        most: detections of a class on a page that are looked at, the highest scores first.
    """
    marks, made = tally.marks[size], []
    for kind in range(tally.classes):
        asked = marks.asked & (tally.link_class == kind)
        if not asked.any():
            continue
        own = (tally.kind[marks.rows] == kind) & (tally.rank[marks.rows] < most)
        made.append(Ranking(tally.page[marks.rows[own]], marks.right[own], marks.ignored[own], tally.link_page[asked]))
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
    columns = [_column(ranking, threshold) for threshold in range(ranking.thresholds)]
    parts = [_of_block(ranking, columns, weights[start : start + block]) for start in range(0, len(weights), block)]
    return np.concatenate(parts) if parts else np.empty((0, ranking.thresholds))


@dataclass(frozen=True, slots=True)
class _Column:
    """Places of the detections that are right at one threshold, and of those ignored."""

    right: Numbers
    ignored: Numbers


def _column(ranking: Ranking, threshold: int) -> _Column:
    return _Column(
        np.flatnonzero(bit(ranking.right, threshold)).astype(np.int32),
        np.flatnonzero(bit(ranking.ignored, threshold)).astype(np.int32),
    )


def _of_block(ranking: Ranking, columns: Sequence[_Column], weights: Counts) -> Floats:
    links = weights[:, ranking.link_pages].sum(axis=1, dtype=np.float64)
    drawn = _running(ranking.page, weights)
    result = np.empty((len(weights), len(columns)))
    for number, column in enumerate(columns):
        right = _running(ranking.page[column.right], weights)
        counted = drawn[:, column.right] - _ignored_before(ranking, column, weights)
        precision = right / np.maximum(counted, np.spacing(1))
        result[:, number] = _means(precision, right, links)
    return np.where(links[:, None] > 0, result, np.nan)


def _running(pages: Numbers, weights: Counts) -> Counts:
    """How many detections were drawn up to each, itself included."""
    exact = weights.dtype if len(pages) < _EXACT else np.dtype(np.float64)
    return np.cumsum(weights[:, pages], axis=1, dtype=exact)


def _ignored_before(ranking: Ranking, column: _Column, weights: Counts) -> Counts:
    """How many ignored detections were drawn before each right one."""
    if not len(column.ignored):
        return np.zeros((1, 1), weights.dtype)
    drawn = _running(ranking.page[column.ignored], weights)
    drawn = np.concatenate([np.zeros((len(weights), 1), drawn.dtype), drawn], axis=1)
    return drawn[:, np.searchsorted(column.ignored, column.right)]


def _means(precision: Counts, right: Counts, links: Floats) -> Floats:
    """Mean over the 101 recalls of each resample; 0 where it holds no link."""
    if not right.shape[1]:
        return np.zeros(len(right))
    ceiling = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    return np.array([_at_recalls(*row).sum() / len(RECALLS) for row in zip(ceiling, right, links, strict=True)])


def _at_recalls(ceiling: Counts, right: Counts, links: float) -> Floats:
    """The greatest precision at each of `RECALLS` or more; 0 where recall never gets there.

    Args:
        ceiling: greatest precision from each right detection on.
        right: how many were right up to it.
        links: how many there are.
    """
    found = np.zeros(len(RECALLS))
    if links > 0:
        places = np.searchsorted(right.astype(np.float64) / links, RECALLS)
        reached = places[places < len(right)]
        found[: len(reached)] = ceiling[reached]
    return found


def precision_at_recalls(made: Sequence[Ranking], threshold: int) -> Floats:
    """Precision at each of `RECALLS`, the mean over classes; `made` may not be empty."""
    curves = []
    for one in made:
        column = _column(one, threshold)
        ignored = np.searchsorted(column.ignored, column.right)
        right = np.arange(1.0, len(column.right) + 1)
        precision = right / (column.right + 1 - ignored)
        curves.append(_at_recalls(np.maximum.accumulate(precision[::-1])[::-1], right, len(one.link_pages)))
    return np.asarray(np.mean(curves, axis=0))


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
        found_at = sum(bit(one.right, threshold).astype(np.float64) for threshold in range(COCO_FROM, one.thresholds))
        pages[:, 0] = np.bincount(one.page, found_at / (one.thresholds - COCO_FROM), len(pages))
        pages[:, 1] = np.bincount(one.link_pages, minlength=len(pages))
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
