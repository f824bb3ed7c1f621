"""What a sweep of training runs ends in: its table, the trials worth their cost, and the best one to run again."""

from __future__ import annotations

import importlib
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

from omegaconf import DictConfig, open_dict, read_write

from conf.schema.train import TrainConfig
from data.files import read_json
from train.best import write_best
from train.folder import COST, METRICS, best_scores
from train.pareto import plot
from train.sweep import Columns, ResultsTable, Row

PARETO = "pareto"


def _measures(trial: Path) -> Row:
    if not (trial / METRICS).is_file():
        return {}
    metrics = read_json(trial / METRICS)
    scores, cost = best_scores(metrics), read_json(trial / COST) if (trial / COST).is_file() else {}
    return (
        {name: scores.get(name) for name in ("ap", "ap50")}
        | {name: metrics[name] for name in ("parameters", "seconds")}
        | {name: cost.get(name) for name in ("size_mb", "latency_ms")}
    )


TRAINING = Columns(
    ("ap", "ap50", "parameters", "size_mb", "latency_ms", "seconds"),
    _measures,
    ("ap",),
    aside=("parameters", "seconds"),
)


class TrainingTable(ResultsTable):
    """Hydra callback of `conf/train.yaml`: what the detectors cost, which are worth their cost, and the best one."""

    schema: ClassVar[type] = TrainConfig
    columns: ClassVar[Columns] = TRAINING

    def __init__(self, cost: bool = True) -> None:
        """Takes whether to convert and time the networks: half a minute for each shape of network."""
        self._cost = cost

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Tells Optuna, where it is the sweeper, what a trial returns: a validation AP, or nothing where it failed."""
        super().on_multirun_start(config, **kwargs)
        sweeper = config.hydra.sweeper
        if "direction" not in sweeper:
            return
        with read_write(config), open_dict(config):
            sweeper.direction, sweeper.max_failure_rate = "maximize", 1.0
        for name in ("optuna", "hydra_plugins.hydra_optuna_sweeper"):  # trials that fail are reported here already
            importlib.import_module(name)
            logging.getLogger(name).setLevel(logging.ERROR)

    def measure(self, folder: Path) -> None:
        """Converts and times the detectors, when no trial runs beside it."""
        runs = [path.parent for path in sorted(folder.glob(f"*/{METRICS}")) if not (path.parent / COST).is_file()]
        if self._cost and runs:
            print("Measuring size and latency …")
            # Apart, as the trials are: what was imported for them is gone, and TensorFlow was never imported here.
            subprocess.run([sys.executable, "-m", "train.cost", *map(str, runs)], check=False)

    def conclude(self, folder: Path, rows: list[Row]) -> None:
        """Draws the Pareto front and writes the best trial's configuration."""
        scored = [row for row in rows if row["ap"] is not None and row["failed"] is None]
        if not scored:
            return
        for picture in plot(scored, folder, PARETO):
            print(f"{picture}: quality against latency and size")
        best = scored[0]
        about = f"Trial {best['trial']} of {len(rows)}: validation AP {best['ap']:.3f}, the best of its sweep."
        file = write_best(best["folder"], folder, about)
        print(f"{file}: the best trial again: python -m train --config-dir {folder} experiment=best out=runs/best")
