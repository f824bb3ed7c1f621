"""Stops a run whose loss or weights are no numbers any more, and keeps the batch it happened with.

The training loop runs many steps before anybody looks, and by then the batch is gone. So the graph notes the step
alone; its batch is made once more, since a step's number says what its crops are.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from data.files import write_bytes

_NONE = -1


class LossWatch:
    """Notes the first step whose loss is not finite, or after which a weight is not, on each device."""

    def __init__(self, step: tf.Variable) -> None:
        """Takes the counter of finished steps; to be called within the strategy's scope."""
        self._step = step
        self._first = tf.Variable(
            _NONE,
            dtype=tf.int64,
            trainable=False,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
        )

    def note(self, loss: tf.Tensor, weights: Sequence[tf.Variable]) -> None:
        """Part of the graph of a step, after its update: a gradient may overflow where the loss does not."""
        good = tf.math.is_finite(loss) & tf.math.is_finite(
            tf.linalg.global_norm([weight.value() for weight in weights])
        )
        seen = self._first >= 0
        self._first.assign(tf.where(seen | good, self._first, tf.cast(self._step, tf.int64)))

    @property
    def first(self) -> int | None:
        """Number of that step, from 0 on; None where all losses were numbers."""
        devices = tf.distribute.get_strategy().experimental_local_results(self._first)
        return min((int(value) for value in devices if int(value) != _NONE), default=None)


def save_batch(path: Path, images: tf.Tensor, labels: dict[str, Any], pages: list[str], step: int) -> None:
    """Writes a training batch as compressed NumPy arrays.

    Args:
        path: of the .npz file.
        images: normalised float32 [batch, height, width, 3].
        labels: from `train.targets.CropLabeler`; maps of several levels become `NAME_LEVEL`.
        pages: where the page of each crop lies.
        step: number of the step, from 0 on.
    """
    arrays = {"images": images.numpy(), "pages": np.array(pages), "step": np.array(step)}
    for name, value in labels.items():
        levels = value.items() if isinstance(value, dict) else [("", value)]
        arrays |= {f"{name}_{level}".rstrip("_"): values.numpy() for level, values in levels}
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    write_bytes(path, content.getvalue())
