"""Weights from checkpoints: a run of ours, a checkpoint of Model Garden's, or a URL of one.

A detector is loaded part by part (backbone, pyramid, head), so that a backbone trained on ImageNet, a whole detector,
and a detector for other classes all serve. What was loaded and what was not is said, with the reason. Where a run
averaged its weights, the averages are loaded: they are what was validated.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf
import tf_keras
from official.modeling.optimization.ema_optimizer import ExponentialMovingAverage
from tensorflow.core.protobuf import trackable_object_graph_pb2

from conf import UserError
from conf.schema.train import PARTS
from train.start import WEIGHTS, start_of

_OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"
AVERAGE = "average"  # Model Garden's name for what its optimizer keeps beside a weight


def load_network(model: Any, prefix: str) -> None:
    """Loads all weights of a network from a checkpoint of a run of the same network."""
    with _reading(prefix):
        tf.train.Checkpoint(**model.checkpoint_items).read(prefix).expect_partial().assert_existing_objects_matched()
        for name, part in model.checkpoint_items.items():
            _load_averages(part, name, prefix)


def load_start(model: Any, source: str, cache: str) -> dict[str, str]:
    """Loads what fits of a checkpoint into a RetinaNet, and prints what did and what did not.

    Args:
        model: `RetinaNetModel`.
        source: `init_checkpoint` as the user gave it.
        cache: folder for fetched files.

    Returns:
        `loaded`, or why not, by part.

    Raises:
        UserError: where nothing is found, or nothing of it fits.
    """
    prefix = find_checkpoint(start_of(source, Path(cache).expanduser()))
    with _reading(prefix):
        outcome = {part: _load_part(getattr(model, part), part, prefix) for part in PARTS}
    sys.stderr.write(f"Start from {prefix}: " + "; ".join(f"{part} {said}" for part, said in outcome.items()) + ".\n")
    if "loaded" not in outcome.values():
        reasons = "; ".join(f"{part} {said}" for part, said in outcome.items())
        raise UserError(f"init_checkpoint={source} fits no part of this model ({reasons}).")
    return outcome


@contextlib.contextmanager
def _reading(prefix: str) -> Iterator[None]:
    """Says in a sentence which checkpoint cannot be read."""
    if not list(Path(prefix).parent.glob(f"{Path(prefix).name}.data-*")):
        raise UserError(f"{prefix}.index has no weights beside it: {prefix}.data-00000-of-00001 is missing.")
    try:
        if _OBJECTS not in {name for name, _ in tf.train.list_variables(prefix)}:
            raise UserError(f"{prefix} was written by TensorFlow 1, or as bare weights; TensorFlow 2's are needed.")
        yield
    except (tf.errors.OpError, IndexError) as error:
        raise UserError(f"{prefix} is damaged or cut short: {str(error).splitlines()[0]}") from None


def find_checkpoint(path: Path) -> str:
    """Prefix of the newest checkpoint at or under `path`: a prefix, a checkpoint folder, or a run of ours.

    Raises:
        UserError: where there is none.
    """
    for prefix in (path, path / WEIGHTS):
        if Path(f"{prefix}.index").is_file():
            return str(prefix)
    for folder in (path, path / "checkpoints"):
        newest = tf.train.latest_checkpoint(str(folder)) if folder.is_dir() else None
        if newest:
            return str(newest)
    # Model Garden's archives come without the small file that names the newest checkpoint.
    found = sorted(path.rglob("*.index"), key=lambda p: p.stat().st_mtime) if path.is_dir() else []
    if not found:
        raise UserError(
            f"{path} holds no TensorFlow checkpoint (*.index with *.data-…); name its folder or its prefix."
        )
    return str(found[-1].with_suffix(""))


def _load_part(part: Any, name: str, prefix: str) -> str:
    """Loads one part whole or leaves it as it was; 'loaded', or why not."""
    if name not in _parts_of(prefix):
        return "not loaded (the checkpoint has none)"
    before = part.get_weights()
    try:
        status = tf.train.Checkpoint(**{name: part}).read(prefix)
        status.expect_partial().assert_existing_objects_matched()
    except (ValueError, AssertionError) as error:
        part.set_weights(before)
        return f"not loaded (it has other {'layers' if isinstance(error, AssertionError) else 'shapes'})"
    _load_averages(part, name, prefix)
    return "loaded"


def _load_averages(part: Any, name: str, prefix: str) -> None:
    """Puts averages in the place of the weights that the checkpoint has averages of."""
    if not any(slot.slot_name == AVERAGE for node in _graph(prefix).nodes for slot in node.slot_variables):
        return
    averages = ExponentialMovingAverage(tf_keras.optimizers.legacy.SGD())
    for weight in part.trainable_variables:  # a frozen one has no average, and stays what it is
        averages.add_slot(weight, AVERAGE, initializer=weight.value())
    tf.train.Checkpoint(**{name: part}, optimizer=averages).read(prefix).expect_partial()
    averages.assign_average_vars(part.trainable_variables)


def _parts_of(prefix: str) -> set[str]:
    """Names of the objects that a checkpoint was made of."""
    return {child.local_name for child in _graph(prefix).nodes[0].children}


def _graph(prefix: str) -> trackable_object_graph_pb2.TrackableObjectGraph:
    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    graph.ParseFromString(tf.train.load_checkpoint(prefix).get_tensor(_OBJECTS))
    return graph
