"""The plain picture of a page: drawn at a chosen width, nothing else done to it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from PIL import Image as PillowImage

from data.model import LinkAnnotation
from data.pdf.picture import draw
from data.pdf.survey import Page
from data.pdf.truth import Map, annotate
from data.pixels import Encoded, Pixels, as_jpeg


class Develop(Protocol):
    """Makes the picture of a page; pickled to the workers, so an instance of a class at the top of a module."""

    def __call__(self, page: Any, facts: Page, index: int) -> tuple[Encoded, tuple[LinkAnnotation, ...]]:
        """The picture and its truth.

        Args:
            page: the pypdfium2 page.
            facts: what it shows.
            index: number of the picture in its set, from 0.
        """


@dataclass(frozen=True, slots=True)
class Flat:
    """Draws pages `width_px` pixels wide, as `png` or `jpg`."""

    width_px: int
    format: str

    def __call__(self, page: Any, facts: Page, index: int) -> tuple[Encoded, tuple[LinkAnnotation, ...]]:
        """The page as it is."""
        pixels = draw(page, self.width_px)
        height, width = pixels.shape[:2]
        content = as_jpeg(pixels) if self.format == "jpg" else _as_png(pixels)
        links = annotate(facts, flat_map(facts, width, height), (width, height))
        return Encoded(content, f".{self.format}", width, height), links


def flat_map(facts: Page, width: int, height: int) -> Map:
    """Display points of a page to pixels of its picture, which it fills exactly."""
    scale = np.array([width / facts.width, height / facts.height])
    return lambda points: points * scale


def _as_png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    image = PillowImage.fromarray(pixels)
    if np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 1], pixels[..., 2]):
        image = image.convert("L")
    image.save(buffer, "PNG")
    return buffer.getvalue()
