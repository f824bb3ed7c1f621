"""The two passes over the pictures, detect and read; each keeps finished pages and goes on after a stop.

Pages stream: what is in memory at a time are the pictures being looked at and where each finished page lies in its
journal. Detection is one process, whose library uses the cores; reading is one process a core.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, overload

import cv2
from tqdm import tqdm

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.model import Image
from data.pixels import Pixels, load
from data.preprocess import apply, changes_nothing, placement
from data.processes import worker_processes
from evaluate.detectors import Detector
from evaluate.inputs import Subject
from evaluate.journal import Journal
from evaluate.predictions import Detection
from evaluate.reader import Plan, Reader
from evaluate.view import original_box, within_view

READING_VERSION = 2
"""Raise it when reading changes, so that pages read by older code are read again."""

_AHEAD = 4
"""Tasks that wait for each reading process."""

_Task = tuple[Image, tuple[Detection, ...]]


@dataclass(frozen=True, slots=True)
class Page:
    """One picture's detections, highest score first, and the wall time they took in milliseconds."""

    detections: tuple[Detection, ...]
    ms: float


class Pages(Sequence[Page]):
    """Finished pages in the order of the pictures, each fetched from its journal when it is asked for."""

    def __init__(self, journal: Journal) -> None:
        """Stands for all pages of a finished journal."""
        self._journal = journal

    def __len__(self) -> int:
        """How many they are."""
        return len(self._journal.pages)

    @overload
    def __getitem__(self, place: int) -> Page: ...
    @overload
    def __getitem__(self, place: slice) -> list[Page]: ...
    def __getitem__(self, place: int | slice) -> Page | list[Page]:
        """A page, or several."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        record = self._journal.record(place % len(self))
        return Page(tuple(_detection(*fields) for fields in record["detections"]), record["ms"])


class Found(Sequence[tuple[Detection, ...]]):
    """The detections of each of a sequence of pages, fetched when they are asked for."""

    def __init__(self, pages: Sequence[Page]) -> None:
        """Fetches nothing yet."""
        self._pages = pages

    def __len__(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    @overload
    def __getitem__(self, place: int) -> tuple[Detection, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[Detection, ...]]: ...
    def __getitem__(self, place: int | slice) -> tuple[Detection, ...] | list[tuple[Detection, ...]]:
        """The detections of a page, or of several."""
        if isinstance(place, slice):
            return [page.detections for page in self._pages[place]]
        return self._pages[place].detections


def fingerprint(*parts: Any) -> str:
    """A short name for everything that some result depends on."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def detect_pages(
    subject: Subject, detector: Detector, preprocess: PreprocessConfig, journal: Journal
) -> Sequence[Page]:
    """Runs the detector over every picture that is not in the journal yet."""
    images = subject.dataset.images
    todo = [page for page in range(len(images)) if page not in journal.pages]
    for page in tqdm(todo, desc="detect", unit="page", disable=None):
        pixels = checked_pixels(images[page]) if detector.needs_pixels else None
        start = time.perf_counter()
        journal.add(page, _record(detect_page(detector, images[page], pixels, preprocess), start))
    return Pages(journal)


def checked_pixels(image: Image) -> Pixels:
    """The picture, upright, RGB.

    Raises:
        UserError: where it is broken, or of another size than its set says.
    """
    pixels = load(image.path)
    if pixels.shape[:2] != (image.height, image.width):
        raise UserError(
            f"{image.path} has {pixels.shape[1]} × {pixels.shape[0]} pixels when upright, "
            f"but its set says {image.width} × {image.height}."
        )
    return pixels


def detect_page(
    detector: Detector, image: Image, pixels: Pixels | None, preprocess: PreprocessConfig
) -> list[Detection]:
    """Detections in pixels of the original picture, whatever was done to it before."""
    if pixels is None:
        return within_view(detector.detect(image, pixels), image, preprocess)
    if changes_nothing(preprocess):
        return detector.detect(image, pixels)
    place = placement(image.width, image.height, preprocess)
    prepared, _ = apply(pixels, (), preprocess)
    return [
        dataclasses.replace(found, bbox=original_box(found.bbox, place)) for found in detector.detect(image, prepared)
    ]


def read_pages(
    subject: Subject, pages: Sequence[Page], plan: Plan, workers: int | None, journal: Journal
) -> Sequence[Page]:
    """Reads every page that is not in the journal yet.

    Args:
        subject: the pictures.
        pages: their detections.
        plan: how to read.
        workers: processes; None for one a core.
        journal: finished pages.

    Raises:
        UserError: where the engine is not installed, a picture is broken, or a process was killed.
    """
    if plan.ocr.engine == "none":
        return pages
    images = subject.dataset.images
    todo = [page for page in range(len(images)) if page not in journal.pages]
    tasks = ((images[page], pages[page].detections) for page in todo)
    with _processes(plan, min(workers or os.cpu_count() or 1, len(todo))) as run:
        for page, record in zip(
            todo, tqdm(run(tasks), total=len(todo), desc="read", unit="page", disable=None), strict=True
        ):
            journal.add(page, record)
    return Pages(journal)


@contextmanager
def _processes(plan: Plan, workers: int) -> Iterator[Callable[[Iterable[_Task]], Iterator[dict[str, Any]]]]:
    """A function that reads tasks in order, in this process or in several."""
    if workers <= 1:
        _open(plan)
        yield lambda tasks: map(_read, tasks)
        return
    death = "A reading process was killed, perhaps for want of memory: lower workers=."
    with worker_processes(workers, death, initializer=_open, initargs=(plan,)) as pool:

        def run(tasks: Iterable[_Task]) -> Iterator[dict[str, Any]]:
            waiting: deque[Future[dict[str, Any]]] = deque()
            for task in tasks:
                waiting.append(pool.submit(_read, task))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

        yield run


_reader: Reader | None = None


def _open(plan: Plan) -> None:
    """Opens the engine once in each process."""
    global _reader
    cv2.setNumThreads(1)
    _reader = Reader(plan)


def _read(task: _Task) -> dict[str, Any]:
    image, detections = task
    if _reader is None:
        raise RuntimeError("the engine was not opened in this process")
    if not _reader.wants(detections):
        return _record(detections, time.perf_counter())
    pixels = load(image.path)
    start = time.perf_counter()
    return _record(_reader.read(image, pixels, detections), start)


def _record(detections: Sequence[Detection], start: float) -> dict[str, Any]:
    ms = round((time.perf_counter() - start) * 1000, 3)
    return {"ms": ms, "detections": [dataclasses.astuple(detection) for detection in detections]}


def _detection(
    bbox: list[float],
    score: float,
    category: str,
    text: str | None,
    line_text: str | None,
    link: list[float] | None,
    raw_text: str | None = None,
) -> Detection:
    x, y, width, height = bbox
    box = (link[0], link[1], link[2], link[3]) if link else None
    return Detection((x, y, width, height), score, category, text, line_text, box, raw_text)
