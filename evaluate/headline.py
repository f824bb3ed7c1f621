"""The last words of the command: the headline figures, and where the report is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluate.metrics import value_of
from evaluate.results import Results

_ROWS = (
    ("detection.ap", "COCO AP", "share"),
    ("detection.ap50", "AP at IoU 0.5", "share"),
    ("detection.f1", "detection F1 at the operating point", "share"),
    ("detection.false_alarms_per_empty_page", "false alarms per page without links", "number"),
    ("end_to_end.normalised.precision", "links read right, of those answered", "share"),
    ("end_to_end.normalised.recall", "links read right, of those printed", "share"),
    ("end_to_end.normalised.hmean", "both (harmonic mean)", "share"),
    ("end_to_end.cer", "character error rate, end to end", "share"),
    ("end_to_end.wrong_destination_rate", "answers that lead astray", "share"),
)


def show(results: Results, out: Path) -> None:
    """Prints the headline table and the path of the report."""
    console = Console()
    table = Table(title=f"{results.metrics['detector']['name']} on {results.subject.path}", title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column(_level(results.metrics["certainty"]), justify="right")
    for name, meaning, kind in _ROWS:
        value = value_of(results.metrics, name)
        reason = results.metrics["reasons"].get(name, "")
        both = results.metrics["intervals"].get(name)
        shown = f"– {reason}" if value is None else _shown(value, kind)
        table.add_row(meaning, shown, " to ".join(_shown(end, kind) for end in both) if both else "")
    console.print(table)
    made = out / ("index.html" if results.config.report.html else "metrics.json")
    console.print(f"{len(results.subject.dataset.images)} pages; report: {made}", highlight=False, soft_wrap=True)


def _shown(value: float, kind: str) -> str:
    return f"{value:.1%}" if kind == "share" else f"{value:.2f}"


def _level(certainty: dict[str, Any] | None) -> str:
    return f"{certainty['confidence']:.0%} interval" if certainty else ""
