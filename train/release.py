"""Everything that is given out of a run, by one command: a folder for each format, with its `signature.json`.

The SavedModel lies in a folder named by its version, as TensorFlow Serving and its kin look for it, with requests in
it that a server answers before it says that it is ready: the first answers of a fresh model take seconds.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf

from conf import UserError
from conf.schema.export import SAVED_MODEL, ExportConfig
from data.files import make_folder
from train.convert import converter, write_tfjs
from train.export import SERVING, Run, load, save_detector, save_weights
from train.fixed import fixed_size
from train.lite import write_lite
from train.quiet import native_quiet, quiet

WARM_UP = "assets.extra/tf_serving_warmup_requests"
_WARM_UP_SIZES = ((1448, 1024), (1024, 1448), (640, 640))


def release(command: ExportConfig) -> Path:
    """Writes all formats of `command.wanted`; returns the folder that holds theirs.

    Raises:
        UserError: where the run is missing, a format needs a package that is not installed, or a folder holds
            something else.
        RuntimeError: where a converted model answers otherwise than the network.
    """
    out = Path(command.folder)
    with quiet():
        _ask_for_packages(command.wanted)
        run = load(Path(command.run))
        if SAVED_MODEL in command.wanted:
            folder = out / SAVED_MODEL / str(command.version)
            make_folder(folder.parent)
            save_detector(run.model, run.config, run.classes, folder, run.preprocess, run.folder, _warm_up, raw=True)
        with native_quiet():
            _convert(run, command, out)
        if command.weights is not None:
            save_weights(run.model, Path(command.weights))
    return out


def _ask_for_packages(wanted: Sequence[str]) -> None:
    """What is missing is said before the first minute is spent."""
    if any(name.startswith("tfjs") for name in wanted):
        with native_quiet():
            converter()
    if SAVED_MODEL in wanted:
        _log_proto()


def _convert(run: Run, command: ExportConfig, out: Path) -> None:
    make_folder(out)
    with fixed_size(run, (command.height_px, command.width_px)) as network:
        for name in command.wanted:
            kind, _, stored = name.partition("_")
            if kind == "litert":
                write_lite(network, stored, command.calibration, out / name)
            elif kind == "tfjs":
                write_tfjs(network, stored, out / name)


def _warm_up(folder: Path) -> None:
    """Adds the requests to a SavedModel: a blank picture of each size, which takes some bytes whatever its size."""
    log = _log_proto()
    path = folder / WARM_UP
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as records:
        for height, width in _WARM_UP_SIZES:
            entry = log.PredictionLog()
            request = entry.predict_log.request
            request.model_spec.name = "detector"
            request.model_spec.signature_name = SERVING
            image = request.inputs["image"]
            image.dtype = tf.uint8.as_datatype_enum
            image.tensor_shape.CopyFrom(tf.TensorShape([1, height, width, 3]).as_proto())
            image.int_val.append(255)  # the last value counts for all that follow
            records.write(entry.SerializeToString())


def _log_proto() -> Any:
    try:
        return importlib.import_module("tensorflow_serving.apis.prediction_log_pb2")
    except ImportError:
        raise UserError(
            "A SavedModel's warm-up requests are written by TensorFlow Serving's API: "
            "pip install 'inklink[serving]', or leave saved_model out of formats."
        ) from None
