"""Every box of a set in arrays, and which detection matches which link by COCO's rule at many thresholds at once.

COCO's own scorer gives twelve numbers and forgets the matches. Taxonomy, heights, looser thresholds, calibration and
intervals need them, so they are made once here, for all pages side by side: detections are taken by their rank on
their page, so that a set needs as many steps as its fullest page has detections, whatever the number of pages.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.model import Dataset
from evaluate.predictions import Detection

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

IOUS = (0.3, 0.35, 0.4, 0.45, *(0.5 + 0.05 * step for step in range(10)))
"""Thresholds of matching; COCO's ten begin at `COCO_FROM`."""
COCO_FROM = 4
MOST_PER_PAGE = 100
"""Detections of one class on one page that COCO looks at, the highest scores first."""
NEAR = 0.1
"""Pairs that overlap less are not kept: below it a detection has nothing to do with a link."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Links and detections of a set.

    Attributes:
        pages, classes: how many there are.
        link_page, link_class, link_height: of each link, in the order of the set; heights of the prefix in pixels.
        crowd: whether the link is ignored: any number of detections may lie in it, and none is asked for.
        page, kind, score, height, right: of each detection, page by page, highest score first; `kind` is its class,
            `right` the x of its right edge, in pixels.
        rank: place among the detections of its page and class.
        pair_found, pair_link, pair_iou: detections and links of one page that overlap by `NEAR` or more; for an
            ignored link the overlap is a share of the detection, as COCO has it.
    """

    pages: int
    classes: int
    link_page: Ints
    link_class: Ints
    link_height: Floats
    crowd: Bools
    page: Ints
    kind: Ints
    score: Floats
    height: Floats
    rank: Ints
    pair_found: Ints
    pair_link: Ints
    pair_iou: Floats


def tabulated(dataset: Dataset, pages: Iterable[Sequence[Detection]]) -> Boxes:
    """The arrays of a set and its detections; `pages` has one list for each image, in the same order."""
    classes = {name: number for number, name in enumerate(dataset.categories)}
    links, rows = array("d"), array("d")  # a set may have millions: eight bytes a number
    for page, image in enumerate(dataset.images):
        for link in image.links:
            links.extend((page, classes[link.category], *link.bbox, link.ignore))
    for page, detections in enumerate(pages):
        for each in detections:
            rows.extend((page, classes[each.category], *each.bbox, each.score))
    truth = np.array(links).reshape(-1, 7)
    found = _capped(np.array(rows).reshape(-1, 7))
    pair_found, pair_link = _on_one_page(found[:, 0].astype(np.int64), truth[:, 0].astype(np.int64))
    iou = _overlap(found[pair_found, 2:6], truth[pair_link, 2:6], truth[pair_link, 6] > 0)
    near = iou >= NEAR
    return Boxes(
        pages=len(dataset.images),
        classes=len(classes),
        link_page=truth[:, 0].astype(np.int64),
        link_class=truth[:, 1].astype(np.int64),
        link_height=truth[:, 5],
        crowd=truth[:, 6] > 0,
        page=found[:, 0].astype(np.int64),
        kind=found[:, 1].astype(np.int64),
        score=found[:, 6],
        height=found[:, 5],
        rank=_ranks(found),
        pair_found=pair_found[near],
        pair_link=pair_link[near],
        pair_iou=iou[near],
    )


def _capped(found: Floats) -> Floats:
    """Page by page, highest score first; of each class on a page only as many as COCO looks at."""
    found = found[np.lexsort((-found[:, 6], found[:, 0]))]
    return found[_ranks(found) < MOST_PER_PAGE]


def _ranks(found: Floats) -> Ints:
    """Place of each detection among those of its page and class, which come highest score first."""
    key = found[:, 0] * (found[:, 1].max(initial=0) + 1) + found[:, 1]
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    lengths = np.diff(starts, append=len(key))
    ranks = np.empty(len(key), np.int64)
    ranks[order] = np.arange(len(key)) - np.repeat(starts, lengths)
    return ranks


