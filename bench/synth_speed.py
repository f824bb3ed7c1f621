"""Pages per CPU second of one core, and where the time goes: `python -m bench.synth_speed [override …]`.

Pages as `python -m synth` makes them, each camera preset in turn: recipe, typesetting, drawing, camera, truth, JPEG.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
from rich.console import Console
from rich.progress import track
from rich.table import Table

from conf.app import composed
from conf.schema.synth import SynthConfig
from data.processes import worker_processes
from synth import fonts, geometry, pipeline

_PRESETS = ("none", "scan", "phone", "rough")
_WARM_PAGES = 120  # fill the caches as a long run has filled them

_METHODS = ((geometry.PageMap, "inverse_nodes"),)
"""Of objects that `pipeline` holds: timed besides the functions it calls."""

Spent = dict[str, float]


@dataclass(frozen=True)
class Speed:
    """What one camera preset costs: ms are CPU milliseconds a page, memory is the process's peak so far."""

    pages_per_cpu_s: float
    page_ms: float
    stages_ms: dict[str, float]
    peak_memory_mb: float


def main() -> None:
    """Prints the figures of each camera preset."""
    parser = argparse.ArgumentParser(prog="python -m bench.synth_speed", description=__doc__)
    parser.add_argument("--pages", type=int, default=60, help="pages of each preset (60)")
    parser.add_argument("--json", help="file for the figures")
    parser.add_argument("overrides", nargs="*", help="Hydra overrides, as for python -m synth")
    given = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `python -m synth` sets it for its workers
    speeds = {}
    for preset in track(_PRESETS, "camera presets", transient=True):
        with worker_processes(1, f"The process of camera={preset} died.") as worker:
            speeds[preset] = worker.submit(_speed, [f"camera={preset}", *given.overrides], given.pages).result()
    Console().print(_table(speeds))
    if given.json:
        Path(given.json).write_text(json.dumps({k: asdict(v) for k, v in speeds.items()}, indent=1), encoding="utf-8")


def _speed(overrides: list[str], pages: int) -> Speed:
    """Measured in a worker of its own, so that its memory is that of one."""
    cv2.setNumThreads(1)
    config = composed("synth", SynthConfig, overrides)
    fonts.library(config.font)
    for index in range(pages, pages + _WARM_PAGES):
        pipeline.render(config, index)
    with _stages_timed() as spent:
        start = time.process_time()
        for index in range(pages):
            pipeline.render(config, index)
        seconds = time.process_time() - start
    stages = {name: 1000 * value / pages for name, value in spent.items()}
    stages["the rest"] = 1000 * seconds / pages - sum(stages.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Speed(pages / seconds, 1000 * seconds / pages, stages, peak)


@contextmanager
def _stages_timed() -> Iterator[Spent]:
    """Times what `pipeline` calls of its own accord, whatever its stages are: functions, and those of modules."""
    spent: Spent = defaultdict(float)
    own = dict(vars(pipeline))
    methods = [(place, name, getattr(place, name)) for place, name in _METHODS]
    for name, value in own.items():
        if inspect.isfunction(value) and value.__module__ != pipeline.__name__:
            setattr(pipeline, name, _timed(value, name, spent))
        elif isinstance(value, ModuleType) and value.__name__.startswith("synth."):
            setattr(pipeline, name, _Stage(value, spent))
    for place, name, method in methods:
        setattr(place, name, _timed(method, f"{place.__name__}.{name}", spent))
    try:
        yield spent
    finally:
        for place, name, method in methods:
            setattr(place, name, method)
        for name, value in own.items():
            setattr(pipeline, name, value)


class _Stage:
    """A module as `pipeline` sees it while its functions are timed."""

    def __init__(self, module: ModuleType, spent: Spent) -> None:
        self._module, self._spent = module, spent

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        label = f"{self._module.__name__.removeprefix('synth.')}.{name}"
        return _timed(value, label, self._spent) if inspect.isfunction(value) else value


def _timed(function: Callable[..., Any], name: str, spent: Spent) -> Callable[..., Any]:
    """The function, its CPU time added up; what is timed within it counts there alone."""

    def timed(*arguments: Any, **keywords: Any) -> Any:
        start, within = time.process_time(), sum(spent.values())
        try:
            return function(*arguments, **keywords)
        finally:
            others = sum(spent.values()) - within
            spent[name] += time.process_time() - start - others

    return timed


def _table(speeds: dict[str, Speed]) -> Table:
    shown = Table("camera", *speeds, title="CPU time of one core")
    for column in shown.columns[1:]:
        column.justify = "right"
    shown.add_row("pages per second", *(f"{speed.pages_per_cpu_s:.1f}" for speed in speeds.values()), style="bold")
    shown.add_row("ms a page", *(f"{speed.page_ms:.1f}" for speed in speeds.values()), end_section=True)
    for stage in dict.fromkeys(name for speed in speeds.values() for name in speed.stages_ms if name != "the rest"):
        shown.add_row(stage, *(f"{speed.stages_ms.get(stage, 0):.1f}" for speed in speeds.values()))
    shown.add_row("the rest", *(f"{speed.stages_ms['the rest']:.1f}" for speed in speeds.values()), end_section=True)
    shown.add_row("peak memory, MB", *(f"{speed.peak_memory_mb:.0f}" for speed in speeds.values()))
    return shown


if __name__ == "__main__":
    main()
