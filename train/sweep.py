"""What a sweep leaves behind: a table of its trials on the terminal and in `results.csv`, best first.

Hydra calls this as each trial ends, in whatever process the launcher ran it, and once when all have; so trials leave
their part in files. A trial that fails is reported and does not end the sweep.
"""

from __future__ import annotations

import atexit
import csv
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from hydra.core.utils import JobReturn, JobStatus
from hydra.experimental.callback import Callback
from omegaconf import DictConfig
from rich.console import Console
from rich.table import Table

from conf.app import explain
from data.files import read_json, write_json, write_text
from train.folder import TRIAL
from train.trial import swept

RESULTS = "results.csv"
INTERVAL = "_interval"
"""Ends the name of a column with the interval of the column before it."""
_FAILED = 2
Row = dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """What the table of a sweep shows of each trial.

    Attributes:
        measures: names of the columns between the overrides and the failure.
        of: the measures of a trial, by its folder; some may be missing.
        best: measures that the trials are sorted by, the highest first.
        aside: measures that are in the file alone: a terminal is narrow.
    """

    measures: tuple[str, ...]
    of: Callable[[Path], Row]
    best: tuple[str, ...]
    aside: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All columns from left to right."""
        return ("trial", "overrides", *self.measures, "failed")


class ResultsTable(Callback):
    """Hydra callback that makes the table; each command says what its columns are."""

    schema: ClassVar[type]
    columns: ClassVar[Columns]

    def measure(self, folder: Path) -> None:
        """For what can be known of the trials only when all have ended; before the table is made."""

    def conclude(self, folder: Path, rows: list[Row]) -> None:
        """For what follows from the table; after it is shown."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Sees to it that a sweep that is stopped, or whose launcher loses a job, has its table too."""
        atexit.register(self._cut_short, Path(config.hydra.sweep.dir))

    def on_job_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Notes a trial of a sweep as one that was lost, until it ends."""
        if swept():
            hydra = config.hydra
            _note(hydra, list(hydra.overrides.task), "ended before its end")

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **kwargs: Any) -> None:
        """Notes how a trial of a sweep ended."""
        if job_return.hydra_cfg is None or not swept():
            return
        hydra = job_return.hydra_cfg.hydra
        failed = None
        if job_return.status is JobStatus.FAILED:
            failed = _reason(job_return, self.schema)
            sys.stderr.write(f"Trial {hydra.job.num} ({hydra.job.override_dirname}) failed: {failed}\n")
            # Hydra would drop the trials after this one, and this callback with them.
            job_return.status, job_return.return_value = JobStatus.COMPLETED, None
        _note(hydra, list(job_return.overrides or ()), failed)

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Prints and writes the table; ends with status 2 where a trial failed."""
        folder = Path(config.hydra.sweep.dir)
        self.measure(folder)
        atexit.unregister(self._cut_short)
        rows = self._table(folder)
        self.conclude(folder, rows)
        if any(row["failed"] for row in rows):
            sys.exit(_FAILED)

    def _cut_short(self, folder: Path) -> None:
        if any(folder.glob(f"*/{TRIAL}")):
            sys.stderr.write("The sweep ended early; its trials:\n")
            self._table(folder)

    def _table(self, folder: Path) -> list[Row]:
        rows = trials(folder, self.columns)
        write_text(folder / RESULTS, as_csv(rows, self.columns))
        console = Console(stderr=False)
        console.print(as_table(rows, str(folder / RESULTS), self.columns))
        for row in rows:
            if row["failed"]:
                console.print(f"Trial {row['trial']} failed: {row['failed']}", markup=False, highlight=False)
        return rows


def _note(hydra: DictConfig, overrides: list[str], failed: str | None) -> None:
    note = {"trial": hydra.job.num, "overrides": overrides, "failed": failed}
    write_json(Path(hydra.runtime.output_dir) / TRIAL, note)


def _reason(job_return: JobReturn, schema: type) -> str:
    error = job_return._return_value  # asked for by its public name, it is raised
    return explain(error, schema) or f"{type(error).__name__}: {error}".splitlines()[0]


def trials(folder: Path, columns: Columns) -> list[Row]:
    """One row for each trial under a sweep's folder, the best first, failed ones last; `folder` is its own."""
    rows = []
    for path in folder.glob(f"*/{TRIAL}"):
        row: Row = dict.fromkeys(columns.names) | read_json(path) | columns.of(path.parent)
        rows.append(row | {"overrides": " ".join(row["overrides"]), "folder": path.parent})

    def rank(row: Row) -> tuple[Any, ...]:
        return (row["failed"] is not None, *(-(row[name] or 0.0) for name in columns.best), row["trial"])

    return sorted(rows, key=rank)


def as_csv(rows: list[Row], columns: Columns) -> str:
    """The rows with a header line."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns.names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_table(rows: list[Row], title: str, columns: Columns) -> Table:
    """The rows for a terminal; of the overrides those that tell the trials apart, intervals below their values."""
    table = Table(title=title)
    shown_columns = [name for name in columns.names if not name.endswith(INTERVAL) and name not in columns.aside]
    shown_columns.remove("failed")  # a sentence, which has no room here
    for name in shown_columns:
        table.add_column(name, justify="left" if name == "overrides" else "right", overflow="fold")
    common = set.intersection(*(set(row["overrides"].split()) for row in rows)) if len(rows) > 1 else set()
    for row in rows:
        telling = [override for override in row["overrides"].split() if override not in common]
        shown = row | {"overrides": "\n".join(telling)}
        if row["failed"]:
            shown[columns.best[0]] = "failed"
        table.add_row(*(_cell(shown[name], shown.get(name + INTERVAL)) for name in shown_columns))
    return table


def _cell(value: Any, interval: str | None) -> str:
    if value is None:
        return ""
    shown = f"{value:.{3 if abs(value) < 10 else 1}f}" if isinstance(value, float) else str(value)
    return f"{shown}\n{interval}" if interval else shown
