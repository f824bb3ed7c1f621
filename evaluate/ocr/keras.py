"""keras-ocr's recogniser, with weights that its user trained.

The weights that keras-ocr offers know digits and small letters alone. They cannot spell `:`, `/` or `.`, so they can
read no address, and nothing is downloaded here. One trained for addresses is given by `ocr.weights` and `ocr.alphabet`.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data.model import Box, Image
from evaluate.line import Line
from evaluate.ocr import Word

_NEEDED = ":/."
_HEIGHT = 31
"""Pixels; the height of keras-ocr's own networks."""
_BUILD = {
    "height": _HEIGHT,
    "color": False,
    "filters": (64, 128, 256, 256, 512, 512, 512),
    "rnn_units": (128, 128),
    "dropout": 0.25,
    "rnn_steps_to_discard": 2,
    "pool_size": 2,
    "stn": False,  # its spatial transformer does not run on TensorFlow 2.19
}


class KerasEngine:
    """keras-ocr's architecture without its spatial transformer, as wide as `ocr.width_px` says."""

    def __init__(self, config: OcrConfig) -> None:
        """Builds the network and loads its weights.

        Raises:
            UserError: where keras-ocr is absent, weights are missing or do not fit, or the alphabet spells no address.
        """
        lacking = [letter for letter in _NEEDED if letter not in config.alphabet]
        if config.weights is None or lacking:
            raise UserError(
                "ocr=keras_ocr needs ocr.weights and ocr.alphabet of a recogniser trained for addresses: "
                "the pretrained alphabet (0-9a-z) has no : / . and cannot spell one."
            )
        if not Path(config.weights).is_file():
            raise UserError(f"ocr.weights={config.weights} is not there.")
        self._recogniser = build(config.alphabet, config.width_px)
        try:
            self._recogniser.model.load_weights(config.weights)
        except (OSError, ValueError) as error:
            raise UserError(
                f"ocr.weights={config.weights} do not fit a recogniser of {len(config.alphabet)} letters, "
                f"{config.width_px} pixels wide: {str(error).splitlines()[0]}"
            ) from None

    def read(self, line: Line, prefix: Box, image: Image) -> list[Word]:
        """One word: all that fits into the network; it gives neither ends nor, without one in its alphabet, spaces."""
        shape = self._recogniser.prediction_model.input_shape
        pixels = _fitted(line, width=shape[2], height=shape[1])
        labels = self._recogniser.prediction_model.predict(pixels[None, :, :, None], verbose=0)[0]
        letters = self._recogniser.alphabet
        text = "".join(letters[int(label)] for label in labels if 0 <= label < len(letters)).strip()
        return [Word(text, 0.0, float(line.pixels.shape[1]))] if text else []


def build(alphabet: str, width_px: int) -> Any:
    """A `keras_ocr.recognition.Recognizer` without weights, to train or to load some into.

    Raises:
        UserError: where keras-ocr or TensorFlow is absent.
    """
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    try:
        recognition = importlib.import_module("keras_ocr.recognition")
    except ImportError:
        raise UserError(
            "ocr=keras_ocr needs keras-ocr and TensorFlow: pip install keras-ocr 'inklink[train]'."
        ) from None
    return recognition.Recognizer(alphabet=alphabet, weights=None, build_params={**_BUILD, "width": width_px})


def _fitted(line: Line, width: int, height: int) -> Any:
    """The line at the network's height, float32 in 0…1: its end cut off, or white behind it."""
    scale = height / line.pixels.shape[0]
    small = cv2.resize(line.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:height, :width]
    padded = np.full((height, width), 255, np.uint8)
    padded[: small.shape[0], : small.shape[1]] = small
    return padded.astype(np.float32) / 255
