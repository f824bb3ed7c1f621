"""A TensorFlow SavedModel as a detector: ours, or any export with the Object Detection API's signature.

`serving_default` takes one uint8 picture [1, height, width, 3], RGB, of any size, and gives `detection_boxes`
[1, n, 4] (ymin, xmin, ymax, xmax) in pixels of that picture, `detection_scores` [1, n], `detection_classes` [1, n]
from 1, and `num_detections` [1]; slots from `num_detections` on are padding and mean nothing.

A model of ours may prepare pictures as those of its set were prepared. Where the pictures of the set that it looks at
were prepared in just that way, its second signature, `prepared`, is asked, which does not do it again.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.files import read_json
from data.identity import file_hash
from data.model import Image
from data.pixels import Pixels
from data.preprocess import changes_nothing
from evaluate.inputs import Subject
from evaluate.predictions import Detection
from train.quiet import load_tensorflow, native_quiet

_SERVING, _PREPARED = "serving_default", "prepared"
_OUTPUTS = ("detection_boxes", "detection_scores", "detection_classes", "num_detections")


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
        name = _signature_for(folder, subject, preprocess)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        self.name = folder.parent.name if folder.name == "saved_model" else folder.name
        self.fingerprint = _fingerprint(folder, files) + ("" if name == _SERVING else f":{name}")
        self.model_bytes: int | None = sum(path.stat().st_size for path in files)
        self._folder = folder
        self._classes = _classes(folder, subject)
        self._known = frozenset(subject.dataset.categories)
        self._tensorflow = _tensorflow()
        with native_quiet():
            self._model, self._signature = _load(self._tensorflow, folder, name)
            # The first call traces and allocates; it must not count as a page's time.
            self._run(np.full((64, 64, 3), 255, np.uint8))

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """Detections of one picture, highest score first."""
        if pixels is None:
            raise ValueError("a SavedModel needs pixels")
        found = self._run(pixels)
        count = int(np.ravel(found["num_detections"])[0])
        boxes = found["detection_boxes"][0, :count].astype(np.float64)
        scores = found["detection_scores"][0, :count].astype(np.float64)
        classes = found["detection_classes"][0, :count].astype(np.int64)
        if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
            raise UserError(f"{self._folder} gives boxes or scores that are no finite numbers on {image.path}.")
        detections = [
            Detection(_xywh(box), float(score), self._class(int(number)))
            for box, score, number in zip(boxes, scores, classes, strict=True)
        ]
        return sorted(detections, key=lambda detection: -detection.score)

    def _run(self, pixels: Pixels) -> dict[str, Any]:
        found = self._signature(image=self._tensorflow.constant(pixels[None]))
        return {name: found[name].numpy() for name in _OUTPUTS}

    def _class(self, number: int) -> str:
        name = self._classes.get(number)
        if name not in self._known:
            known = ", ".join(sorted(self._known))
            raise UserError(
                f"{self._folder} answers with class {number} ({name or 'unnamed'}), which the set lacks ({known})."
            )
        return str(name)


def _xywh(box: Any) -> tuple[float, float, float, float]:
    top, left, bottom, right = (round(float(value), 3) for value in box)
    return (left, top, round(max(right - left, 0.0), 3), round(max(bottom - top, 0.0), 3))


def _classes(folder: Path, subject: Subject) -> dict[int, str]:
    """Names by class number: the model's own (`signature.json`), else the set's in their order.

    Where the set has one class and so has the model, or where nothing is known of the pictures, names do not matter.
    """
    own = folder / "signature.json"
    known = subject.dataset.categories
    names = list((read_json(own).get("classes") if own.is_file() else None) or known)
    if len(known) == 1 and (len(names) == 1 or not subject.has_truth):
        names = [known[0]] * len(names)
    return dict(enumerate(names, start=1))


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


def _signature_for(folder: Path, subject: Subject, preprocess: PreprocessConfig | None) -> str:
    """Which signature takes the pictures as they will come: as they were taken, or prepared as the model does it."""
    own = folder / "signature.json"
    does = (read_json(own).get("preprocess") if own.is_file() else None) or {}
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
    lacking = sorted(set(_OUTPUTS) - set(signature.structured_outputs)) if signature else [name]
    if lacking:
        raise UserError(f"{folder} is no detector: its signature lacks {', '.join(lacking)}.")
    return model, signature
