"""Pages per CPU second of one core, and where the time goes: `python bench/synth_speed.py [pages] [override …]`.

Whole pages as `python -m synth` makes them: recipe, typesetting, drawing, camera, truth and JPEG.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import cv2

from conf.app import composed
from conf.schema.synth import SynthConfig
from synth import camera, fonts, geometry, ink, paper, pipeline, truth

_STAGES: tuple[tuple[Any, str], ...] = (
    (pipeline, "sample"), (pipeline, "typeset"), (geometry.PageMap, "inverse_nodes"), (ink, "draw"),
    (paper, "print_on"), (camera, "photograph"), (truth, "annotate"), (camera, "encode"),
)  # fmt: skip


def main() -> None:
    """Prints the figures of each camera preset."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    cv2.setNumThreads(1)
    spent: dict[str, float] = defaultdict(float)
    for place, name in _STAGES:
        setattr(place, name, _timed(getattr(place, name), name, spent))
    for preset in ("none", "scan", "phone", "rough"):
        config = composed("synth", SynthConfig, [f"camera={preset}", *sys.argv[2:]])
        fonts.library(config.font)
        for index in range(pages, pages + 10):  # warm caches: a long run has seen its fonts
            pipeline.render(config, index)
        spent.clear()
        start = time.process_time()
        for index in range(pages):
            pipeline.render(config, index)
        seconds = time.process_time() - start
        shares = ", ".join(f"{name} {1000 * value / pages:.1f}" for name, value in spent.items())
        print(f"camera={preset}: {pages / seconds:.1f} pages per CPU second; ms per page: {shares}")


def _timed(function: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **keywords: Any) -> Any:
        start = time.process_time()
        try:
            return function(*arguments, **keywords)
        finally:
            spent[name] += time.process_time() - start

    return timed


if __name__ == "__main__":
    main()
