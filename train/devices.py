"""What a run computes on: threads, cards and hosts. Set before TensorFlow starts its devices, once in a process."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf
from official.common import distribute_utils

from conf import UserError
from conf.schema.devices import DevicesConfig
from train.folder import LOGS, SAVED_MODEL
from train.quiet import native_quiet


def claim(config: DevicesConfig, batch_size: int) -> tf.distribute.Strategy:
    """Takes the devices of a run; graphics memory as it is needed, so that several runs can share a card.

    Args:
        config: which.
        batch_size: crops a step, to be split among the devices.

    Raises:
        UserError: where they are not there, cannot share the batch, or this process computes on others already.
    """
    with native_quiet():  # where there is no card, its driver is said to be missing
        cards = tf.config.list_physical_devices("GPU")
        try:
            _configure(config, cards)
        except RuntimeError:
            raise UserError(
                "devices: TensorFlow runs in this process already, with other threads or devices than are asked for."
            ) from None
        strategy = _strategy(config, len(cards))
    if batch_size % strategy.num_replicas_in_sync:
        raise UserError(f"batch_size={batch_size} cannot be split among {strategy.num_replicas_in_sync} devices.")
    return strategy


def _configure(config: DevicesConfig, cards: list[tf.config.PhysicalDevice]) -> None:
    threads = config.threads
    if threads is not None and threads != tf.config.threading.get_intra_op_parallelism_threads():
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    for card in cards:
        if not tf.config.experimental.get_memory_growth(card):
            tf.config.experimental.set_memory_growth(card, True)
    if config.virtual_cpus is not None:
        (processor,) = tf.config.list_physical_devices("CPU")
        parts = [tf.config.LogicalDeviceConfiguration()] * config.virtual_cpus
        if tf.config.get_logical_device_configuration(processor) != parts:
            tf.config.set_logical_device_configuration(processor, parts)


def _strategy(config: DevicesConfig, cards: int) -> tf.distribute.Strategy:
    if config.virtual_cpus is not None:
        return tf.distribute.MirroredStrategy([f"/cpu:{number}" for number in range(config.virtual_cpus)])
    if config.strategy == "mirrored":
        if not cards:
            raise UserError(
                "devices.strategy=mirrored needs graphics cards, and there is none; try it with devices.virtual_cpus=2."
            )
        return distribute_utils.get_distribution_strategy("mirrored", num_gpus=cards)
    if config.strategy == "multi_worker":
        if "TF_CONFIG" not in os.environ:
            raise UserError(
                "devices.strategy=multi_worker needs the environment variable TF_CONFIG on each machine: "
                '{"cluster": {"worker": ["host:port", …]}, "task": {"type": "worker", "index": 0}}.'
            )
        return distribute_utils.get_distribution_strategy("multi_worker_mirrored")
    return distribute_utils.get_distribution_strategy("one_device", num_gpus=min(cards, 1))


@contextlib.contextmanager
def own_folder(strategy: tf.distribute.Strategy, out: Path) -> Iterator[Path]:
    """Where this host writes: the first one into the run's folder, the others into a copy that is thrown away.

    All hosts must save and restore together, since reading a variable may need all of them.

    Args:
        strategy: from `claim`.
        out: folder of the run, which all hosts see.
    """
    if strategy.extended.should_checkpoint:
        yield out
        return
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / out.name
        shutil.copytree(out, copy, ignore=shutil.ignore_patterns(LOGS, SAVED_MODEL))
        yield copy