def _on_one_page(found: Ints, links: Ints) -> tuple[Ints, Ints]:
    """All pairs of a detection and a link whose page is the same; both lists ascend."""
    first, last = np.searchsorted(links, found, "left"), np.searchsorted(links, found, "right")
    counts = last - first
    pair_found = np.repeat(np.arange(len(found)), counts)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return pair_found, np.repeat(first, counts) + place


def _overlap(found: Floats, links: Floats, crowd: Bools) -> Floats:
    """Row by row: shared area over joint area, or over the detection's own where the link is ignored."""
    start = np.maximum(found[:, :2], links[:, :2])
    end = np.minimum(found[:, :2] + found[:, 2:], links[:, :2] + links[:, 2:])
    shared = np.prod(np.clip(end - start, 0, None), axis=1)
    own = np.prod(found[:, 2:], axis=1)
    whole = np.where(crowd, own, own + np.prod(links[:, 2:], axis=1) - shared)
    return np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)


@dataclass(frozen=True, slots=True)
class Matches:
    """What COCO's rule says of each detection (rows) at each threshold of `IOUS` (columns).

    Attributes:
        link: number of the link that it matches; −1 where it matches none.
        ignored: whether it counts neither for nor against, since it matches an ignored link, or has another height.
        asked: whether each link counts.
    """

    link: npt.NDArray[np.int32]
    ignored: Bools
    asked: Bools


def matched(boxes: Boxes, heights: tuple[float, float] | None = None) -> Matches:
    """Matches detections, highest score first, to the link of their class that they overlap most.

    As in COCO: each link is taken once, links that count come before ignored ones, and of equal overlaps the later
    link is taken.

    Args:
        boxes: the set.
        heights: links whose prefix has a height outside [low, high) pixels are ignored, and so are detections
            of other heights that match no link.
    """
    low, high = heights or (-np.inf, np.inf)
    asked = ~boxes.crowd & (boxes.link_height >= low) & (boxes.link_height < high)
    limits = np.minimum(np.array(IOUS), 1 - 1e-10)
    link = np.full((len(boxes.page), len(IOUS)), -1, np.int32)
    taken = np.zeros((len(boxes.link_page), len(IOUS)), bool)
    same = boxes.kind[boxes.pair_found] == boxes.link_class[boxes.pair_link]
    pairs = np.flatnonzero(same & (boxes.pair_iou >= limits[0]))
    # Within a detection: links that count last, then by overlap, then by their order, so that the last one wins.
    pairs = pairs[np.lexsort((boxes.pair_link[pairs], boxes.pair_iou[pairs], asked[boxes.pair_link[pairs]],
                              boxes.pair_found[pairs]))]  # fmt: skip
    ranks = boxes.rank[boxes.pair_found[pairs]]
    for rank in range(int(ranks.max(initial=-1)) + 1):
        _match_rank(boxes, pairs[ranks == rank], limits, taken, link)
    ignored = (link >= 0) & ~np.append(asked, False)[link]
    other_height = (boxes.height < low) | (boxes.height >= high)
    return Matches(link, ignored | ((link < 0) & other_height[:, None]), asked)


def _match_rank(boxes: Boxes, pairs: Ints, limits: Floats, taken: Bools, link: npt.NDArray[np.int32]) -> None:
    """Matches one detection of each page and class; fills `taken` and `link`."""
    if not len(pairs):
        return
    found, links = boxes.pair_found[pairs], boxes.pair_link[pairs]
    free = boxes.crowd[links][:, None] | ~taken[links]
    fits = free & (boxes.pair_iou[pairs][:, None] >= limits)
    starts = np.flatnonzero(np.diff(found, prepend=-1))
    places = np.where(fits, np.arange(len(pairs))[:, None], -1)
    best = np.maximum.reduceat(places, starts, axis=0)
    rows, columns = np.nonzero(best >= 0)
    chosen = links[best[rows, columns]]
    link[found[starts][rows], columns] = chosen
    taken[chosen, columns] = True
