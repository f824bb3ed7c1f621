"""Precision, recall and F1 at every threshold: is the operating point where it should be?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.boxes import COCO_FROM, Floats
from evaluate.coco_rule import ANY
from evaluate.tally import Tally, bit

_MOST_POINTS = 1000
"""More would not be seen in a drawing, and a set may have millions of scores."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Detection at each threshold, descending; all arrays have one entry a threshold."""

    threshold: Floats
    precision: Floats
    recall: Floats
    f1: Floats


def threshold_curve(tally: Tally) -> Curve | None:
    """Detection of all classes together, matched as COCO does at IoU 0.5, so that one pass serves every threshold.

    Returns None where there is no truth that counts, or no detection that does.
    """
    marks = tally.marks[ANY]
    links, counts = int(marks.asked.sum()), ~bit(marks.ignored, COCO_FROM)
    if not links or not counts.any():
        return None
    scores, right = tally.score[marks.rows[counts]], bit(marks.right, COCO_FROM)[counts]
    right = np.cumsum(right, dtype=np.int32)
    keep = np.flatnonzero(np.append(np.diff(scores) != 0, True))  # equal scores stand or fall together
    keep = keep[np.unique(np.linspace(0, len(keep) - 1, min(len(keep), _MOST_POINTS)).astype(int))]
    precision, recall = right[keep] / (keep + 1), right[keep] / links
    return Curve(scores[keep], precision, recall, 2 * precision * recall / np.maximum(precision + recall, 1e-12))
