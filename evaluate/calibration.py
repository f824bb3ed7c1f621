"""Whether scores mean what they say: of detections that score 0.8, are 8 in 10 right?"""

from __future__ import annotations

from typing import Any

import numpy as np

from evaluate.boxes import COCO_FROM
from evaluate.coco_rule import ANY
from evaluate.measures import Measure, Undefined
from evaluate.tally import Tally, bit

_BINS = 10


def calibration(tally: Tally) -> dict[str, Any]:
    """Bins of scores with the share that is right, and the expected calibration error.

    Right is what COCO matches at IoU 0.5; ignored detections are left out. Source of the error: Guo, Pleiss, Sun,
    Weinberger: On Calibration of Modern Neural Networks, ICML 2017.
    """
    marks = tally.marks[ANY]
    counts = ~bit(marks.ignored, COCO_FROM)
    score = tally.score[marks.rows[counts]].clip(0, 1)
    right = bit(marks.right, COCO_FROM)[counts]
    places = np.minimum((score * _BINS).astype(int), _BINS - 1)
    number = np.bincount(places, minlength=_BINS)
    scores, rights = (np.bincount(places, values, minlength=_BINS) for values in (score, right))
    gap = np.abs(scores - rights).sum()
    error: Measure = float(gap / len(score)) if len(score) else Undefined("nothing was detected")
    return {
        "error": error,
        "bins": [
            {
                "low": place / _BINS,
                "high": (place + 1) / _BINS,
                "count": int(count),
                "score": float(scores[place] / count) if count else None,
                "right": float(rights[place] / count) if count else None,
            }
            for place, count in enumerate(number)
        ],
    }
