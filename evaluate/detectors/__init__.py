"""Detectors behind one small protocol; a new kind is one new file and one line in `open_detector`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from conf.schema.preprocess import PreprocessConfig
from data.model import Image
from data.pixels import Pixels
from evaluate.detectors.location import LITERT, TFJS, located, not_a_detector, operating_point_file, saved_model_in
from evaluate.detectors.size import ModelSize
from evaluate.inputs import Subject
from evaluate.predictions import Detection

ORACLE, FULL_PAGE = "oracle", "fullpage"
log = logging.getLogger(__name__)


class Detector(Protocol):
    """Finds prefixes on one picture.

    Attributes:
        name: what the report calls it.
        fingerprint: changes whenever its answers may change; finished pages are kept under it.
        size: of the model; None where there is no model.
        needs_pixels: whether `detect` looks at the picture at all.
    """

    name: str
    fingerprint: str
    size: ModelSize | None
    needs_pixels: bool

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """Detections in pixels of the picture given, highest score first; `pixels` is None unless needed."""
        ...


def open_detector(
    key: str, subject: Subject, preprocess: PreprocessConfig | None = None, threads: int | None = None
) -> Detector:
    """The detector that the key `detector` names.

    Args:
        key: `oracle`, `fullpage`, a COCO results file (.json), a LiteRT model (.tflite, or a
            folder with model.tflite in it), a TensorFlow.js folder (model.json), a SavedModel folder or one of its
            versions, a run folder with `saved_model` in it, the name of a model in `models/detector`, `browser` or
            `litert` for the small one of them in that runtime (`browser:base` for another), or the address of a model
            on a server (grpc://HOST:8500/NAME, http://HOST:8501/v1/models/NAME).
        subject: the set it will look at.
        preprocess: what will be done to its pictures first.
        threads: that a LiteRT model uses; None for as many as there are cores. (TensorFlow's hold for the process.)

    Raises:
        UserError: where nothing known lies there, or what lies there has a fault.
    """
    # Each kind is imported only when it is asked for: one of them loads TensorFlow.
    if key == ORACLE:
        from evaluate.detectors.oracle import OracleDetector

        return OracleDetector(subject)
    if key == FULL_PAGE:
        from evaluate.detectors.fullpage import FullPageDetector

        return FullPageDetector()
    if "://" in key:
        from evaluate.detectors.serving import ServingDetector

        return ServingDetector(key, subject, preprocess)
    path = located(key)
    if path != Path(key):
        log.info("detector=%s is %s; its operating point: %s.", key, path, operating_point_file(key) or "none stored")
    if path.is_file() and path.suffix.lower() == ".json":
        from evaluate.detectors.coco_results import CocoResultsDetector

        return CocoResultsDetector(path, subject)
    for file in (path, path / LITERT):
        if file.is_file() and file.suffix.lower() == ".tflite":
            from evaluate.detectors.litert import LiteRTDetector

            return LiteRTDetector(file, subject, preprocess, threads)
    if (path / TFJS).is_file():
        from evaluate.detectors.browser import BrowserDetector

        return BrowserDetector(path, subject, preprocess)
    folder = saved_model_in(path)
    if folder is not None:
        from evaluate.detectors.saved_model import SavedModelDetector

        return SavedModelDetector(folder, subject, preprocess)
    raise not_a_detector(key, path)
