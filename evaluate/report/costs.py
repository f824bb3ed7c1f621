"""What a page costs, as rows of a table: wall and processor time a stage, size of the model, memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluate.report.words import DASH, milliseconds, size

STAGES = {
    "load_ms": "open the picture",
    "detect_ms": "detect",
    "read_ms": "cut out and read",
    "page_ms": "all of it",
}
_SIZES = {
    "model_bytes": "model on disk",
    "model_gzipped_bytes": "model, gzipped",
    "parameters": "parameters",
    "peak_memory_bytes": "peak memory",
}


@dataclass(frozen=True, slots=True)
class Time:
    """One stage: wall time (median, 95th percentile, mean with its interval) and processor time, as text."""

    stage: str
    median: str
    p95: str
    mean: str
    cpu_median: str
    cpu_p95: str
    pages: int
    reason: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A size, and why there is none where there is none."""

    name: str
    value: str
    reason: str


def times(cost: Mapping[str, Any], reasons: Mapping[str, str]) -> list[Time]:
    """The stages that were measured, or that say why they were not."""
    return [
        _time(label, cost[name], reasons.get(f"cost.{name}.median", ""))
        for name, label in STAGES.items()
        if name in cost
    ]


def _time(label: str, one: Mapping[str, Any], reason: str) -> Time:
    mean = milliseconds(one["mean"])
    if one["mean_interval"] is not None:
        mean += " ({} to {})".format(*(milliseconds(bound) for bound in one["mean_interval"]))
    wall = (milliseconds(one["median"]), milliseconds(one["p95"]))
    processor = (milliseconds(one["cpu_median"]), milliseconds(one["cpu_p95"]))
    return Time(label, *wall, mean, *processor, one["pages"], reason)


def sizes(cost: Mapping[str, Any], reasons: Mapping[str, str]) -> list[Fact]:
    """Model and memory."""
    shown = []
    for name, label in _SIZES.items():
        if name not in cost:
            continue
        value = cost[name]
        text = DASH if value is None else f"{value:,}" if name == "parameters" else size(value)
        shown.append(Fact(label, text, reasons.get(f"cost.{name}", "")))
    return shown
