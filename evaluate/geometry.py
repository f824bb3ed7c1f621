"""How well boxes sit: the right edge, where the line that is read begins, and detection by the height of the print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from data.model import LinkAnnotation
from evaluate.average_precision import mean_over_classes, mean_recall, rankings
from evaluate.boxes import COCO_FROM
from evaluate.links import Item
from evaluate.measures import Measure, Undefined
from evaluate.tally import HEIGHTS_PX, OF_HEIGHT, Tally

_X_HEIGHT = 0.5
"""Of the height of an upright prefix, where the truth does not say: ascender to descender, over most type."""


def right_edge(items: Sequence[Item]) -> dict[str, Measure]:
    """Signed and absolute error of the right edge over found links, in x-heights."""
    off = np.array([
        (item.detection.bbox[0] + item.detection.bbox[2] - item.truth.bbox[0] - item.truth.bbox[2])
        / _x_height(item.truth)
        for item in items
        if item.truth is not None and item.detection is not None
    ])  # fmt: skip
    if not len(off):
        none = Undefined("no link was found at the operating point")
        return {"links": 0, "median": none, "median_off": none, "p95_off": none, "within_half": none}
    return {
        "links": len(off),
        "median": float(np.median(off)),
        "median_off": float(np.median(np.abs(off))),
        "p95_off": float(np.percentile(np.abs(off), 95)),
        "within_half": float((np.abs(off) <= 0.5).mean()),
    }


def _x_height(link: LinkAnnotation) -> float:
    known = link.attributes.get("x_height_px")
    measured = isinstance(known, int | float) and not isinstance(known, bool) and known > 0
    return float(known) if measured and known else max(_X_HEIGHT * link.bbox[3], 1.0)


def by_height(tally: Tally) -> list[dict[str, Any]]:
    """AP and AR for each range of `HEIGHTS_PX`; links and stray detections of other heights are ignored."""
    weights = np.ones((1, tally.pages))
    made = []
    for low, high, size in zip(HEIGHTS_PX, HEIGHTS_PX[1:], OF_HEIGHT, strict=False):
        ranked = rankings(tally, size)
        ap = mean_over_classes(ranked, weights)[0]
        none = Undefined("no link that counts has a prefix of this height")
        made.append({
            "low_px": low,
            "high_px": high if np.isfinite(high) else None,
            "links": int(tally.marks[size].asked.sum()),
            "ap": float(ap[COCO_FROM:].mean()) if ranked else none,
            "ap50": float(ap[COCO_FROM]) if ranked else none,
            "ar100": float(mean_recall(ranked, weights)[0]) if ranked else none,
        })  # fmt: skip
    return made
