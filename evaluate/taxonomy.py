"""What average precision is lost to: five kinds of error, and how much AP would rise without each.

After TIDE (Bolya, Foley, Hays, Hoffman: TIDE: A General Toolbox for Identifying Object Detection Errors, ECCV 2020),
at IoU 0.5, with two differences: pages without links count, where most background errors of this task are, and a
detection that touches a link of another class by 0.1 to 0.5 is badly placed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluate.average_precision import Ranking, mean_over_classes
from evaluate.boxes import COCO_FROM, NEAR, Bools, Boxes, Floats, Ints, Matches
from evaluate.measures import Measure, Undefined

KINDS = ("missed", "background", "badly_placed", "duplicate", "wrong_class")
_FIT = 0.5


@dataclass(frozen=True, slots=True)
class Errors:
    """The errors of a set.

    Attributes:
        of_kind: which detections have each kind of error; `missed` is there for the links.
        missed: which links nothing is near enough to.
        target: link that a badly placed or wrongly classed detection was meant for; −1 elsewhere.
    """

    of_kind: dict[str, Bools]
    missed: Bools
    target: Ints


def errors(boxes: Boxes, matches: Matches) -> Errors:
    """Sorts every wrong detection, and every link that was not found, into one kind of error."""
    link, ignored = matches.link[:, COCO_FROM], matches.ignored[:, COCO_FROM]
    wrong = (link < 0) & ~ignored
    own, own_link = _nearest(boxes, matches.asked, same_class=True)
    other, other_link = _nearest(boxes, matches.asked, same_class=False)
    loose = (own >= NEAR) & (own < _FIT)
    classed = ~loose & (other >= _FIT)
    double = ~loose & ~classed & (own >= _FIT)
    grazing = ~loose & ~classed & ~double & (other >= NEAR)
    of_kind = {
        "badly_placed": wrong & (loose | grazing),
        "wrong_class": wrong & classed,
        "duplicate": wrong & double,
        "background": wrong & (own < NEAR) & (other < NEAR),
    }
    target = np.where(wrong & loose, own_link, np.where(wrong & classed, other_link, -1))
    reached = np.zeros(len(boxes.link_page) + 1, bool)
    reached[link[(link >= 0) & ~ignored]] = reached[target[target >= 0]] = True
    return Errors(of_kind, matches.asked & ~reached[:-1], target)


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


def costs(boxes: Boxes, matches: Matches, found: Errors) -> dict[str, Measure]:
    """How much AP at IoU 0.5 each kind of error costs: AP with these errors put right, less AP as it is.

    Badly placed and wrongly classed detections are put right where their link was not found otherwise, the highest
    score first; what is left of them, duplicates and detections on the background vanish; missed links vanish.
    """
    if not matches.asked.any():
        return {kind: Undefined("the set has no link that counts") for kind in KINDS}
    right = (matches.link[:, COCO_FROM] >= 0) & ~matches.ignored[:, COCO_FROM]
    state = _State(boxes.kind, right, matches.ignored[:, COCO_FROM], matches.asked)
    now = _ap(boxes, state)
    mended = {kind: _mended(boxes, state, matches.link[:, COCO_FROM], found, kind) for kind in found.of_kind}
    mended["missed"] = _State(state.kind, state.right, state.gone, matches.asked & ~found.missed)
    return {kind: max(_ap(boxes, mended[kind]) - now, 0.0) for kind in KINDS}


@dataclass(frozen=True, slots=True)
class _State:
    """Class, rightness and absence of each detection, and which links are asked for."""

    kind: Ints
    right: Bools
    gone: Bools
    asked: Bools


def _mended(boxes: Boxes, state: _State, link: npt.NDArray[np.int32], found: Errors, kind: str) -> _State:
    wrong = found.of_kind[kind]
    taken = np.zeros(len(boxes.link_page), bool)
    taken[link[state.right]] = True
    able = np.flatnonzero(wrong & (found.target >= 0))
    able = able[~taken[found.target[able]]]
    able = able[np.argsort(-boxes.score[able], kind="stable")]
    _, first = np.unique(found.target[able], return_index=True)
    mended = able[first]
    right, gone, classes = state.right.copy(), state.gone | wrong, state.kind.copy()
    right[mended], gone[mended] = True, False
    classes[mended] = boxes.link_class[found.target[mended]]
    return _State(classes, right, gone, state.asked)


def _ap(boxes: Boxes, state: _State) -> float:
    """AP at IoU 0.5; 1 where no link is left to be asked for."""
    made = []
    for kind in range(boxes.classes):
        asked = state.asked & (boxes.link_class == kind)
        own = np.flatnonzero(state.kind == kind)
        own = own[np.argsort(-boxes.score[own], kind="stable")]
        if asked.any():
            flags = (state.right[own][:, None], state.gone[own][:, None])
            made.append(Ranking(boxes.page[own], *flags, boxes.link_page[asked]))
    return float(mean_over_classes(made, np.ones((1, boxes.pages)))[0, 0]) if made else 1.0
