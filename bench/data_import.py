"""Pictures a second from Pascal VOC to COCO, ours beside supervision: `python -m bench.data_import [pictures]`.

The pictures are pages of ours, 1024 × 1024 JPEG; 24 different ones, repeated under new names, five boxes each. Ours
decodes every picture once to be sure that it is whole, and holds boxes against it; supervision decodes it for its
size. Both copy it. Start-up is part of the time. Every tool is run in turn, `--rounds` times; the median counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from bench import table
from bench.environments import Unavailable, python_of
from conf.app import composed
from conf.schema.synth import SynthConfig

_DIFFERENT, _BOXES, _SIDE_PX = 24, 5, 1024
_PINS = Path(__file__).parent / "peers" / "supervision.txt"
_PEER = Path(__file__).parent / "peers" / "supervision_voc.py"
_MARK = "data_import"
_HEAD = ["what", "pictures a second", "times supervision", "pictures per CPU second", "largest process, MiB"]


@dataclass(frozen=True)
class Run:
    """One run: seconds on the wall and of CPU, and the memory of its largest process in MiB."""

    wall_s: float
    cpu_s: float
    memory_mib: float


def main() -> None:
    """Measures, prints the table, and writes the section of RESULTS.md; status 1 where supervision cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pictures", nargs="?", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", default=str(Path(__file__).with_name("RESULTS.md")))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        _make(place / "voc", given.pictures)
        commands, missing = _commands(place)
        runs: dict[str, list[Run]] = {what: [] for what in commands}
        for _ in range(given.rounds):
            shutil.rmtree(place / "theirs", ignore_errors=True)  # ours replaces what it made
            for what, command in commands.items():
                runs[what].append(_measured(command))
    text = _section(runs, given.pictures, given.rounds, missing)
    print(text)
    table.replace_section(Path(given.results), text, _MARK)
    sys.exit(1 if missing else 0)


def _make(folder: Path, count: int) -> None:
    from synth.pipeline import render

    folder.mkdir()
    config = composed("synth", SynthConfig, ["camera=phone"])
    pages = [render(config, seed=7, index=index).jpeg for index in range(min(count, _DIFFERENT))]
    boxes = "".join(
        f"<object><name>http</name><bndbox><xmin>{100 + 40 * i}</xmin><ymin>{50 + 90 * i}</ymin>"
        f"<xmax>{160 + 40 * i}</xmax><ymax>{66 + 90 * i}</ymax></bndbox></object>"
        for i in range(_BOXES)
    )
    size = f"<size><width>{_SIDE_PX}</width><height>{_SIDE_PX}</height><depth>3</depth></size>"
    for number in range(count):
        name = f"{number:06d}"
        (folder / f"{name}.jpg").write_bytes(pages[number % len(pages)])
        (folder / f"{name}.xml").write_text(
            f"<annotation><folder>voc</folder><filename>{name}.jpg</filename>{size}{boxes}</annotation>"
        )


def _commands(place: Path) -> tuple[dict[str, list[str]], str]:
    """What is run, by its name in the table, and why supervision is not among it."""
    ours = [sys.executable, "-m", "data", "import", f"source={place}/voc", f"out={place}/ours"]
    commands = {
        f"import, {os.cpu_count()} processes": ours,
        "import, one process": [*ours, "workers=1"],
        f"check, {os.cpu_count()} processes": [sys.executable, "-m", "data", "check", f"source={place}/ours"],
    }
    try:
        python = python_of(_PINS, place / "install.log")
    except Unavailable as reason:
        return commands, str(reason)
    return {**commands, "supervision": [str(python), str(_PEER), f"{place}/voc", f"{place}/theirs"]}, ""


def _measured(command: Sequence[str]) -> Run:
    """Runs a command in a process that waits for it, so that its memory is not that of an earlier one."""
    watch = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "done.returncode and sys.exit(done.stdout[-500:] + done.stderr[-2000:])\n"
        "print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", watch, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed: {done.stderr}")
    wall, cpu, memory = map(float, done.stdout.split())
    return Run(wall, cpu, memory)


def _section(runs: dict[str, list[Run]], pictures: int, rounds: int, missing: str) -> str:
    theirs = runs.get("supervision")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    today = datetime.now(timezone.utc).date().isoformat()
    lines = [
        "## Pascal VOC to COCO, beside supervision",
        "",
        f"`python -m bench.data_import {pictures} --rounds {rounds}`, commit {commit.strip()}, {today}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.",
        "",
        table.markdown(_HEAD, [_row(what, found, theirs, pictures) for what, found in runs.items()]),
    ]
    return "\n".join([*lines, *([f"\nsupervision was not measured: {missing}."] if missing else [])])


def _row(what: str, found: Sequence[Run], theirs: Sequence[Run] | None, pictures: int) -> list[str]:
    wall = median(run.wall_s for run in found)
    ratio = "–" if theirs is None else f"{median(run.wall_s for run in theirs) / wall:.2f}"
    cpu = median(run.cpu_s for run in found)
    memory = max(run.memory_mib for run in found)
    return [what, f"{pictures / wall:.0f}", ratio, f"{pictures / cpu:.0f}", f"{memory:.0f}"]


if __name__ == "__main__":
    main()
