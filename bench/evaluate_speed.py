"""All detection numbers beside one plain run of pycocotools: `python -m bench.evaluate_speed [--pages 5000]`.

Ours: COCO's twelve, looser thresholds, heights, error taxonomy with costs, calibration, counts at the operating
point, slices, and 1,000-resample intervals of every headline. Theirs: load, evaluate, accumulate, summarize. Both in
this process, in turn, on the same boxes, from plain lists in memory. Writes its section of RESULTS.md.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

from bench import table
from bench.evaluate_sets import Found, NoDetector, made_set
from conf.schema.evaluate import EvaluateConfig, OcrConfig
from data.formats.coco import to_coco
from data.model import Dataset
from evaluate.measuring import measured
from evaluate.metrics import OperatingPoint
from evaluate.predictions import Detection, coco_results

_MARK = "evaluate_speed"
_HEAD = ["round", "pycocotools, CPU s", "ours, CPU s", "ours / theirs, CPU", "ours / theirs, wall"]
_Seconds = tuple[float, float]


def main() -> None:
    """Measures both in turn, prints the table, and writes the section of RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate_speed", description=__doc__)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--detections", type=int, default=20, help="on each page (20)")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", default=str(Path(__file__).with_name("RESULTS.md")))
    given = parser.parse_args()
    subject, pages = made_set(given.pages), list(Found(given.pages, given.detections))
    config = EvaluateConfig("bench", "bench", resamples=given.resamples, ocr=OcrConfig(engine="none"))
    rounds = []
    for _ in range(given.rounds):
        theirs, ap = _timed(lambda: _pycocotools(subject.dataset, pages))
        ours, results = _timed(lambda: measured(config, subject, NoDetector(), pages, {}, OperatingPoint(0.5)))
        if abs(results.metrics["detection"]["ap"] - ap) > 1e-9:
            raise SystemExit(f"the two disagree: {results.metrics['detection']['ap']} and {ap}")
        rounds.append((theirs, ours))
    text = _section(given, rounds)
    print(text)
    table.replace_section(Path(given.results), text, _MARK)


def _timed(task: Callable[[], Any]) -> tuple[_Seconds, Any]:
    """CPU and wall seconds, and what the task gave."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = task()
    return (time.process_time() - cpu, time.perf_counter() - wall), result


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


def _section(given: argparse.Namespace, rounds: Sequence[tuple[_Seconds, _Seconds]]) -> str:
    body = [
        [str(number), f"{theirs[0]:.2f}", f"{ours[0]:.2f}", f"{ours[0] / theirs[0]:.2f}", f"{ours[1] / theirs[1]:.2f}"]
        for number, (theirs, ours) in enumerate(rounds, start=1)
    ]
    middle = median(ours[0] / theirs[0] for theirs, ours in rounds)
    return "\n".join([
        "## Every detection number, beside pycocotools",
        "",
        f"`python -m bench.evaluate_speed --pages {given.pages} --rounds {given.rounds}`, {provenance()}",
        "",
        f"{given.pages:,} pages × {given.detections} detections. Ours (COCO's twelve, looser thresholds, heights, "
        f"error costs, calibration, curves, slices, and intervals of {given.resamples:,} resamples) takes "
        f"{middle:.2f} times the CPU time of one plain run of pycocotools, same process, in turn.",
        "",
        table.markdown(_HEAD, body),
    ])  # fmt: skip


def provenance() -> str:
    """Commit, day and machine, as the other sections of RESULTS.md give them."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    today = datetime.now(timezone.utc).date().isoformat()
    return f"commit {commit.strip()}, {today}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."


if __name__ == "__main__":
    main()
