"""What average precision is lost to: five kinds of error, and how much AP would rise without each.

After TIDE (Bolya, Foley, Hays, Hoffman: TIDE: A General Toolbox for Identifying Object Detection Errors, ECCV 2020),
at IoU 0.5, with two differences: pages without links count, where most background errors of this task are, and a
detection that touches a link of another class by 0.1 to 0.5 is badly placed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evaluate.boxes import COCO_FROM, NEAR, Bools, Boxes, Floats, Ints
from evaluate.coco_rule import Matches

OF_DETECTIONS = ("background", "badly_placed", "duplicate", "wrong_class")
KINDS = ("missed", *OF_DETECTIONS)
_FIT = 0.5


def errors(boxes: Boxes, matches: Matches) -> tuple[npt.NDArray[np.int8], Ints]:
    """Sorts every wrong detection into one kind of error.

    Returns:
        The kind as a place in `OF_DETECTIONS`, −1 where there is no error; and the link that a badly placed or wrongly
        classed detection was meant for, −1 elsewhere.
    """
    wrong = (matches.link[:, COCO_FROM] < 0) & ~matches.ignored[:, COCO_FROM]
    own, own_link = _nearest(boxes, matches.asked, same_class=True)
    other, other_link = _nearest(boxes, matches.asked, same_class=False)
    loose = (own >= NEAR) & (own < _FIT)
    classed = ~loose & (other >= _FIT)
    double = ~loose & ~classed & (own >= _FIT)
    grazing = ~loose & ~classed & ~double & (other >= NEAR)
    kind = np.zeros(len(boxes.page), np.int8)
    for name, those in (("badly_placed", loose | grazing), ("wrong_class", classed), ("duplicate", double)):
        kind[those] = OF_DETECTIONS.index(name)
    target = np.where(loose, own_link, np.where(classed, other_link, -1))
    return np.where(wrong, kind, np.int8(-1)), np.where(wrong, target, -1)


def _nearest(boxes: Boxes, asked: Bools, *, same_class: bool) -> tuple[Floats, Ints]:
    """Greatest overlap of each detection with a link that counts, of its class or of another, and that link."""
    pairs = np.flatnonzero(
        asked[boxes.pair_link] & ((boxes.kind[boxes.pair_found] == boxes.link_class[boxes.pair_link]) == same_class)
    )
    pairs = pairs[np.argsort(boxes.pair_iou[pairs], kind="stable")]  # the greatest is written last
    iou, link = np.zeros(len(boxes.page)), np.full(len(boxes.page), -1, np.int64)
    iou[boxes.pair_found[pairs]] = boxes.pair_iou[pairs]
    link[boxes.pair_found[pairs]] = boxes.pair_link[pairs]
    return iou, link
