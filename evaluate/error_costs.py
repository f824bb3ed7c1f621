"""How often each kind of detection error occurs, and how much AP at IoU 0.5 would rise without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluate.average_precision import Ranking, mean_over_classes
from evaluate.boxes import COCO_FROM, Bools
from evaluate.coco_rule import ANY
from evaluate.measures import Measure, Undefined
from evaluate.tally import Bits, Tally, bit
from evaluate.taxonomy import KINDS, OF_DETECTIONS


def error_table(tally: Tally, threshold: float) -> list[dict[str, Any]]:
    """Each kind of error with its count, its count at the operating point, and its cost, the dearest first."""
    price = costs(tally)
    used = tally.score >= threshold
    counts = {
        kind: (int((tally.error == place).sum()), int((used & (tally.error == place)).sum()))
        for place, kind in enumerate(OF_DETECTIONS)
    }
    counts["missed"] = (int(missed(tally).sum()), int(missed(tally, used).sum()))
    listed = [
        {"kind": kind, "count": counts[kind][0], "at_operating_point": counts[kind][1], "ap50_cost": price[kind]}
        for kind in KINDS
    ]
    return sorted(listed, key=lambda one: -_number(one["ap50_cost"]))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def missed(tally: Tally, used: Bools | None = None) -> Bools:
    """Which links that count no detection matches or was meant for; of detections only those `used`."""
    reached = np.zeros(len(tally.link_page) + 1, bool)  # the last one takes what stands for no link
    for links in (tally.link, tally.target):
        reached[links if used is None else links[used]] = True
    return np.asarray(tally.marks[ANY].asked & ~reached[:-1])


def costs(tally: Tally) -> dict[str, Measure]:
    """How much AP at IoU 0.5 each kind of error costs: AP with these errors put right, less AP as it is.

    Badly placed and wrongly classed detections are put right where their link was not found otherwise, the highest
    score first; what is left of them, duplicates and detections on the background vanish; missed links vanish.
    """
    marks = tally.marks[ANY]
    if not marks.asked.any():
        return {kind: Undefined("the set has no link that counts") for kind in KINDS}
    right, gone = np.zeros(len(tally.page), bool), np.ones(len(tally.page), bool)
    right[marks.rows], gone[marks.rows] = bit(marks.right, COCO_FROM), bit(marks.ignored, COCO_FROM)
    state = _State(tally.kind, right, gone, marks.asked)
    now = _ap(tally, state)
    price: dict[str, Measure] = {
        kind: max(_ap(tally, _mended(tally, state, place)) - now, 0.0) for place, kind in enumerate(OF_DETECTIONS)
    }
    without = replace(state, asked=marks.asked & ~missed(tally))
    return price | {"missed": max(_ap(tally, without) - now, 0.0)}


@dataclass(frozen=True, slots=True)
class _State:
    """Class, rightness and absence of each detection, and which links are asked for."""

    kind: npt.NDArray[np.int16]
    right: Bools
    gone: Bools
    asked: Bools


def _mended(tally: Tally, state: _State, kind: int) -> _State:
    wrong = tally.error == kind
    taken = np.zeros(len(tally.link_page), bool)
    taken[tally.link[state.right]] = True
    able = np.flatnonzero(wrong & (tally.target >= 0))
    able = able[~taken[tally.target[able]]]
    _, first = np.unique(tally.target[able], return_index=True)
    mended = able[first]
    right, gone, classes = state.right.copy(), state.gone | wrong, state.kind.copy()
    right[mended], gone[mended] = True, False
    classes[mended] = tally.link_class[tally.target[mended]]
    return _State(classes, right, gone, state.asked)


def _ap(tally: Tally, state: _State) -> float:
    """AP at IoU 0.5; 1 where no link is left to be asked for."""
    made = []
    for kind in range(tally.classes):
        asked = state.asked & (tally.link_class == kind)
        own = (state.kind == kind) & ~state.gone
        if asked.any():
            right: Bits = state.right[own].astype(np.uint16)
            made.append(Ranking(tally.page[own], right, np.zeros_like(right), tally.link_page[asked], thresholds=1))
    return float(mean_over_classes(made, np.ones((1, tally.pages)))[0, 0]) if made else 1.0
