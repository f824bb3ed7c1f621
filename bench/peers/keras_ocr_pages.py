"""keras-ocr's image generator, used as its guide to end-to-end training does, on white paper.

Rotations and margin are the guide's; the type is smaller, so that 300 words find room. It gives a picture and the
box of each character. It does not typeset, bend or photograph the page, and does not encode the picture.
"""

from __future__ import annotations

import bisect
import itertools
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from serve import Generator, Page, serve

_WORDS, _FONT_PX, _MARGIN_PX = 360, 22, 50
_TILT_DEG, _LEAN_DEG = (-15.0, 15.0), (-0.05, 0.05)


def prepare(job: dict[str, Any]) -> Generator:
    """Sets up the generator for the job's words, fonts and size."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # the package is older than Keras 3
    import numpy as np
    from keras_ocr import data_generation

    random.seed(job["seed"])
    np.random.seed(job["seed"])
    text = Path(job["text"]).read_text(encoding="utf-8")
    alphabet = "".join(sorted(set(text.replace("\n", " "))))
    fonts = [path for path in job["fonts"] if data_generation.font_supports_alphabet(path, alphabet)]
    side = job["side_px"]
    texts = _Texts(text.split())
    pages = data_generation.get_image_generator(
        height=side,
        width=side,
        text_generator=texts,
        font_groups={alphabet: fonts},
        font_size=_FONT_PX,
        backgrounds=[np.full((side, side, 3), 255, np.uint8)],
        margin=_MARGIN_PX,
        rotationX=_LEAN_DEG,
        rotationY=_LEAN_DEG,
        rotationZ=_TILT_DEG,
    )

    def page() -> Page:
        picture, lines = next(pages)
        words = texts.latest
        return Page(picture, lambda: _whole_words(words, lines))

    def warm() -> None:
        page()

    return Generator(page, warm)


class _Texts(Iterator[str]):
    """Endless pieces of the text, each a page full; `latest` holds the words of the last one."""

    def __init__(self, words: list[str]) -> None:
        self._words = itertools.cycle(words)
        self.latest: list[str] = []

    def __next__(self) -> str:
        self.latest = list(itertools.islice(self._words, _WORDS))
        return " ".join(self.latest)


def _whole_words(words: list[str], lines: list[list[tuple[Any, str]]]) -> int:
    """How many of the words were drawn to their end: it breaks lines within words, and stops where the room ends."""
    letters = sum(not character.isspace() for line in lines for _, character in line)
    return bisect.bisect_right(list(itertools.accumulate(map(len, words))), letters)


if __name__ == "__main__":
    serve(prepare)
