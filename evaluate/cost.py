"""What a page costs: time of each stage, memory, and the size of the model.

Measured apart from the results, in a process of its own that does nothing else: one page after the other, each
library held to the same number of threads, after some pages without a clock. The results themselves are made by
several processes at once, whose times say little.
"""

from __future__ import annotations

import dataclasses
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from conf.schema.evaluate import EvaluateConfig
from data.model import Image
from data.processes import worker_processes
from evaluate.detectors import Detector, open_detector
from evaluate.inputs import Subject
from evaluate.journal import Journal
from evaluate.measures import Measure, Undefined
from evaluate.pages import Page, checked_pixels, detect_page, fingerprint
from evaluate.predict import plan_of
from evaluate.predictions import Detection
from evaluate.reader import Reader

COST = "cost.jsonl"
STAGES = ("load", "detect", "read", "page")
_THREADS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
            "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")  # fmt: skip
_FIGURES = ("median", "p95", "cpu_median", "cpu_p95", "mean", "mean_interval")
_DRAWS, _SEED = 1000, 0

Times = dict[str, list[float | None]]
Result = TypeVar("Result")


def cost(
    config: EvaluateConfig, subject: Subject, detector: Detector, detected: Sequence[Page], out: Path
) -> dict[str, Any]:
    """Measures a few pages, unless that was done before, and says what they cost.

    Args:
        config: pages, threads and engine.
        subject: the set, as the detector sees it.
        detector: for its size, and whether there is anything to run.
        detected: its detections, for one that runs nothing.
        out: folder of the results, where the times are kept.
    """
    images = subject.dataset.images
    chosen = sorted({int(place) for place in np.linspace(0, len(images) - 1, min(config.cost.pages, len(images)))})
    plan = dataclasses.asdict(plan_of(config, subject))
    key = fingerprint(detector.fingerprint, subject.hash, chosen, plan, dataclasses.asdict(config.cost))
    journal = Journal(out / COST, key)
    if chosen and 0 not in journal.pages:
        part = dataclasses.replace(
            subject,
            dataset=dataclasses.replace(subject.dataset, images=tuple(images[place] for place in chosen)),
            image_ids=tuple(subject.image_ids[place] for place in chosen),
        )
        given = None if detector.needs_pixels else [detected[place].detections for place in chosen]
        journal.add(0, _apart(config, part, given))
    record = journal.record(0) if chosen else {}
    return _times(record, config, detector) | _size(detector) | {
        "peak_memory_bytes": record.get("peak_memory_bytes", _NOT_MEASURED),
        "threads": config.cost.threads,
        "batch": 1,
        "warm_up_pages": config.cost.warm_up,
    }  # fmt: skip


def unmeasured(config: EvaluateConfig) -> EvaluateConfig:
    """The same evaluation as one that is only a part of another: without this measurement, and keeping nothing."""
    return dataclasses.replace(config, cost=dataclasses.replace(config.cost, pages=0), store_operating_point=False)


_NOT_MEASURED = Undefined("nothing was measured (cost.pages=0)")


def _apart(config: EvaluateConfig, subject: Subject, given: list[tuple[Detection, ...]] | None) -> dict[str, Any]:
    death = "The process that measures time and memory was killed, perhaps for want of memory: lower cost.pages=."
    with _limited(config.cost.threads), worker_processes(1, death) as pool:
        return pool.submit(_measure, config, subject, given).result()


