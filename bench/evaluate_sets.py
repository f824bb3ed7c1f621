"""Sets and detections that nobody drew, for the measurements of `evaluate`: any page of them by its number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np

from data.model import Box, Dataset, Image, LinkAnnotation
from evaluate.detectors.size import ModelSize
from evaluate.inputs import Subject
from evaluate.predictions import Detection

_WIDTH, _HEIGHT = 1024, 1536
_LINKS, _EMPTY = 3, 5
"""Links on a page; one page in so many has none."""


class NoDetector:
    """Stands for a detector whose answers are known."""

    name = fingerprint = "bench"
    size: ModelSize | None = None
    needs_pixels = False

    def detect(self, image: Image, pixels: Any) -> list[Detection]:
        """Nothing: the detections are made here."""
        return []


class Found(Sequence[list[Detection]]):
    """The detections of each page of `made_set`, near its links and anywhere, made when they are asked for."""

    def __init__(self, pages: int, detections: int) -> None:
        """So many on each of so many pages."""
        self._pages, self._detections = pages, detections

    def __len__(self) -> int:
        """How many pages there are."""
        return self._pages

    @overload
    def __getitem__(self, page: int) -> list[Detection]: ...
    @overload
    def __getitem__(self, page: slice) -> list[list[Detection]]: ...
    def __getitem__(self, page: int | slice) -> list[Detection] | list[list[Detection]]:
        """Those of a page, or of several."""
        if isinstance(page, slice):
            return [self[each] for each in range(*page.indices(self._pages))]
        if not 0 <= page < self._pages:
            raise IndexError(page)
        return _found(page, self._detections)


def made_set(pages: int) -> Subject:
    """Pages with links of all heights, and every fifth without."""
    images = [Image(Path(f"{page}.png"), _WIDTH, _HEIGHT, _links(page), group=str(page // 50)) for page in range(pages)]
    return Subject(Path("bench"), Dataset(tuple(images)), True, "", tuple(range(1, pages + 1)), {"http": 1})


def _truth(page: int) -> tuple[np.random.Generator, Any]:
    rng = np.random.default_rng(page)
    count = 0 if page % _EMPTY == 0 else _LINKS
    height = rng.uniform(8, 40, count)
    places = (rng.uniform(0, 900, count), rng.uniform(0, 1400, count))
    return rng, np.stack([*places, 3.5 * height, height], axis=1).round(2)


def _links(page: int) -> tuple[LinkAnnotation, ...]:
    rng, truths = _truth(page)
    return tuple(
        LinkAnnotation(
            _box(box),
            text="https://example.org",
            attributes={"scheme": ("http", "https", "www")[rng.integers(3)], "x_height_px": box[3] / 2},
        )
        for box in truths.tolist()
    )


def _found(page: int, detections: int) -> list[Detection]:
    rng, truths = _truth(page)
    near = truths + rng.normal(0, 0.12, truths.shape) * truths[:, 3:]
    size = rng.uniform(8, 40, max(detections - len(truths), 0))
    places = (rng.uniform(0, 900, len(size)), rng.uniform(0, 1400, len(size)))
    boxes = np.concatenate([near, np.stack([*places, 3 * size, size], axis=1)])
    scores = np.concatenate([rng.beta(6, 2, len(near)), rng.beta(1, 6, len(size))])
    return [Detection(_box(box), score, "http") for box, score in zip(boxes.tolist(), scores.tolist(), strict=True)]


def _box(values: Sequence[float]) -> Box:
    x, y, width, height = values
    return (x, y, width, height)
