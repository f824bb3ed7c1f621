"""A LiteRT model (.tflite) as a detector: one that `python -m train convert format=litert` wrote, or one of others.

Ours has `signature.json` beside it, takes RGB in 0…255 of one size, and gives `boxes` [1, n, 4] and `scores`
[1, n, classes] of all anchors, or encoded boxes in integers; what is left to do, `fixed_size` does.

A model of the Object Detection API gives four tensors, told apart by their shapes: boxes as shares of the picture,
classes (whole numbers, from 0 as its post-processing has them), scores, and their number. The picture is squeezed to
its input, which is uint8, or float32 in −1…1.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.identity import file_hash
from data.model import Image
from data.pixels import Pixels
from evaluate.detectors.answers import BOXES, CLASSES, COUNT, SCORES, Classes, detections_of, own_signature
from evaluate.detectors.fixed_size import Arrays, FixedSizeModel, as_integers, boxes_of, from_integers
from evaluate.detectors.location import LITERT, shown_name
from evaluate.detectors.size import ModelSize, size_of
from evaluate.inputs import Subject
from evaluate.predictions import Detection
from train.quiet import native_quiet


class LiteRTDetector:
    """Runs the model picture by picture."""

    needs_pixels = True

    def __init__(
        self, path: Path, subject: Subject, preprocess: PreprocessConfig | None = None, threads: int | None = None
    ) -> None:
        """Loads the model.

        Args:
            path: the .tflite file.
            subject: its class names are what the model's class numbers stand for, unless the model brings its own.
            preprocess: what is done to the pictures before the model gets them.
            threads: None for as many as there are cores.

        Raises:
            UserError: where no interpreter is installed, the file is no detector, or pictures would be prepared twice.
        """
        self._own = own_signature(path.parent)
        self._around = FixedSizeModel(path, self._own, subject, preprocess)
        self.name = shown_name(path.parent) if path.name == LITERT else path.stem
        self.fingerprint = f"litert:{file_hash(path)}"
        self.size: ModelSize | None = size_of([path], self._own.get("parameters"))
        self._path = path
        self._classes = Classes(path, subject, self._own.get("classes"))
        self._interpreter = _interpreter(path, threads or os.cpu_count() or 1)
        integers = "int8" if self._own else "uint8"
        (self._input,) = _inputs(self._interpreter, path, (integers, "float32"))
        self.page_size = (int(self._input["shape"][1]), int(self._input["shape"][2]))
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """Detections of one picture, highest score first."""
        if pixels is None:
            raise ValueError("a LiteRT model needs pixels")
        size = pixels.shape[0], pixels.shape[1]
        found = self._own_answer(pixels) if self._own else self._foreign_answer(pixels)
        where = f"{self._path} on {image.path}"
        return detections_of(found, size, self._classes, where, in_pixels=bool(self._own))

    def _own_answer(self, pixels: Pixels) -> Arrays:
        return self._around.find(*self._around.scaled(pixels, self.page_size), self.page_size, self.raw)

    def raw(self, page: npt.NDArray[np.float32]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """All boxes [n, 4] and scores [n, classes] of a model of ours.

        Args:
            page: float32 [height, width, 3] of its size, RGB in 0…255.
        """
        runner = self._interpreter.get_signature_runner()
        if "quantisation" not in self._own:
            found = runner(image=page[None])
            return found["boxes"][0], found["scores"][0]
        found = runner(image=as_integers(page, self._own)[None])
        deltas = from_integers(found["deltas"][0], self._own, "deltas")
        return boxes_of(deltas, self._own, self.page_size), from_integers(found["scores"][0], self._own, "scores")

    def _foreign_answer(self, pixels: Pixels) -> Arrays:
        height, width = self._input["shape"][1:3]
        page = cv2.resize(pixels, (int(width), int(height)), interpolation=cv2.INTER_AREA)
        kind = np.dtype(self._input["dtype"])
        values = page if kind == np.uint8 else (page.astype(np.float32) - 127.5) / 127.5
        return _four(self._run(values.astype(kind)), self._path)

    def _run(self, page: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        self._interpreter.set_tensor(self._input["index"], page[None])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def _four(arrays: list[npt.NDArray[Any]], path: Path) -> Arrays:
    """The outputs of the Object Detection API's post-processing by name, classes counted from 1."""
    boxes = [array for array in arrays if array.ndim == 3 and array.shape[-1] == 4]
    counts = [array for array in arrays if array.size == 1]
    lists = [array for array in arrays if array.ndim == 2 and array.size > 1]
    if (len(boxes), len(counts), len(lists)) != (1, 1, 2):
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise UserError(
            f"{path} gives {shapes}; a detector gives boxes [1, n, 4], classes [1, n], scores [1, n] and their "
            "number, or has the signature.json beside it that python -m train convert wrote."
        )
    whole = [bool((array == np.round(array)).all()) for array in lists]
    classes, scores = lists if whole[0] and not whole[1] else lists[::-1]
    return {BOXES: boxes[0], CLASSES: classes + 1, SCORES: scores, COUNT: counts[0]}


def _interpreter(path: Path, threads: int) -> Any:
    for module in ("ai_edge_litert.interpreter", "tensorflow.lite.python.interpreter"):
        try:
            library = importlib.import_module(module)
        except ImportError:
            continue
        try:
            with native_quiet():
                interpreter = library.Interpreter(model_path=str(path), num_threads=threads)
                interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise UserError(f"{path} cannot be loaded as a LiteRT model: {str(error).splitlines()[0]}") from None
        return interpreter
    raise UserError("A LiteRT detector needs an interpreter: pip install ai-edge-litert.")


def _inputs(interpreter: Any, path: Path, allowed: tuple[str, str]) -> list[Mapping[str, Any]]:
    details: list[Mapping[str, Any]] = interpreter.get_input_details()
    shapes = [list(detail["shape"]) for detail in details]
    kinds = [np.dtype(detail["dtype"]).name for detail in details]
    if len(details) != 1 or len(shapes[0]) != 4 or shapes[0][3] != 3 or kinds[0] not in allowed:
        given = ", ".join(f"{kind} {shape}" for kind, shape in zip(kinds, shapes, strict=True))
        raise UserError(f"{path} takes {given}; a detector takes {' or '.join(allowed)} [1, height, width, 3].")
    return details
