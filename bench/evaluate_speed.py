"""All detection numbers beside one plain run of pycocotools: `python -m bench.evaluate_speed [--pages 5000]`.

Ours: COCO's twelve, looser thresholds, heights, error taxonomy with costs, calibration, counts at the operating
point, slices, and 1,000-resample intervals of every headline. Theirs: load, evaluate, accumulate, summarize. Both in
this process, in turn, on the same boxes, from plain lists in memory.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from conf.schema.evaluate import EvaluateConfig, OcrConfig
from data.formats.coco import to_coco
from data.model import Box, Dataset, Image, LinkAnnotation
from evaluate.detectors.size import ModelSize
from evaluate.inputs import Subject
from evaluate.measuring import measured
from evaluate.metrics import OperatingPoint
from evaluate.predictions import Detection, coco_results

_LINKS = 3
_EMPTY = 5  # every fifth page has no link
_WIDTH, _HEIGHT = 1024, 1448


@dataclass
class _Name:
    """Stands for a detector whose answers are known."""

    name: str = "bench"
    fingerprint: str = "bench"
    size: ModelSize | None = None
    needs_pixels: bool = False

    def detect(self, image: Image, pixels: Any) -> list[Detection]:
        """Nothing: the detections are made here."""
        return []


def main() -> None:
    """Prints seconds of both, and their ratio, for each round."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate_speed", description=__doc__)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--detections", type=int, default=20, help="on each page (20)")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    dataset, pages = _made(given.pages, given.detections)
    config = EvaluateConfig("bench", "bench", resamples=given.resamples, ocr=OcrConfig(engine="none"))
    subject = Subject(Path("bench"), dataset, True, "", tuple(range(1, given.pages + 1)), {"http": 1})
    table = Table(title=f"{given.pages} pages × {given.detections} detections, {given.resamples} resamples")
    for head in ("round", "pycocotools, CPU s", "ours, CPU s", "ratio", "wall ratio"):
        table.add_column(head, justify="right")
    for number in range(given.rounds):
        theirs, ap = _timed(lambda: _pycocotools(dataset, pages))
        ours, results = _timed(lambda: measured(config, subject, _Name(), pages, {}, OperatingPoint(0.5)))
        if abs(results.metrics["detection"]["ap"] - ap) > 1e-9:
            raise SystemExit(f"the two disagree: {results.metrics['detection']['ap']} and {ap}")
        table.add_row(str(number + 1), f"{theirs[0]:.2f}", f"{ours[0]:.2f}", f"{ours[0] / theirs[0]:.2f}",
                      f"{ours[1] / theirs[1]:.2f}")  # fmt: skip
    Console().print(table)


def _timed(task: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """CPU and wall seconds, and what the task gave."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = task()
    return (time.process_time() - cpu, time.perf_counter() - wall), result


def _made(pages: int, detections: int) -> tuple[Dataset, list[list[Detection]]]:
    """Pages with links of all heights, detections near them and anywhere."""
    rng = np.random.default_rng(0)
    images, found = [], []
    for page in range(pages):
        count = 0 if page % _EMPTY == 0 else _LINKS
        height = rng.uniform(8, 40, count)
        truths = np.stack([rng.uniform(0, 900, count), rng.uniform(0, 1400, count), 3.5 * height, height], axis=1)
        near = truths + rng.normal(0, 0.12, truths.shape) * truths[:, 3:]
        size = rng.uniform(8, 40, detections - count)
        far = np.stack([rng.uniform(0, 900, len(size)), rng.uniform(0, 1400, len(size)), 3 * size, size], axis=1)
        scores = np.concatenate([rng.beta(6, 2, count), rng.beta(1, 6, len(size))])
        links = tuple(
            LinkAnnotation(
                _box(box),
                text="https://example.org",
                attributes={"scheme": ("http", "https", "www")[rng.integers(3)], "x_height_px": box[3] / 2},
            )
            for box in truths.round(2)
        )
        images.append(Image(Path(f"{page}.png"), _WIDTH, _HEIGHT, links, group=str(page // 50)))
        boxes = np.concatenate([near, far])
        found.append([Detection(_box(box), float(score), "http") for box, score in zip(boxes, scores, strict=True)])
    return Dataset(tuple(images)), found


def _box(values: Any) -> Box:
    x, y, width, height = (float(value) for value in values)
    return (x, y, width, height)


def _pycocotools(dataset: Dataset, pages: list[list[Detection]]) -> float:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = to_coco(dataset)
        truth.createIndex()
        results = truth.loadRes(list(coco_results(pages, range(1, len(pages) + 1), {"http": 1})))
        scorer = COCOeval(truth, results, "bbox")
        scorer.evaluate()
        scorer.accumulate()
        scorer.summarize()
    return float(scorer.stats[0])


if __name__ == "__main__":
    main()
