"""index.html: everything that one evaluation found out, in a single file that needs no network."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import msgspec
from markupsafe import Markup

from conf.app import as_yaml
from data.files import write_text
from evaluate.curves import Curve
from evaluate.metrics import Metrics, Stage
from evaluate.report import words
from evaluate.report.charts import Point, Series, calibration_chart, line_chart
from evaluate.report.costs import sizes, times
from evaluate.report.documents import document
from evaluate.report.gallery import empty_pages, galleries
from evaluate.report.groups import groups, heat_map
from evaluate.report.numbers import Numbers
from evaluate.report.tiles import tiles
from evaluate.report.verdict import HEADLINE, Step, steps, verdict
from evaluate.results import Results
from evaluate.slices import FEW

_ORACLES = (
    ("oracle_box", "with the true boxes", "What a perfect detector would reach."),
    ("oracle_crop", "with the true lines cut out", "What a perfect detector and crop would reach."),
    ("oracle_text", "with perfect reading", "What a perfect OCR would reach wherever a link was found."),
)


def write_report(results: Results, path: Path) -> None:
    """Writes the report, whole or not at all."""
    write_text(path, render(results))


def render(results: Results) -> str:
    """The report as HTML."""
    metrics = msgspec.convert(results.metrics, Metrics)
    numbers = Numbers(metrics)
    was_read = results.config.ocr.engine != "none"
    overall = numbers.value(HEADLINE if was_read else "detection.recall")
    return document(
        "index.html",
        metrics=metrics,
        numbers=numbers,
        dashes=numbers.dashes,
        verdict=verdict(results, metrics),
        tiles=tiles(results, metrics),
        falls=steps(metrics.waterfalls.as_run),
        oracles=_oracles(metrics),
        curves=_curves(results, numbers),
        groups=groups(metrics.slices, overall, was_read=was_read),
        maps=[heat_map(crossed, metrics.slices, was_read=was_read) for crossed in metrics.crossed],
        galleries=galleries(results),
        empty=empty_pages(results),
        times=times(metrics.cost, metrics.reasons),
        sizes=sizes(metrics.cost, metrics.reasons),
        few=FEW,
        has_truth=results.subject.has_truth,
        was_read=was_read,
        subject=results.subject,
        config=as_yaml(results.config),
        made=datetime.now(timezone.utc).strftime("%d %B %Y, %H:%M UTC"),
    )


def _oracles(metrics: Metrics) -> list[tuple[str, str, Step]]:
    """The last stage as it was, and with one part of the pipeline replaced by the truth."""
    falls = metrics.waterfalls
    if not steps(falls.as_run):
        return []
    rows: list[tuple[str, str, list[Stage] | None]] = [("as it was", "", falls.as_run)]
    rows += [(name, meaning, getattr(falls, key)) for key, name, meaning in _ORACLES]
    shown = [(name, meaning, steps(stages)[-1]) for name, meaning, stages in rows if steps(stages)]
    return shown if len(shown) > 1 else []


def _curves(results: Results, numbers: Numbers) -> dict[str, Markup]:
    """The charts of detection by name, empty where there is nothing to draw."""
    drawn = dict.fromkeys(("recall", "threshold", "calibration"), Markup(""))
    curve = results.curve
    if curve is not None and results.coco is not None and results.coco.recall:
        drawn["recall"] = _recall_chart(results.coco.recall, results.coco.precision, numbers)
        drawn["threshold"] = _threshold_chart(curve, results.config.threshold, numbers)
    calibration = numbers.metrics.calibration
    if calibration is not None and any(one.count for one in calibration.bins):
        title = "Calibration: the share of detections that is right, over their score"
        drawn["calibration"] = calibration_chart(calibration.bins, title)
    return drawn


def _recall_chart(recall: tuple[float, ...], precision: tuple[float, ...], numbers: Numbers) -> Markup:
    at = (numbers.value("detection.recall"), numbers.value("detection.precision"))
    point = None if at[0] is None or at[1] is None else Point(at[0], at[1], "operating point")
    line = Series("one", "precision", recall, precision)
    return line_chart([line], "recall", "precision", "Precision over recall at IoU 0.5", point)


def _threshold_chart(curve: Curve, threshold: float, numbers: Numbers) -> Markup:
    """Steps from threshold 1 down to 0."""
    f1 = numbers.value("detection.f1")
    point = None if f1 is None else Point(threshold, f1, f"F1 {words.percent(f1, 0)} at {threshold:.2g}")
    x = [1.0, *curve.threshold.clip(0, 1).tolist(), 0.0]
    lines = []
    for kind, name, values in (
        ("two", "precision", curve.precision),
        ("three", "recall", curve.recall),
        ("one", "F1", curve.f1),
    ):
        y = values.tolist()
        lines.append(Series(kind, name, x, [y[0] if name == "precision" else 0.0, *y, y[-1]]))
    title = "Precision, recall and F1 over the score threshold"
    return line_chart(lines, "score threshold", "share", title, point, shares=False)
