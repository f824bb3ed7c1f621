"""The trained detector for phones and small machines: LiteRT (.tflite), without suppression, for one picture size.

What the converter wrote is run, and its answer held against the network's: a converter can end without an error and
leave a model that says something else.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from conf.schema.export import CalibrationConfig, ConvertConfig
from data.files import replacing_folder
from train.convert import Sizes
from train.export import load
from train.fixed import Fixed, fixed_size
from train.integer import integer_model
from train.quiet import native_quiet, quiet
from train.signature import OPERATING_POINT, SIGNATURE, write_signature

MODEL = "model.tflite"
_TOLERANCE = {"float32": 1e-3, "float16": 2e-2}
"""Greatest difference of a score between the network and the converted model."""


def convert_lite(command: ConvertConfig) -> Sizes:
    """Converts the newest checkpoint of a run and checks what came out.

    Raises:
        UserError: where the run is missing, or what integers need to be calibrated.
        RuntimeError: where the converted model answers otherwise than the network.
    """
    with (
        quiet(),
        native_quiet(),
        fixed_size(load(Path(command.run)), (command.height_px, command.width_px)) as network,
    ):
        return write_lite(network, command.quantise, command.calibration, Path(command.out))


def write_lite(network: Fixed, quantise: str, calibration: CalibrationConfig, out: Path) -> Sizes:
    """Converts a network and checks what came out.

    Args:
        network: at its size.
        quantise: float32, float16 or int8.
        calibration: pages that int8 is calibrated on.
        out: new folder, or one of an earlier conversion.

    Raises:
        UserError, RuntimeError: as `convert_lite`.
    """
    with replacing_folder(out, (MODEL, SIGNATURE, OPERATING_POINT)) as made:
        if quantise == "int8":
            content, said = integer_model(network, calibration)
        else:
            content, said = _float_model(network, quantise), network.signature(quantise)
        (made / MODEL).write_bytes(content)
        write_signature(made, said)
    return Sizes(network.run.parameters, len(content), len(gzip.compress(content)))


def _float_model(network: Fixed, quantise: str) -> bytes:
    converter = tf.lite.TFLiteConverter.from_saved_model(str(network.whole))
    if quantise == "float16":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    content = bytes(converter.convert())
    picture = np.random.default_rng(0).uniform(0, 255, (1, *network.size, 3)).astype(np.float32)
    _check(content, network.whole, picture, _TOLERANCE[quantise])
    return content


def _check(content: bytes, folder: Path, picture: npt.NDArray[np.float32], tolerance: float) -> None:
    answer: Any = tf.lite.Interpreter(model_content=content).get_signature_runner()(image=picture)
    network = tf.saved_model.load(str(folder)).signatures["serving_default"](image=tf.constant(picture))
    off = float(np.abs(answer["scores"] - network["scores"].numpy()).max())
    if not off <= tolerance:
        raise RuntimeError(f"the converted model's scores are off by {off:.3g}; at most {tolerance} was expected")
