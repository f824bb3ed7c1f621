"""The network in integers of eight bits (LiteRT): heads only, calibrated on pages that `synth` renders.

A box's pixels need more than 256 steps, so that boxes are decoded outside, from encoded ones; what that takes stands
in `signature.json`. The picture is normalised outside as well: the integers of the input are then spread over the
values that the first convolution meets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image as PillowImage

import synth
from conf import UserError
from conf.app import composed
from conf.schema.export import CalibrationConfig
from conf.schema.synth import SynthConfig
from data.preprocess import changes_nothing
from train.fixed import Fixed
from train.signature import DEVIATION_RGB, MEAN_RGB, integer_entries

Floats = npt.NDArray[np.float32]
_FAR, _FEW = 0.15, 0.001
"""Of all scores at most this share may be off by more than this; integers that went wrong are off nearly everywhere."""


def integer_model(network: Fixed, calibration: CalibrationConfig) -> tuple[bytes, dict[str, Any]]:
    """The .tflite file, and what its `signature.json` says.

    Raises:
        UserError: where the model would have to prepare pictures itself, or a key of `calibration.synth` is unknown.
        RuntimeError: where the converted model answers otherwise than the network.
    """
    run = network.run
    if not changes_nothing(run.preprocess):
        raise UserError(f"{run.folder} prepares pictures inside the model, which int8 cannot; leave int8 out.")
    windows = list(_windows(network.size, calibration, run.config.export.width_px))
    converter = tf.lite.TFLiteConverter.from_saved_model(str(network.heads))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ({"image": window} for window in windows)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    content = bytes(converter.convert())
    runner = tf.lite.Interpreter(model_content=content).get_signature_runner()
    scales = {
        name: (float(detail["quantization"][0]), int(detail["quantization"][1]))
        for name, detail in {**runner.get_input_details(), **runner.get_output_details()}.items()
    }
    _check(runner, scales, network, windows[0])
    return content, integer_entries(network.size, scales, run.config.model) | run.view


def _windows(size: tuple[int, int], calibration: CalibrationConfig, width_px: int) -> Iterator[Floats]:
    """Windows of rendered pages as the model will be given them: normalised float32 [1, height, width, 3]."""
    config = composed("synth", SynthConfig, [*calibration.synth, f"seed={calibration.seed}"])
    rng = np.random.default_rng(calibration.seed)
    for sample in synth.stream(config, count=calibration.pages):
        page = PillowImage.fromarray(sample.image)
        height = round(page.height * width_px / page.width)
        pixels = np.asarray(page.resize((width_px, height), PillowImage.Resampling.BILINEAR), np.float32)
        top, left = (
            int(rng.integers(0, max(have - want, 0) + 1)) for have, want in zip(pixels.shape[:2], size, strict=True)
        )
        cut = (pixels[top : top + size[0], left : left + size[1]] - MEAN_RGB) / DEVIATION_RGB
        window = np.zeros((1, *size, 3), np.float32)
        window[0, : cut.shape[0], : cut.shape[1]] = cut
        yield window


def _check(runner: Any, scales: dict[str, tuple[float, int]], network: Fixed, window: Floats) -> None:
    scale, zero = scales["image"]
    integers = np.clip(np.round(window / scale) + zero, -128, 127).astype(np.int8)
    scale, zero = scales["scores"]
    found = (runner(image=integers)["scores"].astype(np.float32) - zero) * scale
    model = tf.saved_model.load(str(network.heads))
    expected = model.signatures["serving_default"](image=tf.constant(window))["scores"].numpy()
    off = float((np.abs(found - expected) > _FAR).mean())
    if off > _FEW:
        raise RuntimeError(f"{off:.1%} of the scores in integers are off by more than {_FAR}")
