"""What a sweep over detectors and engines ends in: one table, the best first, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from conf.schema.evaluate import EvaluateConfig
from data.files import read_json
from evaluate.metrics import value_of
from train.sweep import INTERVAL, Columns, ResultsTable, Row

_METRICS = "metrics.json"
_SHOWN = {
    "hmean": "end_to_end.normalised.hmean",
    "f1": "detection.f1",
    "false_alarms": "detection.false_alarms_per_empty_page",
}
"""Columns, and the metrics in them."""


def _measures(trial: Path) -> Row:
    if not (trial / _METRICS).is_file():
        return {}
    metrics = read_json(trial / _METRICS)
    row: Row = {}
    for column, name in _SHOWN.items():
        row |= {column: value_of(metrics, name), column + INTERVAL: _span(metrics["intervals"].get(name))}
    cost = metrics["cost"]["page_ms"]
    return row | {
        "page_ms": cost["mean"] and round(cost["mean"]),
        "page_ms" + INTERVAL: _span(cost["mean_interval"], ".0f"),
    }


def _span(interval: list[float] | None, form: str = ".3f") -> str | None:
    return f"{interval[0]:{form}} to {interval[1]:{form}}" if interval else None


class SweepTable(ResultsTable):
    """Hydra callback of `conf/evaluate.yaml`."""

    schema: ClassVar[type] = EvaluateConfig
    columns: ClassVar[Columns] = Columns(
        measures=tuple(column + end for column in (*_SHOWN, "page_ms") for end in ("", INTERVAL)),
        of=_measures,
        best=("hmean", "f1"),
    )
