"""A TensorFlow SavedModel as a detector: ours, or any export of the Object Detection API or of Model Garden.

Its signature takes one picture and gives `detection_boxes`, `detection_scores` and `detection_classes`, with
`num_detections` beside them or not; what they mean is settled in `answers`. The picture is uint8 or float32
[1, height, width, 3], RGB in 0…255, of any size or of one that the model fixes, or it is an encoded file [1].

A model of ours may prepare pictures as those of its set were prepared. Where the pictures of the set that it looks at
were prepared in just that way, its second signature, `prepared`, is asked, which does not do it again.
"""

from __future__ import annotations

import hashlib
import importlib
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.identity import file_hash
from data.model import Image
from data.pixels import Pixels, as_jpeg
from data.preprocess import changes_nothing
from evaluate.detectors.answers import COUNT, INFO, NEEDED, Classes, detections_of, own_signature
from evaluate.detectors.size import ModelSize, size_of
from evaluate.inputs import Subject
from evaluate.predictions import Detection
from train.quiet import load_tensorflow, native_quiet

_SERVING, _PREPARED, _RAW = "serving_default", "prepared", "raw"
_BLANK = (64, 64)


@dataclass(frozen=True, slots=True)
class _Input:
    """The one input of a signature: its name, dtype, and (height, width) where the model takes no other."""

    name: str
    dtype: str
    size: tuple[int, int] | None


class SavedModelDetector:
    """Runs the model picture by picture, as it will be used."""

    needs_pixels = True

    def __init__(self, folder: Path, subject: Subject, preprocess: PreprocessConfig | None = None) -> None:
        """Loads the model.

        Args:
            folder: with `saved_model.pb` in it.
            subject: its class names are what the model's class numbers stand for, unless the model brings its own.
            preprocess: what is done to the pictures before the model gets them.

        Raises:
            UserError: where TensorFlow is absent, the model cannot be loaded or has another signature, or pictures
                would be prepared twice.
        """
        own = own_signature(folder)
        name = _signature_for(folder, own, subject, preprocess)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        parts = [part for part in folder.parts if part != "saved_model" and not part.isdigit()]
        self.name = parts[-1] if parts else folder.name
        self.fingerprint = _fingerprint(folder, files) + ("" if name == _SERVING else f":{name}")
        self._folder = folder
        self._in_pixels = bool(own.get("outputs"))  # ours say so there
        self._classes = Classes(folder, subject, own.get("classes"))
        self._tensorflow = _tensorflow()
        with native_quiet():
            self._model, self._signature = _load(self._tensorflow, folder, name)
            self._input = _input_of(self._signature, folder)
            # The first call traces and allocates; it must not count as a page's time.
            self._run(np.full((*_BLANK, 3), 255, np.uint8))
        learnt = sum(math.prod(variable.shape) for variable in self._signature.variables)
        self.size: ModelSize | None = size_of(files, own.get("parameters") or learnt or None)

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """Detections of one picture, highest score first."""
        if pixels is None:
            raise ValueError("a SavedModel needs pixels")
        where = f"{self._folder} on {image.path}"
        height, width = pixels.shape[:2]
        return detections_of(self._run(pixels), (height, width), self._classes, where, in_pixels=self._in_pixels)

    def raw(self, page: npt.NDArray[np.float32]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """All boxes [n, 4] and scores [n, classes], where the model has a signature for that.

        Args:
            page: float32 [height, width, 3], RGB in 0…255, of sides that are multiples of 32.

        Raises:
            UserError: where it has none.
        """
        signature = self._model.signatures.get(_RAW)
        if signature is None:
            raise UserError(
                f"{self._folder} does not give its raw outputs; python -m train export formats=[saved_model] writes "
                "one that does."
            )
        found = signature(image=self._tensorflow.constant(page[None]))
        return found["boxes"].numpy()[0], found["scores"].numpy()[0]

    def _run(self, pixels: Pixels) -> dict[str, Any]:
        found = self._signature(**{self._input.name: self._tensorflow.constant(_as_input(pixels, self._input))})
        known = {name: found[name].numpy() for name in (*NEEDED, COUNT, INFO) if name in found}
        return known | _scaled_info(known, pixels, self._input)


def _as_input(pixels: Pixels, wanted: _Input) -> Any:
    if wanted.dtype == "string":
        return [as_jpeg(pixels, quality=100)]
    if wanted.size and wanted.size != pixels.shape[:2]:
        pixels = cv2.resize(pixels, wanted.size[::-1], interpolation=cv2.INTER_AREA)
    return pixels[None].astype(wanted.dtype)


def _scaled_info(found: dict[str, Any], pixels: Pixels, wanted: _Input) -> dict[str, Any]:
    """`image_info` from the picture that we have, where the model was given a copy of another size."""
    if wanted.size is None or wanted.dtype == "string":
        return {}
    scale = np.divide(wanted.size, pixels.shape[:2])
    own = found[INFO].reshape(4, 2).astype(np.float64) if INFO in found else np.array([[0, 0], [0, 0], [1, 1], [0, 0]])
    return {INFO: np.stack([own[0], own[1], own[2] * scale, own[3]])}


def _input_of(signature: Any, folder: Path) -> _Input:
    inputs = list(signature.structured_input_signature[1].values())
    dtype = inputs[0].dtype.name if len(inputs) == 1 else ""
    shape = inputs[0].shape.as_list() if dtype and inputs[0].shape.rank is not None else []
    is_picture = dtype in ("uint8", "float32") and len(shape) == 4 and shape[0] in (None, 1) and shape[3] in (None, 3)
    if not is_picture and not (dtype == "string" and len(shape) == 1):
        given = ", ".join(f"{each.name} {each.dtype.name} {each.shape}" for each in inputs) or "nothing"
        raise UserError(
            f"{folder} takes {given}; a detector takes one picture [1, height, width, 3], uint8 or float32, "
            "or one encoded picture [1]."
        )
    size = (int(shape[1]), int(shape[2])) if is_picture and shape[1] and shape[2] else None
    return _Input(inputs[0].name, dtype, size)


def _fingerprint(folder: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + bytes.fromhex(file_hash(path)))
    return f"saved_model:{digest.hexdigest()}"


def _tensorflow() -> Any:
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        load_tensorflow()
    except ImportError:
        raise UserError("A SavedModel detector needs TensorFlow: pip install 'inklink[train]'.") from None
    return importlib.import_module("tensorflow")


def _signature_for(folder: Path, own: dict[str, Any], subject: Subject, preprocess: PreprocessConfig | None) -> str:
    """Which signature takes the pictures as they will come: as they were taken, or prepared as the model does it."""
    does = own.get("preprocess") or {}
    done = subject.dataset.info.get("preprocess")
    asked = preprocess is not None and not changes_nothing(preprocess)
    if does and asked:
        raise UserError(f"{folder} prepares pictures itself, as those of its training set were; leave preprocess=none.")
    return _PREPARED if does and does == done else _SERVING


def _load(tensorflow: Any, folder: Path, name: str) -> tuple[Any, Any]:
    try:
        model = tensorflow.saved_model.load(str(folder))
    except (OSError, ValueError, tensorflow.errors.OpError) as error:
        raise UserError(f"{folder} cannot be loaded as a SavedModel: {str(error).splitlines()[0]}.") from None
    signature = model.signatures.get(name)
    lacking = sorted(set(NEEDED) - set(signature.structured_outputs)) if signature else [name]
    if lacking:
        raise UserError(f"{folder} is no detector: its signature lacks {', '.join(lacking)}.")
    return model, signature
