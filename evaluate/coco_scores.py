"""COCO's twelve numbers and the precision–recall curve, from the tally of a set.

The numbers are those of pycocotools and faster-coco-eval (tests hold all three equal); those hold every detection as
objects, 2 kB each, where a tally takes some dozen bytes. Ids play no part here, so that an annotation whose id is 0
(which COCO's tools silently ignore), ids used twice, and categories in any order cannot change a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evaluate.average_precision import RECALLS, mean_over_classes, mean_recall, precision_at_recalls, rankings
from evaluate.boxes import COCO_FROM, MOST_PER_PAGE, Floats
from evaluate.coco_rule import ANY, LARGE, MEDIUM, SMALL, Size
from evaluate.measures import Measure, Undefined
from evaluate.tally import Tally

_IN_WORDS = {
    SMALL: "under 32² square pixels",
    MEDIUM: "from 32² to 96² square pixels",
    LARGE: "over 96² square pixels",
}
NAMES = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large",
         "ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large")  # fmt: skip
_NO_TRUTH = "the set has no link that counts"


@dataclass(frozen=True, slots=True)
class CocoScores:
    """COCO's numbers, and the curve behind `ap50`.

    Attributes:
        numbers: the twelve by the names in `NAMES`, in COCO's order.
        recall, precision: 101 points at IoU 0.5, mean over classes; empty where undefined.
    """

    numbers: dict[str, Measure]
    recall: tuple[float, ...] = ()
    precision: tuple[float, ...] = ()


def coco_scores(tally: Tally) -> CocoScores:
    """COCO's numbers; undefined, with the reason, where no link is asked for."""
    ap = {size: _precisions(tally, size) for size in (ANY, *_IN_WORDS)}
    numbers = {
        "ap": _mean(ap, ANY),
        "ap50": _mean(ap, ANY, slice(0, 1)),
        "ap75": _mean(ap, ANY, slice(5, 6)),
        "ap_small": _mean(ap, SMALL),
        "ap_medium": _mean(ap, MEDIUM),
        "ap_large": _mean(ap, LARGE),
        "ar1": _recall(tally, ANY, 1),
        "ar10": _recall(tally, ANY, 10),
        "ar100": _recall(tally, ANY),
        "ar_small": _recall(tally, SMALL),
        "ar_medium": _recall(tally, MEDIUM),
        "ar_large": _recall(tally, LARGE),
    }
    ranked = rankings(tally)
    if not ranked:
        return CocoScores(numbers)
    return CocoScores(numbers, tuple(RECALLS.tolist()), tuple(precision_at_recalls(ranked, COCO_FROM).tolist()))


def _precisions(tally: Tally, size: Size) -> Floats | None:
    """AP at each of COCO's ten thresholds; None where no link of that size is asked for."""
    ranked = rankings(tally, size)
    return mean_over_classes(ranked, np.ones((1, tally.pages)))[0, COCO_FROM:] if ranked else None


def _mean(ap: Mapping[Size, Floats | None], size: Size, thresholds: slice = slice(None)) -> Measure:
    values = ap[size]
    return _absent(size) if values is None else float(values[thresholds].mean())


def _recall(tally: Tally, size: Size, most: int = MOST_PER_PAGE) -> Measure:
    ranked = rankings(tally, size, most)
    return float(mean_recall(ranked, np.ones((1, tally.pages)))[0]) if ranked else _absent(size)


def _absent(size: Size) -> Undefined:
    return Undefined(f"no link that counts has a prefix {_IN_WORDS[size]}" if size in _IN_WORDS else _NO_TRUTH)
