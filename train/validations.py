"""What the validations of a run said, and the best of them with its weights.

`validations.json` tells all of them, also to a run that goes on after a kill: which was the best, and for how many
there was no better one. `best/` is a run folder in small, written anew with each better validation: whatever takes a
run takes it too (`python -m train convert run=runs/first/best`).
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf

from data.files import read_json, replacing_folder, write_json
from train.dataset import LABEL_MAP
from train.folder import BEST, BEST_FILES, CHECKPOINTS, CONFIG, DATA, METRICS, VALIDATIONS
from train.signature import OPERATING_POINT

METRIC = "AP"
"""The best validation is the one in which this is highest, by Model Garden's name."""
_SCORES = {"ap": METRIC, "ap50": "AP50", "ap75": "AP75", "ar100": "ARmax100"}
_OF_THE_WEIGHTS = (*BEST_FILES, OPERATING_POINT)

Scores = dict[str, float | None]


class Validations:
    """All validations of a run up to now; to Model Garden's trainer it is the exporter of the best checkpoint."""

    def __init__(self, run: Path, step: int) -> None:
        """Reads those of earlier sessions, up to the step from which this one goes on."""
        self._run = run
        stored = read_json(run / VALIDATIONS) if (run / VALIDATIONS).is_file() else []
        self._entries: list[dict[str, Any]] = [entry for entry in stored if entry["step"] <= step]

    @property
    def best(self) -> dict[str, Any] | None:
        """Step and scores of the first of the best; None where no validation page had a link."""
        scored = [entry for entry in self._entries if entry["ap"] is not None]
        return max(scored, key=lambda entry: float(entry["ap"])) if scored else None

    @property
    def last(self) -> Scores | None:
        """Scores of the newest, without its step."""
        return {name: self._entries[-1][name] for name in _SCORES} if self._entries else None

    def covers(self, step: int) -> bool:
        """Whether that step was validated."""
        return any(entry["step"] == step for entry in self._entries)

    def stalled(self, patience: int) -> bool:
        """Whether the last `patience` validations were none of them better than one before; never where it is 0."""
        best = self.best
        return patience > 0 and best is not None and len(self._entries) - 1 - self._entries.index(best) >= patience

    def maybe_export_checkpoint(self, checkpoint: Any, logs: Mapping[str, Any], step: int) -> None:
        """Notes a validation, and keeps the weights of the best; Model Garden calls this with averaged weights, if any.

        Args:
            checkpoint: `tf.train.Checkpoint` with the model.
            logs: scores by Model Garden's names; -1 where the pages have no link.
            step: how many steps were trained.
        """
        values = {ours: float(logs[theirs]) for ours, theirs in _SCORES.items()}
        scores = {name: None if value < 0 or math.isnan(value) else value for name, value in values.items()}
        self._entries.append({"step": int(step), **scores})
        if self.best is self._entries[-1]:
            self._keep(checkpoint.model, int(step), scores)
        write_json(self._run / VALIDATIONS, self._entries, indent=2)

    @property
    def best_ckpt_logs(self) -> dict[str, float]:
        """The best score, by Model Garden's name, for TensorBoard."""
        best = self.best
        return {METRIC: float(best["ap"]) if best else -1.0}

    def _keep(self, model: Any, step: int, scores: Scores) -> None:
        before = self._run / BEST
        others = [path for path in before.glob("*") if path.name not in _OF_THE_WEIGHTS]
        with replacing_folder(before, (*_OF_THE_WEIGHTS, *(path.name for path in others))) as folder:
            for name in (CONFIG, DATA, LABEL_MAP):
                shutil.copyfile(self._run / name, folder / name)
            weights = tf.train.Checkpoint(**model.checkpoint_items)
            tf.train.CheckpointManager(weights, str(folder / CHECKPOINTS), max_to_keep=1).save(checkpoint_number=step)
            write_json(folder / METRICS, {"steps": step, "validation": scores}, indent=2)
            for path in others:  # what a user converted or noted there
                copy = shutil.copytree if path.is_dir() else shutil.copy2
                copy(path, folder / path.name)
