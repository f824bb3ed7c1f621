"""One evaluation from end to end: detect, read, score, write, show."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from conf.schema.evaluate import EvaluateConfig
from data.files import claim_folder, replacing, write_json
from evaluate.cost import COST, cost
from evaluate.detectors import open_detector
from evaluate.detectors.location import OPERATING_POINT
from evaluate.inputs import open_subject
from evaluate.measuring import measured
from evaluate.operating_point import VALIDATION, operating_point, place_beside_model, refuse_validation
from evaluate.oracles import ORACLES, oracle_waterfalls
from evaluate.pages import Found
from evaluate.predict import DETECTED, READ, plan_of, predict
from evaluate.predictions import coco_results, result_lines
from evaluate.reader import Reader
from evaluate.records import item_lines
from evaluate.report import write_report
from evaluate.results import Results
from evaluate.slices import refuse_unknown
from evaluate.stored import MATCHES, save
from evaluate.summary import write_summary
from evaluate.view import as_seen
from train.folder import TRIAL

METRICS, ITEMS, PREDICTIONS = "metrics.json", "items.jsonl", "predictions.json"
REPORT, SUMMARY = "index.html", "summary.md"


def evaluate(config: EvaluateConfig) -> Results:
    """Evaluates a detector and an OCR engine on a set and writes the results to `config.out`.

    Raises:
        UserError: where an input is missing or broken, or the output folder holds something else.
    """
    kept = place_beside_model(config)
    subject = as_seen(open_subject(Path(config.dataset)), config.preprocess)
    detector = open_detector(config.detector, subject, config.preprocess)
    Reader(plan_of(config, subject))  # what is not installed is said before an hour of detection
    refuse_validation(config, subject.hash)
    refuse_unknown(config.crossed, subject.dataset)
    out = Path(config.out or default_out(config))
    known = (METRICS, ITEMS, PREDICTIONS, REPORT, SUMMARY, DETECTED, READ, MATCHES, COST, OPERATING_POINT, VALIDATION,
             TRIAL, *ORACLES)  # fmt: skip
    claim_folder(out, known)
    point = operating_point(config, evaluate, out, subject.hash)
    config = dataclasses.replace(config, score_threshold=point.score_threshold)
    detected, pages = predict(config, subject, detector, out)
    costs = cost(config, subject, detector, detected, out)
    oracles = oracle_waterfalls(config, evaluate, out)
    results = measured(config, subject, detector, Found(pages), costs, point, oracles)
    write_lists(results, out)
    if results.stored is not None:
        save(results.stored, out / MATCHES)
    write_json(out / OPERATING_POINT, results.metrics["operating_point"], indent=2)
    write_json(out / METRICS, results.metrics, indent=2)
    write_summary(results, out / SUMMARY)
    if config.report.html:
        write_report(results, out / REPORT)
    else:
        (out / REPORT).unlink(missing_ok=True)  # of an earlier evaluation, with other numbers
    if kept is not None:
        write_json(kept, results.metrics["operating_point"], indent=2)
    return results


def write_lists(results: Results, out: Path) -> None:
    """Writes every detection and every item, page by page as they are fetched."""
    subject = results.subject
    entries = coco_results(results.pages, subject.image_ids, subject.category_ids)
    _write_lines(out / PREDICTIONS, result_lines(entries))
    _write_lines(out / ITEMS, item_lines(results))


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    """Writes a text as it comes, whole or not at all."""
    with replacing(path) as scratch, scratch.open("w", encoding="utf-8") as stream:
        stream.writelines(lines)


def default_out(config: EvaluateConfig) -> str:
    """`outputs/evaluate/<detector>-<dataset>-<ocr>`: the same command finds its unfinished work."""
    parts = [_short(config.detector), _short(config.dataset), config.ocr.engine]
    return str(Path("outputs/evaluate") / "-".join(parts))


def _short(path: str) -> str:
    """The last words of a path: runs/a/best and runs/b/best, runs/v1.5 and runs/v1.6 differ."""
    suffix = next((end for end in (".json", ".tflite", ".zip") if path.lower().endswith(end)), "")
    words = [word.strip("/.:") for word in Path(path.removesuffix(suffix) if suffix else path).parts]
    return "-".join([word for word in words if word][-3:])
