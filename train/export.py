"""The trained detector as a SavedModel that asks for nothing but a picture.

Signature `serving_default`: `image` uint8 [1, height, width, 3], RGB, of any size, upright →
`detection_boxes` float32 [1, 100, 4] (ymin, xmin, ymax, xmax) in pixels of that picture,
`detection_scores` float32 [1, 100] falling, `detection_classes` int32 [1, 100] from 1, `num_detections` int32 [1].
Scaling, normalisation, anchors and non-maximum suppression are inside, and so is what `preprocess=…` did to the
pictures of the set. Where that is anything, a second signature, `prepared`, takes pictures that it was done to already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import tensorflow as tf
import tf_keras

from conf.schema.export import ExportConfig
from conf.schema.preprocess import PreprocessConfig
from conf.schema.train import TrainConfig
from data.enhance import enhanced
from data.files import replacing_folder, write_json
from data.preprocess import Placement, changes_nothing
from train.checkpoint import find_checkpoint, load_network
from train.decode import MAX_DETECTIONS, detect
from train.experiment import network
from train.folder import CHECKPOINTS, read_classes, read_config, read_preprocess
from train.preprocess import TENSORS, normalise_rows, page_input, prepared
from train.quiet import quiet
from train.raw import SIDES, raw_outputs, slim_head
from train.task import build_network, used_weights

SIGNATURE = "signature.json"
SERVING, PREPARED = "serving_default", "prepared"
_WEIGHTS = ("weights.index", "weights.data-00000-of-00001")
_FILES = ("saved_model.pb", "fingerprint.pb", "variables", "assets", SIGNATURE)


def export(command: ExportConfig) -> Path:
    """Exports the newest checkpoint of a run again; returns the folder.

    Raises:
        UserError: where the run or its checkpoint is missing.
    """
    out = Path(command.out)
    with quiet():
        config, classes, model = load_run(Path(command.run))
        save_detector(model, config, classes, out, read_preprocess(Path(command.run)))
        if command.weights is not None:
            save_weights(model, Path(command.weights))
    return out


def save_weights(model: tf_keras.Model, folder: Path) -> None:
    """Writes backbone, pyramid and head as a checkpoint without the optimizer's memory, for `init_checkpoint`."""
    with replacing_folder(folder, _WEIGHTS) as scratch:
        tf.train.Checkpoint(**model.checkpoint_items).write(str(scratch / "weights"))


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
) -> None:
    """Writes the SavedModel and, in it, `signature.json`, which says the same to people and other tools.

    Args:
        preprocess: what was done to the pictures of the set; the model does it to those that it is given.
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

    signatures = (
        {SERVING: serve} if changes_nothing(steps) else {SERVING: serve, PREPARED: lambda image: find(image[0])}
    )
    picture = tf.TensorSpec([1, None, None, 3], tf.uint8, name="image")
    with replacing_folder(folder, _FILES) as scratch:
        _save(model.variables, signatures, picture, scratch)
        write_json(scratch / SIGNATURE, _signature(config, classes, steps, parameters(model, config)), indent=2)


def _placed_back(found: dict[str, tf.Tensor], place: Placement) -> dict[str, tf.Tensor]:
    """Detections on the prepared picture as detections on the picture that was handed over."""
    offset = tf.cast(tf.stack([place.top, place.left] * 2), tf.float32)
    scale = tf.cast(tf.stack([place.scale_y, place.scale_x] * 2), tf.float32)
    is_found = tf.range(MAX_DETECTIONS) < found["num_detections"][0]
    boxes = (found["detection_boxes"] + offset) / scale * tf.cast(is_found, tf.float32)[:, tf.newaxis]
    return {**found, "detection_boxes": boxes}


def save_web(
    model: tf_keras.Model,
    config: TrainConfig,
    classes: tuple[str, ...],
    size: tuple[int, int],
    folder: Path,
    preprocess: PreprocessConfig | None = None,
) -> None:
    """Writes a SavedModel for one picture size that leaves suppression to the browser.

    `image` float32 [1, height, width, 3] in 0…255 → `boxes` float32 [1, n, 4] (ymin, xmin, ymax, xmax) in its
    pixels, `scores` float32 [1, n, classes].

    Args:
        size: (height, width), multiples of 32.
        preprocess: what was done to the pictures of the set; the model does it, but for scaling and cropping, which
            are the page's part.
    """
    steps = preprocess or PreprocessConfig()

    head = slim_head(model, len(classes), SIDES)

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        # Taking the batch off and putting it on again costs two copies of the picture.
        pixels = image if changes_nothing(steps) else enhanced(image[0], steps, TENSORS)[tf.newaxis]
        scores, boxes = raw_outputs(model, head, normalise_rows(pixels), config.model, len(classes))
        return {"boxes": boxes, "scores": scores}

    weights = [*model.backbone.variables, *model.decoder.variables, *head.variables]
    _save(weights, {SERVING: serve}, tf.TensorSpec([1, *size, 3], tf.float32, name="image"), folder)


def _save(weights: list[tf.Variable], signatures: Mapping[str, Any], picture: tf.TensorSpec, folder: Path) -> None:
    module = tf.Module()
    # The variables alone: handed the model, Keras would trace and store every layer once more.
    module.weights = weights
    traced = {name: tf.function(serve, input_signature=[picture]) for name, serve in signatures.items()}
    module.traced = traced
    tf.saved_model.save(module, str(folder), signatures=traced)


def parameters(model: tf_keras.Model, config: TrainConfig) -> int:
    """Numbers that the exported network holds."""
    return sum(math.prod(weight.shape) for weight in used_weights(model, config.model))


def _signature(
    config: TrainConfig, classes: tuple[str, ...], preprocess: PreprocessConfig, learnt: int
) -> dict[str, Any]:
    return {
        "input": {"image": "uint8 [1, height, width, 3], RGB, upright, any size"},
        "outputs": {
            "detection_boxes": f"float32 [1, {MAX_DETECTIONS}, 4], ymin xmin ymax xmax, pixels of the input picture",
            "detection_scores": f"float32 [1, {MAX_DETECTIONS}], falling, 0 where there is no detection",
            "detection_classes": f"int32 [1, {MAX_DETECTIONS}], from 1",
            "num_detections": "int32 [1]",
        },
        "classes": list(classes),
        "width_px": config.export.width_px,
        "max_upscale": config.export.max_upscale,
        "min_score": config.export.min_score,
        "nms_iou": config.export.nms_iou,
        "parameters": learnt,
        "preprocess": preprocess_entry(preprocess),
    }


def preprocess_entry(preprocess: PreprocessConfig) -> dict[str, Any] | None:
    """What `signature.json` says of the steps that the model does by itself."""
    return None if changes_nothing(preprocess) else asdict(preprocess)
