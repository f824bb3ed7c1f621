"""The outer loop of a run: train to the next checkpoint or validation, save, validate, and on, to the last step.

Orbit's own loop counts from where a session starts; this one stops at the same steps whether or not a run was killed
on the way, and knows when to stop early.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orbit
import tensorflow as tf

from conf.schema.train import TrainConfig
from train.experiment import STEPS_PER_REPORT
from train.folder import CHECKPOINTS, LOGS
from train.validations import Validations

Action = Callable[[Mapping[str, Any]], None]


class Loop:
    """Runs Model Garden's trainer by Orbit's controller; made and used within the scope of the strategy."""

    def __init__(
        self,
        trainer: Any,
        config: TrainConfig,
        out: Path,
        validations: Validations | None,
        *,
        after_steps: Sequence[Action],
        after_validation: Sequence[Action],
    ) -> None:
        """Restores the newest checkpoint of the run, or loads what the task starts from.

        Args:
            trainer: Model Garden's.
            config: of the run.
            out: its folder.
            validations: what was validated; None where there is nothing to validate on.
            after_steps: called after every few steps with the losses.
            after_validation: called after each validation with its scores.
        """
        self._config = config
        self._validations = validations
        self._step = trainer.global_step
        self._checkpoints = tf.train.CheckpointManager(
            trainer.checkpoint, str(out / CHECKPOINTS), config.keep_checkpoints, init_fn=trainer.initialize
        )
        self._controller = orbit.Controller(
            strategy=tf.distribute.get_strategy(),
            trainer=trainer,
            evaluator=trainer if validations is not None else None,
            global_step=trainer.global_step,
            steps_per_loop=STEPS_PER_REPORT,
            summary_interval=STEPS_PER_REPORT,
            checkpoint_manager=self._checkpoints,
            train_actions=after_steps,
            eval_actions=after_validation,
            summary_dir=str(out / LOGS / "train"),
            eval_summary_dir=str(out / LOGS / "validation"),
        )

    def run(self) -> int:
        """Trains to the last step, or until validations stall; returns the step."""
        if self._due():  # a kill came between the checkpoint and its validation
            self._controller.evaluate()
        while self._at < self._config.steps and not self._stalled():
            self._controller.train(self._next_stop(), checkpoint_at_completion=False)
            # A validation comes after its checkpoint: it swaps in the averaged weights, and may be interrupted.
            if self._at % self._config.checkpoint_every_steps == 0 or self._due():
                self.save()
            if self._due():
                self._controller.evaluate()
        self.save()
        return self._at

    def save(self) -> None:
        """Writes a checkpoint, where this step has none yet."""
        if not str(self._checkpoints.latest_checkpoint).endswith(f"-{self._at}"):
            self._checkpoints.save(checkpoint_number=self._at)

    @property
    def _at(self) -> int:
        return int(self._step.numpy())

    def _next_stop(self) -> int:
        intervals = [self._config.checkpoint_every_steps]
        if self._validations is not None:
            intervals.append(self._config.validation.every_steps)
        return min(self._config.steps, *((self._at // every + 1) * every for every in intervals))

    def _due(self) -> bool:
        """Whether this step is to be validated, and was not."""
        if self._validations is None or self._at == 0 or self._validations.covers(self._at):
            return False
        return self._at % self._config.validation.every_steps == 0 or self._at == self._config.steps

    def _stalled(self) -> bool:
        patience = self._config.validation.patience
        if self._validations is None or not self._validations.stalled(patience):
            return False
        sys.stderr.write(f"Stopped at step {self._at}: no better AP in the last {patience} validations.\n")
        return True