@contextmanager
def _limited(threads: int) -> Iterator[None]:
    """Processes that start meanwhile have that many threads a library; libraries look at it when they are loaded."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, str(threads)))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


class _Pipeline:
    """Detector and engine, opened, and the clocks of their stages."""

    def __init__(self, config: EvaluateConfig, subject: Subject) -> None:
        cv2.setNumThreads(config.cost.threads)
        self._preprocess = config.preprocess
        self._reader = Reader(plan_of(config, subject))
        self._detector: Detector | None = None
        self._config, self._subject = config, subject
        self.wall: Times = {stage: [] for stage in STAGES}
        self.cpu: Times = {stage: [] for stage in STAGES}

    def open_detector(self) -> None:
        """Loads the model."""
        threads = self._config.cost.threads
        self._detector = open_detector(self._config.detector, self._subject, self._preprocess, threads)

    def page(self, image: Image, given: Sequence[Detection]) -> None:
        """Does one page and notes how long each stage took."""
        begin = self._now()
        pixels = self._timed("load", lambda: checked_pixels(image))
        found = list(given)
        if self._detector is not None:
            detector = self._detector
            found = self._timed("detect", lambda: detect_page(detector, image, pixels, self._preprocess))
        if self._reader.reads and self._reader.wants(found):
            self._timed("read", lambda: self._reader.read(image, pixels, found))
        self._note("page", begin)

    @property
    def outside_bytes(self) -> int:
        """Most memory that an engine had in a process of its own."""
        return self._reader.outside_bytes

    def _timed(self, stage: str, work: Callable[[], Result]) -> Result:
        begin = self._now()
        result = work()
        self._note(stage, begin)
        return result

    def _now(self) -> tuple[float, float]:
        return time.perf_counter(), time.process_time() + self._reader.outside_cpu_s

    def _note(self, stage: str, begin: tuple[float, float]) -> None:
        wall, cpu = self._now()
        self.wall[stage].append(round((wall - begin[0]) * 1000, 3))
        self.cpu[stage].append(round((cpu - begin[1]) * 1000, 3))


def _measure(config: EvaluateConfig, subject: Subject, given: list[tuple[Detection, ...]] | None) -> dict[str, Any]:
    """Runs in the process of its own: times in milliseconds by stage, and its peak memory in bytes."""
    pipeline = _Pipeline(config, subject)
    if given is None:
        pipeline.open_detector()
    images = subject.dataset.images
    found = given if given is not None else [()] * len(images)
    pages = list(zip(images, found, strict=True))
    for number in range(config.cost.warm_up):
        pipeline.page(*pages[number % len(pages)])
    for times in (*pipeline.wall.values(), *pipeline.cpu.values()):
        times.clear()
    for page in pages:
        pipeline.page(*page)
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return {"wall": pipeline.wall, "cpu": pipeline.cpu, "peak_memory_bytes": own + pipeline.outside_bytes}


def _times(record: Mapping[str, Any], config: EvaluateConfig, detector: Detector) -> dict[str, Any]:
    reasons = {
        "load": _NOT_MEASURED.reason,
        "detect": f"detector {detector.name} has no model",
        "read": "nothing was read (ocr=none)" if config.ocr.engine == "none" else "no page had anything to read",
        "page": _NOT_MEASURED.reason,
    }
    if not record:
        return {f"{stage}_ms": _spread([], [], _NOT_MEASURED.reason) for stage in STAGES}
    return {f"{stage}_ms": _spread(record["wall"][stage], record["cpu"][stage], reasons[stage]) for stage in STAGES}


def _spread(wall: list[float], cpu: list[float], reason: str) -> dict[str, Any]:
    """Median and 95th percentile of both clocks, and the mean with the interval in which pages like these have it."""
    if not wall:
        nothing = Undefined(reason)
        return dict.fromkeys(("median", "p95", "cpu_median", "cpu_p95", "mean", "mean_interval"), nothing) | {
            "pages": 0
        }
    values = np.asarray(wall)
    draws = np.random.default_rng(_SEED).choice(values, (_DRAWS, len(values))).mean(axis=1)
    return {
        "median": float(np.median(values)),
        "p95": float(np.percentile(values, 95)),
        "cpu_median": float(np.median(cpu)),
        "cpu_p95": float(np.percentile(cpu, 95)),
        "mean": float(values.mean()),
        "mean_interval": [float(bound) for bound in np.percentile(draws, (2.5, 97.5))],
        "pages": len(values),
    }


def _size(detector: Detector) -> dict[str, Measure]:
    none = Undefined(f"detector {detector.name} has no model")
    if detector.size is None:
        return dict.fromkeys(("model_bytes", "model_gzipped_bytes", "parameters"), none)
    parameters = detector.size.parameters
    return {
        "model_bytes": detector.size.raw_bytes,
        "model_gzipped_bytes": detector.size.gzipped_bytes,
        "parameters": Undefined("the model's files do not tell") if parameters is None else parameters,
    }
