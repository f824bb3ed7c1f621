"""Ours: recipe, typesetting, drawing, paper, camera, truth and JPEG, as `python -m synth camera=phone` makes pages.

The whole page is in the picture, so that its words are; a page with fewer of them (a great heading, a figure) is left
out after it was made.
"""

from __future__ import annotations

import itertools
from typing import Any

from serve import Generator, Page, serve

_WARM_PAGES = 120  # fill the caches as a long run has filled them


def prepare(job: dict[str, Any]) -> Generator:
    """Sets up the renderer for the job's text and size."""
    import cv2

    from bench.words import on_page
    from conf.app import composed
    from conf.schema.synth import SynthConfig
    from synth import fonts
    from synth.pipeline import render

    cv2.setNumThreads(1)
    config = composed("synth", SynthConfig, job["overrides"])
    fonts.library(config.font)
    indexes = itertools.count()

    def page() -> Page:
        sample = render(config, next(indexes))
        return Page(sample.jpeg, lambda: on_page(sample.recipe, config))

    def warm() -> None:
        for _ in range(_WARM_PAGES):
            page()

    return Generator(page, warm)


if __name__ == "__main__":
    serve(prepare)
