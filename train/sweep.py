"""What a sweep leaves behind: a table of its trials on the terminal and in `results.csv`, best first.

Hydra calls this as each trial ends, in whatever process the launcher ran it, and once when all have; so trials leave
their part in files. A trial that fails is reported and does not end the sweep.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn, JobStatus
from hydra.experimental.callback import Callback
from omegaconf import DictConfig
from rich.console import Console
from rich.table import Table

from conf.app import explain
from conf.schema.train import TrainConfig
from data.files import read_json, write_json, write_text
from train.folder import METRICS

TRIAL, RESULTS = "trial.json", "results.csv"
_COLUMNS = ("trial", "overrides", "ap", "ap50", "parameters", "seconds", "failed")
_FAILED = 2


class ResultsTable(Callback):
    """Hydra callback of `conf/train.yaml`."""

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **kwargs: Any) -> None:
        """Notes how a trial of a sweep ended."""
        if job_return.hydra_cfg is None or job_return.hydra_cfg.hydra.mode.name != "MULTIRUN":
            return
        hydra = job_return.hydra_cfg.hydra
        failed = None
        if job_return.status is JobStatus.FAILED:
            failed = _reason(job_return)
            sys.stderr.write(f"Trial {hydra.job.num} ({hydra.job.override_dirname}) failed: {failed}\n")
            # Hydra would drop the trials after this one, and this callback with them.
            job_return.status, job_return.return_value = JobStatus.COMPLETED, None
        note = {"trial": hydra.job.num, "overrides": list(job_return.overrides or ()), "failed": failed}
        write_json(Path(hydra.runtime.output_dir) / TRIAL, note)

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Prints and writes the table; ends with status 2 where a trial failed."""
        folder = Path(config.hydra.sweep.dir)
        rows = trials(folder)
        write_text(folder / RESULTS, as_csv(rows))
        Console(stderr=False).print(as_table(rows, str(folder / RESULTS)))
        if any(row["failed"] for row in rows):
            sys.exit(_FAILED)


def _reason(job_return: JobReturn) -> str:
    error = job_return._return_value  # asked for by its public name, it is raised
    return explain(error, TrainConfig) or f"{type(error).__name__}: {error}".splitlines()[0]


def trials(folder: Path) -> list[dict[str, Any]]:
    """One row for each trial under a sweep's folder, best validation AP first, failed ones last."""
    rows = []
    for path in folder.glob(f"*/{TRIAL}"):
        row: dict[str, Any] = dict.fromkeys(_COLUMNS) | read_json(path)
        if (path.parent / METRICS).is_file():
            metrics = read_json(path.parent / METRICS)
            scores = metrics["validation"] or {}
            row |= {"ap": scores.get("ap"), "ap50": scores.get("ap50")}
            row |= {name: metrics[name] for name in ("parameters", "seconds")}
        rows.append(row | {"overrides": " ".join(row["overrides"])})
    return sorted(rows, key=lambda row: (row["failed"] is not None, -(row["ap"] or 0.0), row["trial"]))


def as_csv(rows: list[dict[str, Any]]) -> str:
    """The rows with a header line."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_table(rows: list[dict[str, Any]], title: str) -> Table:
    """The rows for a terminal; of the overrides those that tell the trials apart."""
    table = Table(title=title)
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name in ("overrides", "failed") else "right")
    common = set.intersection(*(set(row["overrides"].split()) for row in rows)) if len(rows) > 1 else set()
    for row in rows:
        telling = [override for override in row["overrides"].split() if override not in common]
        shown = row | {"overrides": "\n".join(telling)}
        table.add_row(*(_cell(shown[name]) for name in _COLUMNS))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
