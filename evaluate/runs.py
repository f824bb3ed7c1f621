"""A finished evaluation as it lies in its folder, for those who compare or judge it without pictures and models."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conf import UserError
from evaluate.metrics import Metrics, read_metrics
from evaluate.stored import MATCHES, Stored, load

_METRICS, _ITEMS = "metrics.json", "items.jsonl"


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """One evaluation with truth.

    Attributes:
        folder: where it lies.
        metrics: its numbers.
        stored: its counts and matches.
        items: lines of items.jsonl.
    """

    folder: Path
    metrics: Metrics
    stored: Stored
    items: list[dict[str, Any]]

    @property
    def was_read(self) -> bool:
        """Whether an engine read what was found."""
        return self.metrics.waterfalls.as_run is not None or self.metrics.end_to_end.links is not None


def read_run(folder: Path) -> FinishedRun:
    """Reads the folder of an evaluation.

    Raises:
        UserError: where it is none, was not finished, has no truth, or a file is broken.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder; name the one that python -m evaluate wrote (its out=).")
    metrics = read_metrics(folder / _METRICS)
    if metrics.dataset.links is None:
        raise UserError(f"{folder} was evaluated on pictures without truth; there is nothing to compare or judge.")
    return FinishedRun(folder, metrics, load(folder / MATCHES), _items(folder / _ITEMS))


def _items(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(f"{path} cannot be read ({error}); run the evaluation again.") from None
