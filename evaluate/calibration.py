"""Whether scores mean what they say: of detections that score 0.8, are 8 in 10 right?"""

from __future__ import annotations

from typing import Any

import numpy as np

from evaluate.boxes import COCO_FROM, Boxes, Matches
from evaluate.measures import Measure, Undefined

_BINS = 10


def calibration(boxes: Boxes, matches: Matches) -> dict[str, Any]:
    """Bins of scores with the share that is right, and the expected calibration error.

    Right is what COCO matches at IoU 0.5; ignored detections are left out. Source of the error: Guo, Pleiss, Sun,
    Weinberger: On Calibration of Modern Neural Networks, ICML 2017.
    """
    counts = ~matches.ignored[:, COCO_FROM]
    score = boxes.score[counts].clip(0, 1)
    right = matches.link[counts, COCO_FROM] >= 0
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
