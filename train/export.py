"""The trained detector as a SavedModel that asks for nothing but a picture.

Signature `serving_default`: `image` uint8 [1, height, width, 3], RGB, of any size, upright →
`detection_boxes` float32 [1, 100, 4] (ymin, xmin, ymax, xmax) in pixels of that picture,
`detection_scores` float32 [1, 100] falling, `detection_classes` int32 [1, 100] from 1, `num_detections` int32 [1].
Scaling, normalisation, anchors and non-maximum suppression are inside, and so is what `preprocess=…` did to the
pictures of the set. Where that is anything, a second signature, `prepared`, takes pictures that it was done to already.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tensorflow as tf
import tf_keras

from conf.schema.export import ExportConfig
from conf.schema.preprocess import PreprocessConfig
from conf.schema.train import TrainConfig
from data.enhance import enhanced
from data.files import replacing_folder
from data.preprocess import Placement, changes_nothing
from train.checkpoint import find_checkpoint, load_network
from train.decode import MAX_DETECTIONS, anchors, decoded_boxes, detect, flat_outputs
from train.experiment import network
from train.folder import CHECKPOINTS, read_classes, read_config, read_preprocess
from train.preprocess import TENSORS, normalise, normalise_rows, page_input, prepared
from train.quiet import quiet
from train.raw import ENCODED, SIDES, raw_maps, raw_outputs, slim_head
from train.signature import OPERATING_POINT, SIGNATURE, view_entries, write_signature
from train.task import build_network, used_weights

SERVING, PREPARED, RAW = "serving_default", "prepared", "raw"
_WEIGHTS = ("weights.index", "weights.data-00000-of-00001")
_FILES = ("saved_model.pb", "fingerprint.pb", "variables", "assets", "assets.extra", SIGNATURE, OPERATING_POINT)


def export(command: ExportConfig) -> Path:
    """Exports the newest checkpoint of a run again, as a SavedModel; returns the folder.

    Raises:
        UserError: where the run or its checkpoint is missing.
    """
    out = Path(command.folder)
    with quiet():
        run = load(Path(command.run))
        save_detector(run.model, run.config, run.classes, out, run.preprocess, run.folder)
        if command.weights is not None:
            save_weights(run.model, Path(command.weights))
    return out


def save_weights(model: tf_keras.Model, folder: Path) -> None:
    """Writes backbone, pyramid and head as a checkpoint without the optimizer's memory, for `init_checkpoint`."""
    with replacing_folder(folder, _WEIGHTS) as scratch:
        tf.train.Checkpoint(**model.checkpoint_items).write(str(scratch / "weights"))


@dataclass(frozen=True)
class Run:
    """What is exported of a run: the network with its newest weights, and what belongs to it."""

    folder: Path
    config: TrainConfig
    classes: tuple[str, ...]
    model: tf_keras.Model
    preprocess: PreprocessConfig

    @property
    def parameters(self) -> int:
        """Numbers that the network holds."""
        return parameters(self.model, self.config)

    @property
    def view(self) -> dict[str, Any]:
        """What `signature.json` says in every format."""
        return view_entries(self.config.export, self.classes, self.preprocess, self.parameters, self.folder)


def load(run: Path) -> Run:
    """Everything of a run that an export needs.

    Raises:
        UserError: where a part of it is missing.
    """
    return Run(run, *load_run(run), read_preprocess(run))


def load_run(run: Path) -> tuple[TrainConfig, tuple[str, ...], tf_keras.Model]:
    """Configuration, class names and network, with the weights of its newest checkpoint, of a run.

    Raises:
        UserError: where one of them is missing.
    """
    config, classes = read_config(run), read_classes(run)
    model = build_network(network(config.model, config.crop.size_px, len(classes)))
    load_network(model, find_checkpoint(run / CHECKPOINTS))
    return config, classes, model


def save_detector(
    model: tf_keras.Model,
    config: TrainConfig,
    classes: tuple[str, ...],
    folder: Path,
    preprocess: PreprocessConfig | None = None,
    run: Path | None = None,
    add: Callable[[Path], None] | None = None,
    *,
    raw: bool = False,
) -> None:
    """Writes the SavedModel and, in it, `signature.json`, which says the same to people and other tools.

    Args:
        preprocess: what was done to the pictures of the set; the model does it to those that it is given.
        run: folder of the run, where an operating point may lie.
        add: writes more files into the folder.
        raw: with a third signature, `raw`, which gives what models for one picture size give, to hold them against.
    """
    steps = preprocess or PreprocessConfig()

    def find(picture: tf.Tensor) -> dict[str, tf.Tensor]:
        page, scale = page_input(picture, config.export)
        return detect(model, page, scale, tf.shape(picture)[:2], config.model, config.export, len(classes))

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        if changes_nothing(steps):
            return find(image[0])
        picture, place = prepared(image[0], steps)
        return _placed_back(find(picture), place)

    def answer(image: tf.Tensor) -> dict[str, tf.Tensor]:
        pixels = normalise(enhanced(image[0], steps, TENSORS))[tf.newaxis]
        scores, deltas = flat_outputs(model, pixels, len(classes))
        size = tf.shape(image)[1:3]
        return {"boxes": decoded_boxes(deltas, anchors(size[0], size[1], config.model), size), "scores": scores}

    signatures = {SERVING: tf.function(serve, input_signature=[_picture(tf.uint8)])}
    if not changes_nothing(steps):
        signatures[PREPARED] = tf.function(lambda image: find(image[0]), input_signature=[_picture(tf.uint8)])
    if raw:
        signatures[RAW] = tf.function(answer, input_signature=[_picture(tf.float32)])
    with replacing_folder(folder, _FILES) as scratch:
        _save(model.variables, signatures, scratch)
        view = view_entries(config.export, classes, steps, parameters(model, config), run)
        if add is not None:
            add(scratch)
        write_signature(scratch, _ENDS | view)


