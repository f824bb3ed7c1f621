"""Memory of an evaluation by the number of pages: `python -m bench.evaluate_memory [--pages 20000 100000]`.

Each size runs in a process of its own, over detections that are made as they are asked for, so that nothing but the
evaluation holds them: all detection numbers, slices and intervals, then predictions.json and items.jsonl. What the set
itself takes, pages and links in memory, is told apart. Writes its section of RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import table
from bench.evaluate_sets import Found, NoDetector, made_set
from bench.evaluate_speed import provenance

_MARK = "evaluate_memory"
_HEAD = ["pages", "links", "detections", "before, MiB", "with the set, MiB", "peak, MiB", "added by a detection, bytes",
         "CPU, s"]  # fmt: skip


def main() -> None:
    """Measures each size, prints the table, and writes the section of RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate_memory", description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--detections", type=int, default=20, help="on each page (20)")
    parser.add_argument("--resamples", type=int, default=100)
    parser.add_argument("--results", default=str(Path(__file__).with_name("RESULTS.md")))
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(_measured(given.pages[0], given.detections, given.resamples)))
        return
    rows = [_apart(pages, given) for pages in given.pages]
    text = "\n".join([
        "## Memory of an evaluation",
        "",
        f"`python -m bench.evaluate_memory --pages {' '.join(map(str, given.pages))}`, {provenance()}",
        "",
        f"{given.detections} detections a page, {given.resamples} resamples; each size in a process of its own.",
        "",
        table.markdown(_HEAD, [_cells(row) for row in rows]),
    ])  # fmt: skip
    print(text)
    table.replace_section(Path(given.results), text, _MARK)


def _apart(pages: int, given: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.evaluate_memory", "--alone", "--pages", str(pages),
               "--detections", str(given.detections), "--resamples", str(given.resamples)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _measured(pages: int, detections: int, resamples: int) -> dict[str, Any]:
    """In the process of its own: memory in MiB, CPU time in seconds."""
    from conf.schema.evaluate import EvaluateConfig, OcrConfig
    from evaluate.measuring import measured
    from evaluate.metrics import OperatingPoint
    from evaluate.run import write_lists

    config = EvaluateConfig("bench", "bench", resamples=resamples, ocr=OcrConfig(engine="none"))
    before = _now_mib()
    subject = made_set(pages)
    held, cpu = _now_mib(), time.process_time()
    results = measured(config, subject, NoDetector(), Found(pages, detections), {}, OperatingPoint(0.5))
    with tempfile.TemporaryDirectory() as folder:
        write_lists(results, Path(folder))
    return {
        "pages": pages,
        "links": subject.dataset.links,
        "detections": pages * detections,
        "before": before,
        "held": held,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "cpu": time.process_time() - cpu,
    }


def _now_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _cells(row: dict[str, Any]) -> Sequence[str]:
    added = (row["peak"] - row["held"]) * 2**20 / row["detections"]
    counts = [f"{row[name]:,}" for name in ("pages", "links", "detections")]
    return [*counts, *(f"{row[name]:.0f}" for name in ("before", "held", "peak")), f"{added:.0f}", f"{row['cpu']:.0f}"]


if __name__ == "__main__":
    main()
