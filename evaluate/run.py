"""One evaluation from end to end: detect, read, score, write, show."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from conf.schema.evaluate import EvaluateConfig
from data.files import claim_folder, write_json, write_text
from data.model import Dataset
from evaluate.coco_scores import coco_scores
from evaluate.detectors import Detector, open_detector
from evaluate.inputs import Subject, open_subject
from evaluate.links import items_of
from evaluate.measures import Measure, Undefined, settle
from evaluate.pages import Page
from evaluate.predict import DETECTED, READ, plan_of, predict
from evaluate.predictions import to_coco_results
from evaluate.reader import Reader
from evaluate.records import item_lines
from evaluate.report import write_report
from evaluate.results import Results
from evaluate.scores import detection_scores, link_scores
from evaluate.slices import slices
from evaluate.view import as_seen

SCHEMA_VERSION = 1
METRICS, ITEMS, PREDICTIONS, REPORT = "metrics.json", "items.jsonl", "predictions.json", "index.html"
_PACKAGES = ("inklink", "faster-coco-eval", "tesserocr", "ada-url", "tensorflow", "numpy", "opencv-python-headless")


def evaluate(config: EvaluateConfig) -> Results:
    """Evaluates a detector and an OCR engine on a set and writes the results to `config.out`.

    Raises:
        UserError: where an input is missing or broken, or the output folder holds something else.
    """
    subject = as_seen(open_subject(Path(config.dataset)), config.preprocess)
    detector = open_detector(config.detector, subject, config.preprocess)
    Reader(plan_of(config, subject))  # what is not installed is said before an hour of detection
    out = Path(config.out or default_out(config))
    claim_folder(out, (METRICS, ITEMS, PREDICTIONS, REPORT, DETECTED, READ))
    detected, pages = predict(config, subject, detector, out)
    results = _score(config, subject, detector, detected, pages)
    write_json(
        out / PREDICTIONS, to_coco_results([p.detections for p in pages], subject.image_ids, subject.category_ids)
    )
    write_text(out / ITEMS, item_lines(results))
    write_json(out / METRICS, results.metrics, indent=2)
    if config.report.html:
        write_report(results, out / REPORT)
    return results


def default_out(config: EvaluateConfig) -> str:
    """`outputs/evaluate/<detector>-<dataset>-<ocr>`: the same command finds its unfinished work."""
    dataset = Path(config.dataset)
    parts = [Path(config.detector).stem, "-".join(dataset.with_suffix("").parts[-2:]), config.ocr.engine]
    return str(Path("outputs/evaluate") / "-".join(part.strip("/.") for part in parts))


def _score(
    config: EvaluateConfig, subject: Subject, detector: Detector, detected: Sequence[Page], pages: Sequence[Page]
) -> Results:
    found = [page.detections for page in pages]
    was_read = config.ocr.engine != "none"
    coco = coco_scores(subject.dataset, found) if subject.has_truth else None
    items = items_of(subject.dataset, found, config.score_threshold, has_truth=subject.has_truth, was_read=was_read)
    measures = {
        "detection": detection_scores(subject.dataset, found, items, config.score_threshold, coco),
        "end_to_end": link_scores(items, has_truth=subject.has_truth, was_read=was_read),
        "operating_point": {"score_threshold": config.score_threshold},
        "dataset": _dataset(subject),
        "cost": _cost(detected, pages, detector, was_read),
        "slices": slices(subject.dataset, items, was_read=was_read) if subject.has_truth else {},
    }
    plain, reasons = settle(measures)
    metrics = {
        "schema_version": SCHEMA_VERSION,
        **plain,
        "reasons": reasons,
        "detector": {"name": detector.name, "fingerprint": detector.fingerprint},
        "config": dataclasses.asdict(config),
        "versions": _versions(),
    }
    return Results(config, subject, tuple(found), tuple(items), coco, metrics)


def _dataset(subject: Subject) -> dict[str, Any]:
    dataset: Dataset = subject.dataset
    unknown = Undefined("the pictures come without truth")
    counted = [link for image in dataset.images for link in image.links if not link.ignore]
    return {
        "path": str(subject.path),
        "images": len(dataset.images),
        "links": len(counted) if subject.has_truth else unknown,
        "ignored": dataset.links - len(counted) if subject.has_truth else unknown,
        "hash": subject.hash,
    }


def _cost(detected: Sequence[Page], pages: Sequence[Page], detector: Detector, was_read: bool) -> dict[str, Any]:
    """Wall time a page, in milliseconds, one page at a time, loading of the picture left out."""
    no_model = Undefined(f"detector {detector.name} has no model")
    reading = [page.ms for page in pages if any(d.text is not None for d in page.detections)]
    nothing = "no page had anything to read" if was_read else "nothing was read (ocr=none)"
    return {
        "detect_ms": _times([p.ms for p in detected], "") if detector.needs_pixels else _times([], no_model.reason),
        "read_ms": _times(reading, nothing),
        "model_bytes": no_model if detector.size is None else detector.size.raw_bytes,
    }


def _times(values: list[float], reason: str) -> dict[str, Measure]:
    if not values:
        return {"median": Undefined(reason), "p95": Undefined(reason), "pages": 0}
    return {"median": float(np.median(values)), "p95": float(np.percentile(values, 95)), "pages": len(values)}


def _versions() -> dict[str, str | None]:
    return {"python": platform.python_version()} | {package: _version(package) for package in _PACKAGES}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
