"""index.html: everything that one evaluation found out, in a single file that needs no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conf.app import as_yaml
from data.files import write_text
from evaluate.coco_scores import NAMES
from evaluate.curves import Curve, threshold_curve
from evaluate.gallery import empty_pages, galleries
from evaluate.headline import value_of
from evaluate.plots import Series, chart
from evaluate.results import Results
from evaluate.slices import FEW

_TEMPLATES = Path(__file__).parent / "templates"


def write_report(results: Results, path: Path) -> None:
    """Writes the report, whole or not at all."""
    write_text(path, render(results))


def render(results: Results) -> str:
    """The report as HTML."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "words": lambda name: str(name).replace("_", " ")}
    page = environment.get_template("index.html")
    return page.render(
        style=Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8")),
        metrics=results.metrics,
        reason=_reasons(results.metrics),
        tiles=tiles(results),
        funnel=funnel(results),
        curves=_curves(results),
        coco_names=NAMES,
        few=FEW,
        galleries=galleries(results),
        empty=empty_pages(results),
        has_truth=results.subject.has_truth,
        was_read=results.config.ocr.engine != "none",
        subject=results.subject,
        config=as_yaml(results.config),
        made=datetime.now(timezone.utc).strftime("%d %B %Y, %H:%M UTC"),
    )


def percent(value: float | None) -> str:
    """A share as a percentage with one decimal; a dash where it is undefined."""
    return "–" if value is None else f"{100 * value:.1f} %"


def _reasons(metrics: dict[str, Any]) -> Callable[[str], str]:
    return lambda name: str(metrics["reasons"].get(name, ""))


def tiles(results: Results) -> list[dict[str, str]]:
    """The headline figures: name, value, what it is out of."""
    metrics = results.metrics
    exact = sum(item.same for item in results.items)
    links, answers = metrics["end_to_end"]["links"], metrics["end_to_end"]["answers"]
    astray = sum(item.leads_astray and item.scored for item in results.items)
    empty = metrics["detection"]["empty_pages"]
    rows = [
        ("end_to_end.normalised.recall", "printed links read right", f"{exact} of {links} links"),
        ("end_to_end.normalised.precision", "answers that are right", f"{exact} of {answers} answers"),
        ("end_to_end.wrong_destination_rate", "answers that lead astray", f"{astray} of {answers} answers"),
        ("end_to_end.cer", "character error rate", "end to end, missed links included"),
        ("detection.ap", "detection AP", "COCO, IoU 0.5 to 0.95"),
        ("detection.ap50", "detection AP50", "COCO, IoU 0.5"),
    ]
    shown = [
        {"name": label, "value": percent(value_of(metrics, name)), "note": metrics["reasons"].get(name, note)}
        for name, label, note in rows
    ]
    alarms = metrics["detection"]["false_alarms_per_empty_page"]
    note = metrics["reasons"].get("detection.false_alarms_per_empty_page", f"over {empty} pages without links")
    shown.append({"name": "false alarms a page", "value": "–" if alarms is None else f"{alarms:.2f}", "note": note})
    return shown if results.subject.has_truth else _tiles_without_truth(results)


def _tiles_without_truth(results: Results) -> list[dict[str, str]]:
    pages = len(results.pages)
    silent = pages - len({item.page for item in results.items})
    read = sum(bool(item.answer) for item in results.items)
    return [
        {"name": "pictures", "value": str(pages), "note": "nothing is known of what they show"},
        {"name": "prefixes found", "value": str(len(results.items)), "note": "at the operating point"},
        {"name": "links read", "value": str(read), "note": "whether rightly, nobody knows"},
        {"name": "pictures without a find", "value": str(silent), "note": f"of {pages}"},
    ]


def funnel(results: Results) -> list[dict[str, Any]]:
    """From print to link: how many are left after each stage, over links whose text is known."""
    links = [item for item in results.items if item.truth and item.scored]
    stages = [
        ("printed", len(links)),
        ("found", sum(item.detection is not None for item in links)),
        ("something read", sum(bool(item.answer) for item in links)),
        ("read right", sum(item.same for item in links)),
    ]
    shown = stages if results.config.ocr.engine != "none" else stages[:2]
    return [{"name": name, "count": count, "share": count / len(links)} for name, count in shown] if links else []


def _curves(results: Results) -> dict[str, Markup]:
    curve = threshold_curve(results.subject.dataset, results.pages)
    if curve is None or results.coco is None or not results.coco.recall:
        return {}
    threshold = results.config.score_threshold
    detection = results.metrics["detection"]
    at = (
        None
        if detection["recall"] is None or detection["precision"] is None
        else (detection["recall"], detection["precision"])
    )
    recall, precision = results.coco.recall, results.coco.precision
    return {
        "recall": chart([Series("one", "precision", recall, precision)], "recall", "precision",
                        "Precision over recall at IoU 0.5", at),
        "threshold": chart(_by_threshold(curve), "score threshold", "share",
                           "Precision, recall and F1 over the score threshold",
                           None if detection["f1"] is None else (threshold, detection["f1"])),
    }  # fmt: skip


def _by_threshold(curve: Curve) -> list[Series]:
    """Steps from threshold 1 down to 0."""
    x = [1.0, *curve.threshold.clip(0, 1).tolist(), 0.0]
    lines = (("two", "precision", curve.precision), ("three", "recall", curve.recall), ("one", "F1", curve.f1))
    shown = []
    for kind, name, values in lines:
        y = values.tolist()
        shown.append(Series(kind, name, x, [y[0] if name == "precision" else 0.0, *y, y[-1]]))
    return shown
