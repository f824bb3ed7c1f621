"""The parts of metrics.json that a set with truth gives, each number a measure or the reason why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from evaluate.average_precision import headline_ap, rankings
from evaluate.coco_scores import NAMES, CocoScores
from evaluate.counts import RATES
from evaluate.error_costs import error_table
from evaluate.geometry import by_height, right_edge
from evaluate.links import Item
from evaluate.measures import Measure, Undefined
from evaluate.tally import Tally

NO_TRUTH = "the pictures come without truth"
_NOT_READ = "nothing was read (ocr=none)"
_NO_LINK = "the set has no link that counts"
_CONFUSIONS = 40
_LOOSE = ("ap30", "ap40", "ap_loose")


def detection_scores(
    tally: Tally, items: Sequence[Item], coco: CocoScores, rates: Mapping[str, Measure], threshold: float, empty: int
) -> dict[str, Any]:
    """The group `detection`; see `evaluate.metrics.Detections`."""
    ranked = rankings(tally)
    ap = headline_ap(ranked, np.ones((1, tally.pages))) if ranked else {}
    return {
        **coco.numbers,
        **{name: float(ap[name][0]) if ap else Undefined(_NO_LINK) for name in _LOOSE},
        **_of_group(rates, "detection"),
        "empty_pages": empty,
        "right_edge": right_edge(items),
        "by_height": by_height(tally),
        "errors": error_table(tally, threshold),
    }


def _of_group(rates: Mapping[str, Measure], group: str) -> dict[str, Any]:
    """The rates of a group, nested as their dotted names are."""
    nested: dict[str, Any] = {}
    for name, value in rates.items():
        first, *inner = name.split(".")
        if first == group:
            place = nested
            for part in inner[:-1]:
                place = place.setdefault(part, {})
            place[inner[-1]] = value
    return nested


def link_scores(
    items: Sequence[Item], rates: Mapping[str, Measure], *, has_truth: bool, was_read: bool
) -> dict[str, Any]:
    """The group `end_to_end`, over links whose text is known; see `evaluate.metrics.EndToEnd`.

    An answer is a detection for which a link was read; one that was not read gives a user nothing, right or wrong.
    """
    if not (has_truth and was_read):
        none = Undefined(_NOT_READ if has_truth else NO_TRUTH)
        nested = _of_group(dict.fromkeys(RATES, none), "end_to_end")
        return nested | {"links": none, "answers": none, "wrapped": nested["wrapped"] | {"links": none},
                         "confusions": []}  # fmt: skip
    scored = [item for item in items if item.scored]
    nested = _of_group(rates, "end_to_end")
    links = [item for item in scored if item.truth is not None]
    return nested | {
        "links": len(links),
        "answers": sum(bool(item.answer) for item in scored),
        "wrapped": nested["wrapped"] | {"links": sum(item.wraps for item in links)},
        "confusions": confusions(links),
    }


def confusions(links: Sequence[Item]) -> list[dict[str, Any]]:
    """The commonest differences between what is printed and what was read, over found links, in runs of letters.

    Runs of more than three letters are no confusion of letters: something is missing there or too much.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for item in links:
        if item.answer and not item.same_raw:
            for edit in Levenshtein.opcodes(item.printed, item.answer):
                printed = item.printed[edit.src_start : edit.src_end]
                read = item.answer[edit.dest_start : edit.dest_end]
                if edit.tag != "equal" and max(len(printed), len(read)) <= 3:
                    seen[printed, read] += 1
    commonest = sorted(seen.items(), key=lambda one: (-one[1], one[0]))[:_CONFUSIONS]
    return [{"printed": printed, "read": read, "count": count} for (printed, read), count in commonest]


def without_truth() -> dict[str, Any]:
    """The group `detection` where nothing is known of the pictures."""
    none = Undefined(NO_TRUTH)
    names = (*NAMES, *_LOOSE, *(name.split(".")[1] for name in RATES if name.startswith("detection.")), "empty_pages")
    edge = {"links": 0} | dict.fromkeys(("median", "median_off", "p95_off", "within_half"), none)
    return dict.fromkeys(names, none) | {"right_edge": edge, "by_height": [], "errors": []}
