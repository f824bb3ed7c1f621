"""What a run computes on: set before TensorFlow starts its devices, which it does once in a process."""

from __future__ import annotations

import tensorflow as tf

from conf import UserError
from conf.schema.devices import DevicesConfig
from train.quiet import native_quiet


def claim(config: DevicesConfig) -> None:
    """Sets threads; graphics memory is taken as it is needed, so that several runs can share a card.

    Raises:
        UserError: where this process computes with another number of threads already.
    """
    if config.threads is not None and config.threads != tf.config.threading.get_intra_op_parallelism_threads():
        try:
            tf.config.threading.set_intra_op_parallelism_threads(config.threads)
            tf.config.threading.set_inter_op_parallelism_threads(config.threads)
        except RuntimeError:
            raise UserError(
                f"devices.threads={config.threads} comes too late: TensorFlow runs in this process already."
            ) from None
    with native_quiet():  # where there is no card, its driver is said to be missing
        cards = tf.config.list_physical_devices("GPU")
    for card in cards:
        if not tf.config.experimental.get_memory_growth(card):
            tf.config.experimental.set_memory_growth(card, True)
