"""The two passes over the pictures, detect and read; each keeps finished pages and goes on after a stop."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from conf import UserError
from conf.schema.evaluate import OcrConfig
from conf.schema.preprocess import PreprocessConfig
from data.model import Image
from data.pixels import Pixels, load
from data.preprocess import apply, changes_nothing, placement
from data.processes import worker_processes
from evaluate.detectors import Detector
from evaluate.inputs import Subject
from evaluate.journal import Journal
from evaluate.ocr import Engine, open_engine
from evaluate.predictions import Detection
from evaluate.reading import read_link

READING_VERSION = 1
"""Raise it when reading changes, so that pages read by older code are read again."""


@dataclass(frozen=True, slots=True)
class Page:
    """One picture's detections, highest score first, and the wall time they took in milliseconds."""

    detections: tuple[Detection, ...]
    ms: float


def fingerprint(*parts: Any) -> str:
    """A short name for everything that some result depends on."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def detect_pages(subject: Subject, detector: Detector, preprocess: PreprocessConfig, journal: Journal) -> list[Page]:
    """Runs the detector over every picture that is not in the journal yet."""
    images = subject.dataset.images
    todo = [page for page in range(len(images)) if page not in journal.pages]
    for page in tqdm(todo, desc="detect", unit="page", initial=0, disable=None):
        pixels = _checked(images[page]) if detector.needs_pixels else None
        start = time.perf_counter()
        detections = _detect(detector, images[page], pixels, preprocess)
        journal.add(page, _record(detections, start))
    return [_page(journal.pages[page]) for page in range(len(images))]


def _checked(image: Image) -> Pixels:
    pixels = load(image.path)
    if pixels.shape[:2] != (image.height, image.width):
        raise UserError(
            f"{image.path} has {pixels.shape[1]} × {pixels.shape[0]} pixels when upright, "
            f"but its set says {image.width} × {image.height}."
        )
    return pixels


def _detect(detector: Detector, image: Image, pixels: Pixels | None, preprocess: PreprocessConfig) -> list[Detection]:
    """Detections in pixels of the original picture, whatever was done to it before."""
    if pixels is None or changes_nothing(preprocess):
        return detector.detect(image, pixels)
    place = placement(pixels.shape[1], pixels.shape[0], preprocess)
    prepared, _ = apply(pixels, (), preprocess)
    return [
        dataclasses.replace(
            detection,
            bbox=(
                (detection.bbox[0] + place.left) / place.scale_x,
                (detection.bbox[1] + place.top) / place.scale_y,
                detection.bbox[2] / place.scale_x,
                detection.bbox[3] / place.scale_y,
            ),
        )
        for detection in detector.detect(image, prepared)
    ]


def read_pages(
    subject: Subject, pages: Sequence[Page], threshold: float, config: OcrConfig, workers: int | None, journal: Journal
) -> list[Page]:
    """Reads the detections at or above the threshold on every page that is not in the journal yet.

    Args:
        subject: the pictures.
        pages: their detections.
        threshold: detections below it are not read.
        config: the engine.
        workers: processes; None for one a core.
        journal: finished pages.

    Raises:
        UserError: where the engine is not installed, a picture is broken, or a process was killed.
    """
    if open_engine(config) is None:
        return [Page(page.detections, 0.0) for page in pages]
    todo = [page for page in range(len(pages)) if page not in journal.pages]
    tasks = [(subject.dataset.images[page], pages[page].detections, threshold) for page in todo]
    with _processes(config, min(workers or os.cpu_count() or 1, len(todo))) as run:
        for page, record in zip(
            todo, tqdm(run(tasks), total=len(todo), desc="read", unit="page", disable=None), strict=True
        ):
            journal.add(page, record)
    return [_page(journal.pages[page]) for page in range(len(pages))]


@contextmanager
def _processes(config: OcrConfig, workers: int) -> Iterator[Any]:
    """A function that reads tasks in order, in this process or in several."""
    if workers <= 1:
        _open(config)
        yield lambda tasks: map(_read, tasks)
        return
    death = "A reading process was killed, perhaps for want of memory: lower workers=."
    with worker_processes(workers, death, initializer=_open, initargs=(config,)) as pool:
        yield lambda tasks: pool.map(_read, tasks, chunksize=1)


_engine: Engine | None = None
_config = OcrConfig()


def _open(config: OcrConfig) -> None:
    """Opens the engine once in each process."""
    global _engine, _config
    cv2.setNumThreads(1)
    _engine, _config = open_engine(config), config


def _read(task: tuple[Image, tuple[Detection, ...], float]) -> dict[str, Any]:
    image, detections, threshold = task
    if _engine is None:
        raise RuntimeError("the engine was not opened in this process")
    read = list(detections)
    todo = [place for place, detection in enumerate(detections) if detection.score >= threshold]
    pixels = load(image.path) if todo else np.zeros((1, 1, 3), np.uint8)
    start = time.perf_counter()
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    for place in todo:
        read[place] = read_link(_engine, grey, detections[place], image, _config)
    return _record(read, start)


def _record(detections: Sequence[Detection], start: float) -> dict[str, Any]:
    ms = round((time.perf_counter() - start) * 1000, 3)
    return {"ms": ms, "detections": [dataclasses.astuple(detection) for detection in detections]}


def _page(record: dict[str, Any]) -> Page:
    return Page(tuple(_detection(*fields) for fields in record["detections"]), record["ms"])


def _detection(
    bbox: list[float], score: float, category: str, text: str | None, line_text: str | None, link: list[float] | None
) -> Detection:
    x, y, width, height = bbox
    box = (link[0], link[1], link[2], link[3]) if link else None
    return Detection((x, y, width, height), score, category, text, line_text, box)