_ENDS = {
    "input": {"image": "uint8 [1, height, width, 3], RGB, upright, any size"},
    "outputs": {
        "detection_boxes": f"float32 [1, {MAX_DETECTIONS}, 4], ymin xmin ymax xmax, pixels of the input picture",
        "detection_scores": f"float32 [1, {MAX_DETECTIONS}], falling, 0 where there is no detection",
        "detection_classes": f"int32 [1, {MAX_DETECTIONS}], from 1",
        "num_detections": "int32 [1]",
    },
}
"""What `signature.json` says that a SavedModel takes and gives."""


def _placed_back(found: dict[str, tf.Tensor], place: Placement) -> dict[str, tf.Tensor]:
    """Detections on the prepared picture as detections on the picture that was handed over."""
    offset = tf.cast(tf.stack([place.top, place.left] * 2), tf.float32)
    scale = tf.cast(tf.stack([place.scale_y, place.scale_x] * 2), tf.float32)
    is_found = tf.range(MAX_DETECTIONS) < found["num_detections"][0]
    boxes = (found["detection_boxes"] + offset) / scale * tf.cast(is_found, tf.float32)[:, tf.newaxis]
    return {**found, "detection_boxes": boxes}


def save_web(run: Run, size: tuple[int, int], folder: Path) -> None:
    """Writes a SavedModel for one picture size that leaves suppression to the browser.

    `image` float32 [1, height, width, 3] in 0…255 → `boxes` float32 [1, n, 4] (ymin, xmin, ymax, xmax) in its
    pixels, `scores` float32 [1, n, classes]. What was done to the pictures of the set the model does, but for
    scaling and cropping, which are the page's part.

    Args:
        size: (height, width), multiples of 32.
    """
    model, settings, classes = run.model, run.config.model, len(run.classes)
    head = slim_head(model, classes, SIDES)

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        # Taking the batch off and putting it on again costs two copies of the picture.
        is_plain = changes_nothing(run.preprocess)
        pixels = image if is_plain else enhanced(image[0], run.preprocess, TENSORS)[tf.newaxis]
        scores, boxes = raw_outputs(model, head, normalise_rows(pixels), settings, classes)
        return {"boxes": boxes, "scores": scores}

    picture = _picture(tf.float32, *size)
    _save(_weights(model, head), {SERVING: tf.function(serve, input_signature=[picture])}, folder)


def save_heads(run: Run, size: tuple[int, int], folder: Path) -> None:
    """Writes a SavedModel for one picture size of nothing that integers could not compute.

    `image` float32 [1, height, width, 3], normalised → `deltas` float32 [1, n, 4] (dy, dx, dh, dw of each anchor),
    `scores` float32 [1, n, classes].
    """
    head, classes = slim_head(run.model, len(run.classes), ENCODED), len(run.classes)

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        class_maps, box_maps = raw_maps(run.model, head, image)
        logits = [tf.reshape(maps, [1, -1, classes]) for maps in class_maps.values()]
        deltas = [tf.reshape(maps, [1, -1, 4]) for maps in box_maps.values()]
        return {"deltas": tf.concat(deltas, axis=1), "scores": tf.sigmoid(tf.concat(logits, axis=1))}

    picture = _picture(tf.float32, *size)
    _save(_weights(run.model, head), {SERVING: tf.function(serve, input_signature=[picture])}, folder)


def _weights(model: tf_keras.Model, head: tf_keras.layers.Layer) -> list[tf.Variable]:
    return [*model.backbone.variables, *model.decoder.variables, *head.variables]


def _picture(dtype: tf.DType, height: int | None = None, width: int | None = None) -> tf.TensorSpec:
    return tf.TensorSpec([1, height, width, 3], dtype, name="image")


def _save(weights: list[tf.Variable], signatures: Mapping[str, Any], folder: Path) -> None:
    module = tf.Module()
    # The variables alone: handed the model, Keras would trace and store every layer once more.
    module.weights = weights
    module.traced = dict(signatures)
    tf.saved_model.save(module, str(folder), signatures=module.traced)


def parameters(model: tf_keras.Model, config: TrainConfig) -> int:
    """Numbers that the exported network holds."""
    return sum(math.prod(weight.shape) for weight in used_weights(model, config.model))
