"""The boxes of some pages in arrays, and which detections lie near which links.

Arrays serve all pages of a block side by side: detections are taken by their rank on their page, so that a block needs
as many steps as its fullest page has detections, whatever the number of pages.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.boxes import polygon_area
from data.model import Image, LinkAnnotation
from evaluate.predictions import Detection

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

IOUS = (0.3, 0.35, 0.4, 0.45, *(float(iou) for iou in np.linspace(0.5, 0.95, 10)))
"""Thresholds of matching; COCO's ten, to the last bit as it has them, begin at `COCO_FROM`."""
COCO_FROM = 4
MOST_PER_PAGE = 100
"""Detections of one class on one page that COCO looks at, the highest scores first."""
NEAR = 0.1
"""Pairs that overlap less are not kept: below it a detection has nothing to do with a link."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Links and detections of some pages.

    Attributes:
        link_page, link_class, link_height, link_area: of each link, in the order of the set; height of the prefix in
            pixels, area in square pixels (of its outline, where that is known).
        crowd: whether the link is ignored: any number of detections may lie in it, and none is asked for.
        page, kind, score, height, area: of each detection, page by page, highest score first; `kind` is its class.
        rank: place among the detections of its page and class.
        pair_found, pair_link, pair_iou: detections and links of one page that overlap by `NEAR` or more; for an
            ignored link the overlap is a share of the detection, as COCO has it.
    """

    link_page: Ints
    link_class: Ints
    link_height: Floats
    link_area: Floats
    crowd: Bools
    page: Ints
    kind: Ints
    score: Floats
    height: Floats
    area: Floats
    rank: Ints
    pair_found: Ints
    pair_link: Ints
    pair_iou: Floats


def tabulated(
    categories: Sequence[str], images: Sequence[Image], found: Sequence[Sequence[Detection]], first_page: int = 0
) -> Boxes:
    """The arrays of some pages.

    Args:
        categories: class names of the set, in its order.
        images: the pages, with their links.
        found: detections of each page.
        first_page: number of the first of them in the set.
    """
    classes = {name: number for number, name in enumerate(categories)}
    links, rows = array("d"), array("d")
    for page, (image, detections) in enumerate(zip(images, found, strict=True), start=first_page):
        for link in image.links:
            links.extend((page, classes[link.category], *link.bbox, link.ignore, _area(link)))
        for each in detections:
            rows.extend((page, classes[each.category], *each.bbox, each.score))
    truth = np.array(links).reshape(-1, 8)
    seen = _capped(np.array(rows).reshape(-1, 7))
    pair_found, pair_link = _on_one_page(seen[:, 0].astype(np.int64), truth[:, 0].astype(np.int64))
    iou = _overlap(seen[pair_found, 2:6], truth[pair_link, 2:6], truth[pair_link, 6] > 0)
    near = iou >= NEAR
    return Boxes(
        link_page=truth[:, 0].astype(np.int64),
        link_class=truth[:, 1].astype(np.int64),
        link_height=truth[:, 5],
        link_area=truth[:, 7],
        crowd=truth[:, 6] > 0,
        page=seen[:, 0].astype(np.int64),
        kind=seen[:, 1].astype(np.int64),
        score=seen[:, 6],
        height=seen[:, 5],
        area=seen[:, 4] * seen[:, 5],
        rank=_ranks(seen),
        pair_found=pair_found[near],
        pair_link=pair_link[near],
        pair_iou=iou[near],
    )


def _area(link: LinkAnnotation) -> float:
    return polygon_area(link.polygon) if link.polygon else link.area


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
