"""The trained detector for phones and small machines: LiteRT (.tflite), without suppression, for one picture size.

What the converter wrote is run, and its answer held against the network's: a converter can end without an error and
leave a model that says something else.
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from conf import UserError
from conf.schema.export import ConvertConfig
from conf.schema.train import TrainConfig
from data.files import replacing_folder, write_json
from train.convert import Sizes, signature
from train.export import SIGNATURE, load_run, parameters, preprocess_entry, save_web
from train.folder import read_preprocess
from train.quiet import native_quiet, quiet

MODEL = "model.tflite"
_TOLERANCE = {"float32": 1e-3, "float16": 2e-2}
"""Greatest difference of a score between the network and the converted model."""


def convert_lite(command: ConvertConfig) -> Sizes:
    """Converts the newest checkpoint of a run and checks what came out.

    Raises:
        UserError: where the run is missing, or weights shall be stored as something else than floats.
        RuntimeError: where the converted model answers otherwise than the network.
    """
    if command.quantise not in _TOLERANCE:
        raise UserError(f"quantise={command.quantise} is none of LiteRT's here; it can be {' or '.join(_TOLERANCE)}.")
    run, size = Path(command.run), (command.height_px, command.width_px)
    with quiet(), native_quiet():
        config, classes, model = load_run(run)
        with tempfile.TemporaryDirectory() as scratch, replacing_folder(Path(command.out), (MODEL, SIGNATURE)) as made:
            save_web(model, config, classes, size, Path(scratch), read_preprocess(run))
            content = _converted(scratch, command.quantise)
            _check(content, scratch, size, _TOLERANCE[command.quantise])
            (made / MODEL).write_bytes(content)
            weights = parameters(model, config)
            write_json(made / SIGNATURE, _signature(command, config, classes, weights), indent=2)
    return Sizes(weights, len(content), len(gzip.compress(content)))


def _converted(folder: str, quantise: str) -> bytes:
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    if quantise == "float16":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def _check(content: bytes, folder: str, size: tuple[int, int], tolerance: float) -> None:
    picture = np.random.default_rng(0).uniform(0, 255, (1, *size, 3)).astype(np.float32)
    interpreter = tf.lite.Interpreter(model_content=content)
    answer = interpreter.get_signature_runner()(image=picture)
    network = tf.saved_model.load(folder).signatures["serving_default"](image=tf.constant(picture))
    off = float(np.abs(answer["scores"] - network["scores"].numpy()).max())
    if not off <= tolerance:
        raise RuntimeError(f"the converted model's scores are off by {off:.3g}; at most {tolerance} was expected")


def _signature(command: ConvertConfig, config: TrainConfig, classes: tuple[str, ...], learnt: int) -> dict[str, Any]:
    return signature(command, classes) | {
        "max_upscale": config.export.max_upscale,
        "min_score": config.export.min_score,
        "nms_iou": config.export.nms_iou,
        "parameters": learnt,
        "preprocess": preprocess_entry(read_preprocess(Path(command.run))),
    }
