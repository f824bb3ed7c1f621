"""What an evaluation cost, as rows of a table: times a stage, sizes, memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluate.report.words import milliseconds, size


@dataclass(frozen=True, slots=True)
class Time:
    """One stage: its name and its times as text, one for each column of `Costs.columns`."""

    stage: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Costs:
    """Times a stage in a table, and everything else in a list."""

    columns: list[str]
    times: list[Time]
    others: list[tuple[str, str]]


def costs(tree: Mapping[str, Any]) -> Costs:
    """Every number under `cost`, whatever its stages are called: the unit is the end of a name."""
    stages = {name: value for name, value in tree.items() if isinstance(value, Mapping)}
    flat = {name: _flat(value) for name, value in stages.items()}
    columns = list(dict.fromkeys(column for cells in flat.values() for column in cells))
    times = [
        Time(_named(name), [_said(f"{column} {name}", cells.get(column)) for column in columns])
        for name, cells in flat.items()
    ]
    others = [(_named(name), _said(name, value)) for name, value in tree.items() if name not in stages]
    return Costs([_named(column) for column in columns], times, others)


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{prefix}{name} ") if isinstance(value, Mapping) else {prefix + name: value}
    return flat


def _named(name: str) -> str:
    words = name.replace("_", " ")
    for unit in (" ms", " bytes", " s"):
        words = words.removesuffix(unit).replace(f"{unit} ", " ")
    return words


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        return str(value)
    if value is None:
        return "–"
    if any(word in name for word in ("pages", "count", "parameters", "runs", "threads")):
        return f"{value:,.0f}"
    if "bytes" in name:
        return size(value)
    return milliseconds(value) if "ms" in name else f"{value:,g}"
