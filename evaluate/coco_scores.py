"""COCO's twelve numbers and the precision–recall curve, by faster-coco-eval.

Every id is handed out anew here, so that an annotation whose id is 0 (which COCO's tools silently ignore),
ids used twice, and categories in any order cannot change a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster

from data.boxes import polygon_area
from data.model import Dataset
from evaluate.measures import Measure, Undefined
from evaluate.predictions import Detection

NAMES = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large",
         "ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large")  # fmt: skip
SIZES = {
    "small": "under 32² square pixels",
    "medium": "from 32² to 96² square pixels",
    "large": "over 96² square pixels",
}
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


def coco_scores(dataset: Dataset, pages: Sequence[Sequence[Detection]]) -> CocoScores:
    """Scores detections against a dataset; `pages` has one list for each image, in the same order."""
    if not any(not link.ignore for image in dataset.images for link in image.links):
        return CocoScores({name: Undefined(_NO_TRUTH) for name in NAMES})
    truth, results = _truth(dataset), _results(dataset, pages)
    if not results:
        return CocoScores({name: _zero(name, truth) for name in NAMES}, tuple(np.linspace(0, 1, 101)), (0.0,) * 101)
    ground = COCO(truth)
    scorer = COCOeval_faster(ground, ground.loadRes(results), "bbox", print_function=_silent)
    scorer.evaluate()
    scorer.accumulate()
    scorer.summarize()
    numbers = {name: _defined(name, float(value)) for name, value in zip(NAMES, scorer.stats, strict=False)}
    by_class = scorer.eval["precision"][0, :, :, 0, -1]
    curve = by_class[:, (by_class >= 0).all(axis=0)].mean(axis=1)
    return CocoScores(numbers, tuple(scorer.params.recThrs.tolist()), tuple(curve.tolist()))


def _silent(*_: object) -> None:
    """Swallows the scorer's table; the report prints its own."""


def _defined(name: str, value: float) -> Measure:
    return value if value >= 0 else _absent(name)


def _absent(name: str) -> Undefined:
    size = name.rpartition("_")[2]
    return Undefined(f"no link that counts has a prefix {SIZES[size]}" if size in SIZES else _NO_TRUTH)


def _zero(name: str, truth: dict[str, Any]) -> Measure:
    """Without any detection every number is 0, except where a size has no truth."""
    ranges = {"small": (0, 32**2), "medium": (32**2, 96**2), "large": (96**2, 1e10)}
    low, high = ranges.get(name.rpartition("_")[2], (0, 1e10))
    present = any(low <= entry["area"] <= high and not entry["iscrowd"] for entry in truth["annotations"])
    return 0.0 if present else _absent(name)


def _truth(dataset: Dataset) -> dict[str, Any]:
    classes = {name: number for number, name in enumerate(dataset.categories, start=1)}
    links = [(page, link) for page, image in enumerate(dataset.images, start=1) for link in image.links]
    return {
        "info": {},
        "images": [
            {"id": page, "width": image.width, "height": image.height, "file_name": str(image.path)}
            for page, image in enumerate(dataset.images, start=1)
        ],
        "categories": [{"id": number, "name": name} for name, number in classes.items()],
        "annotations": [
            {
                "id": number,
                "image_id": page,
                "category_id": classes[link.category],
                "bbox": list(link.bbox),
                "area": polygon_area(link.polygon) if link.polygon else link.area,
                "iscrowd": int(link.ignore),
            }
            for number, (page, link) in enumerate(links, start=1)
        ],
    }


def _results(dataset: Dataset, pages: Sequence[Sequence[Detection]]) -> list[dict[str, Any]]:
    classes = {name: number for number, name in enumerate(dataset.categories, start=1)}
    return [
        {"image_id": page, "category_id": classes[d.category], "bbox": list(d.bbox), "score": d.score}
        for page, detections in enumerate(pages, start=1)
        for d in detections
    ]
