"""Model Garden's trainer for our pages: it says how long devices wait for them, and validates on each host alone.

A share of waiting near 0 means that the devices decide how fast a run is; near 1 that reading, decoding or rendering
does, and that more cores, more workers (`stream.workers`) or larger steps would make it faster.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import tensorflow as tf
from official.core import base_trainer
from official.modeling.optimization.ema_optimizer import ExponentialMovingAverage

from train.checkpoint import AVERAGE

WAIT_SHARE = "input_wait_share"


def _now() -> tf.Tensor:
    """Seconds on a clock; TensorFlow's own is refused where operations are to be deterministic."""
    return tf.ensure_shape(tf.numpy_function(time.monotonic, [], tf.float64), [])


class PageTrainer(base_trainer.Trainer):  # type: ignore[misc]  # Model Garden ships no types
    """Made and used within the scope of the strategy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Model Garden's."""
        super().__init__(*args, **kwargs)
        self._waited = tf.Variable(0.0, dtype=tf.float64, trainable=False, name="seconds_waited")
        self._waited_before = 0.0
        self._trained_s = 0.0
        self._began = 0.0
        self._raw: tuple[list[Any], list[Any]] = [], []

    @property
    def wait_share(self) -> float | None:
        """Share of this session's training time that went by in waiting for input; None before the first step."""
        return self._waited_before / self._trained_s if self._trained_s else None

    def next_train_inputs(self, iterator: Any) -> Any:
        """The next batch, on the host; a step begins when it is there."""
        asked = _now()
        with tf.control_dependencies([asked]):
            inputs = super().next_train_inputs(iterator)
        with tf.control_dependencies(tf.nest.flatten(inputs, expand_composites=True)):
            self._waited.assign_add(_now() - asked)
        return inputs

    def train_loop_begin(self) -> None:
        """Starts the clock of some steps."""
        super().train_loop_begin()
        self._began = time.monotonic()

    def train_loop_end(self) -> dict[str, Any]:
        """The logs of Model Garden, and the share of waiting in these steps."""
        logs: dict[str, Any] = super().train_loop_end()
        seconds, waited = time.monotonic() - self._began, float(self._waited.numpy())
        self._trained_s += seconds
        logs[WAIT_SHARE] = (waited - self._waited_before) / seconds
        self._waited_before = waited
        return logs

    def distribute_dataset(self, dataset_or_fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Crops to learn from are split among devices and hosts; pages to validate on are not.

        They come one at a time, each of its own size, and COCO's numbers need all of them in one place.
        """
        (params,) = args
        if params.is_training:
            return super().distribute_dataset(dataset_or_fn, *args, **kwargs)
        return dataset_or_fn(params)

    def eval_begin(self) -> None:
        """Averaged weights, where there are any, take the place of the raw ones, to the last bit.

        Model Garden exchanges them by adding and subtracting, which rounds.
        """
        raw, averages = ([weight.numpy() for weight in weights] for weights in self._averaged())
        super().eval_begin()
        self._assign(averages, raw)
        self._raw = raw, averages

    def eval_end(self, aggregated_logs: Any = None) -> dict[str, Any]:
        """As Model Garden's; raw weights and averages are what they were."""
        logs: dict[str, Any] = super().eval_end(aggregated_logs)
        self._assign(*self._raw)
        return logs

    def _averaged(self) -> tuple[list[Any], list[Any]]:
        """Weights that the optimizer averages, and their averages."""
        if not isinstance(self.optimizer, ExponentialMovingAverage):
            return [], []
        weights = list(self.model.trainable_variables)
        return weights, [self.optimizer.get_slot(weight, AVERAGE) for weight in weights]

    def _assign(self, weights: Sequence[Any], averages: Sequence[Any]) -> None:
        for variables, values in zip(self._averaged(), (weights, averages), strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def eval_step(self, iterator: Any) -> dict[str, Any]:
        """Detects on the next page, on one device."""
        found = self.task.validation_step(next(iterator), model=self.model)
        return dict(tf.nest.map_structure(lambda value: (value,), found))
