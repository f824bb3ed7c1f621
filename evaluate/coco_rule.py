"""Which detection matches which link by COCO's rule, at many thresholds at once and for links of any size.

COCO's own scorer gives twelve numbers and forgets the matches. Taxonomy, heights, looser thresholds, calibration and
intervals need them, so they are made here, a block of pages at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from evaluate.boxes import IOUS, Bools, Boxes, Floats, Ints


@dataclass(frozen=True, slots=True)
class Size:
    """Links of some size: others are ignored, and so are detections of other sizes that match no link.

    Attributes:
        of: `area` in square pixels, as COCO has it, or `height` in pixels.
        low, high: limits, both included.
    """

    of: Literal["area", "height"]
    low: float
    high: float


ANY = Size("area", 0.0, 1e10)
"""What COCO calls all."""
SMALL, MEDIUM, LARGE = Size("area", 0.0, 32.0**2), Size("area", 32.0**2, 96.0**2), Size("area", 96.0**2, 1e10)


@dataclass(frozen=True, slots=True)
class Matches:
    """What COCO's rule says of each detection (rows) at each threshold of `IOUS` (columns).

    Attributes:
        link: number of the link that it matches; −1 where it matches none.
        ignored: whether it counts neither for nor against, since it matches an ignored link, or has another size.
        asked: whether each link counts.
    """

    link: npt.NDArray[np.int32]
    ignored: Bools
    asked: Bools


def matched(boxes: Boxes, size: Size = ANY) -> Matches:
    """Matches detections, highest score first, to the link of their class that they overlap most.

    As in COCO: each link is taken once, links that count come before ignored ones, and of equal overlaps the later
    link is taken.

    Args:
        boxes: some pages.
        size: of the links that count.
    """
    asked = ~boxes.crowd & _has(size, boxes.link_height, boxes.link_area)
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
    other_size = ~_has(size, boxes.height, boxes.area)
    return Matches(link, ignored | ((link < 0) & other_size[:, None]), asked)


def _has(size: Size, height: Floats, area: Floats) -> Bools:
    value = height if size.of == "height" else area
    return np.asarray((value >= size.low) & (value <= size.high))


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
