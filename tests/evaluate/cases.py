"""Random sets with detections, what pycocotools says of them, and whole evaluations made of boxes and texts."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from conf.schema.evaluate import EvaluateConfig, OcrConfig
from data import Dataset, LinkAnnotation
from data.files import write_json, write_text
from data.formats.coco import to_coco
from evaluate.detectors.oracle import OracleDetector
from evaluate.inputs import Subject
from evaluate.measuring import measured
from evaluate.metrics import OperatingPoint
from evaluate.predictions import Detection, to_coco_results
from evaluate.records import item_lines
from evaluate.results import Results
from evaluate.stored import MATCHES, save
from tests.evaluate.pages import image

Pages = list[list[Detection]]


def random_case(seed: int, classes: tuple[str, ...] = ("http", "www")) -> tuple[Dataset, Pages]:
    """Pages with up to three links of all COCO sizes, ignored ones among them, and detections near them and not."""
    rng = np.random.default_rng(seed)
    images, pages = [], []
    for number in range(int(rng.integers(3, 12))):
        links, found = [], []
        for _ in range(int(rng.integers(0, 4))):
            x, y, w, h = rng.uniform((0, 0, 8, 6), (400, 300, 250, 150))
            name = classes[int(rng.integers(len(classes)))]
            links.append(LinkAnnotation((x, y, w, h), name, ignore=bool(rng.random() < 0.15)))
            if rng.random() < 0.8:
                box = rng.normal((x, y, w, h), 0.06 * min(w, h))
                found.append(Detection((*box[:2], *np.abs(box[2:])), round(float(rng.random()), 2), name))
        for _ in range(int(rng.integers(0, 4))):
            x, y, w, h = rng.uniform((0, 0, 8, 6), (400, 300, 100, 60))
            found.append(Detection((x, y, w, h), round(float(rng.random()), 2), classes[0]))
        images.append(image(Path(f"{number}.png"), links, (640, 480)))
        pages.append(found)
    return Dataset(tuple(images), classes), pages


def can_be_scored(dataset: Dataset, pages: Pages) -> bool:
    """Whether pycocotools has an answer: it fails without detections, and says −1 without truth."""
    return any(pages) and any(not one.ignore for page in dataset.images for one in page.links)


def pycocotools(dataset: Dataset, pages: Pages, ious: Sequence[float] = ()) -> Any:
    """Its scorer after `accumulate`, and after `summarize` where the thresholds are COCO's own."""
    ids = {name: number for number, name in enumerate(dataset.categories, start=1)}
    boxes = [one.bbox for page in dataset.images for one in page.links]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = to_coco(dataset)
        for annotation, box in zip(truth.dataset["annotations"], boxes, strict=True):
            annotation["bbox"], annotation["area"] = list(box), box[2] * box[3]  # the file has rounded ones
        truth.createIndex()
        results = truth.loadRes(to_coco_results(pages, range(1, len(pages) + 1), ids))
        scorer = COCOeval(truth, results, "bbox")
        if ious:
            scorer.params.iouThrs = np.array(ious)
        scorer.evaluate()
        scorer.accumulate()
        if not ious:
            scorer.summarize()
    return scorer


def evaluated(dataset: Dataset, pages: Pages, folder: Path | None = None, **keys: Any) -> Results:
    """A whole evaluation of given detections; written to a folder where one is named."""
    threshold = keys.get("score_threshold", 0.5)
    config = EvaluateConfig("oracle", "set", ocr=OcrConfig(keys.pop("engine", "oracle")), **({"resamples": 50} | keys))
    numbers = {name: number for number, name in enumerate(dataset.categories, start=1)}
    name = hashlib.sha256(repr(dataset).encode()).hexdigest()
    subject = Subject(Path("set"), dataset, True, name, tuple(range(1, len(pages) + 1)), numbers)
    results = measured(config, subject, OracleDetector(subject), pages, {}, OperatingPoint(threshold))
    if folder is not None:
        write_json(folder / "metrics.json", results.metrics)
        write_text(folder / "items.jsonl", item_lines(results))
        assert results.stored is not None
        save(results.stored, folder / MATCHES)
    return results


def read_as(detection: Detection, text: str) -> Detection:
    """The detection with a link read there."""
    return replace(detection, text=text, line_text=text, raw_text=text)
