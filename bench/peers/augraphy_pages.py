"""Augraphy's default pipeline on finished pages.

It only degrades: the pages are given to it, drawn beforehand, and the time to draw them is not counted. Boxes are not
asked of it, which spares it their time. Its warm-up runs every effect of the pipeline once, so that none of its
functions is compiled within the measured time.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from typing import Any

from serve import Failed, Generator, Page, serve


def prepare(job: dict[str, Any]) -> Generator:
    """Sets up the pipeline for the job's pages."""
    os.chdir(job["scratch"])  # it keeps a folder of its latest inputs in the working directory
    import cv2
    import matplotlib.font_manager  # noqa: F401 - one of its effects uses this module without importing it
    import numpy as np
    from augraphy import default_augraphy_pipeline

    random.seed(job["seed"])
    np.random.seed(job["seed"])
    pages = itertools.cycle([(cv2.imread(path), words) for path, words in job["pages"]])
    pipeline = default_augraphy_pipeline()

    def page() -> Page:
        image, words = next(pages)
        try:
            picture = pipeline(image)
        except Exception as error:  # whatever its effects raise is a page that its user does not get
            raise Failed(f"{type(error).__name__}: {error}") from error
        return Page(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) if picture.ndim == 3 else picture, lambda: words)

    def warm() -> None:
        image, _ = next(pages)
        for phase in (pipeline.ink_phase, pipeline.paper_phase, pipeline.post_phase):
            for effect in _effects(phase):
                _try(effect, image.copy())

    return Generator(page, warm)


def _try(effect: Any, image: Any) -> None:
    try:
        effect(image, force=True)
    except Exception as error:  # it will fail within the pipeline too, and be counted there
        print(f"warm-up of {type(effect).__name__}: {type(error).__name__}: {error}")


def _effects(effect: Any) -> Iterator[Any]:
    """The single effects of a phase, a choice or a sequence."""
    parts = getattr(effect, "augmentations", None)
    if parts is None:
        yield effect
        return
    for part in parts:
        yield from _effects(part)


if __name__ == "__main__":
    serve(prepare)
