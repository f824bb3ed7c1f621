"""Pictures in the report: crops, lines and small pages as data URIs, with boxes drawn over them as SVG."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from data.model import Box
from data.pixels import Pixels

_QUALITY = 60
"""WebP's: letters stay clean at a third of the bytes of a JPEG."""
_MOST_ENLARGED = 3.0
_LINE_HEIGHT_PX = 48
_LINE_HEIGHTS = 13
"""A line that is longer, in its heights, is folded, so that its letters stay large on a phone."""
_MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on a picture; `kind` is its CSS class: `truth`, `found` or `link`."""

    box: Box
    kind: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready for the page.

    Attributes:
        uri: WebP as a data URI.
        width, height: its pixels.
        marks: boxes in its pixels.
    """

    uri: str
    width: int
    height: int
    marks: tuple[Mark, ...] = ()


def crop_around(pixels: Pixels, marks: Sequence[Mark], width_px: int, behind: float = 2.0) -> Picture:
    """The part of a page that shows some boxes, with a little of what is around them.

    Args:
        pixels: uint8 (height, width, 3), the page.
        marks: boxes in its pixels, at least one.
        width_px: greatest width of the result; smaller crops are enlarged, at most three times.
        behind: how much is shown to the right of the boxes, in heights of the tallest.
    """
    left = min(mark.box[0] for mark in marks)
    top = min(mark.box[1] for mark in marks)
    right = max(mark.box[0] + mark.box[2] for mark in marks)
    bottom = max(mark.box[1] + mark.box[3] for mark in marks)
    line = max(max(mark.box[3] for mark in marks), 8.0)
    left, right = left - 2 * line, right + behind * line
    # A strip that is neither a thread nor a tower sits well in a grid of cards.
    high = max(bottom - top + 2 * line, (right - left) / 4)
    middle = (top + bottom) / 2
    x0, y0 = max(int(left), 0), max(int(middle - high / 2), 0)
    x1, y1 = min(int(right) + 1, pixels.shape[1]), min(int(middle + high / 2) + 1, pixels.shape[0])
    x0, y0 = min(x0, pixels.shape[1] - 1), min(y0, pixels.shape[0] - 1)
    part = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    shown = [_moved(mark, x0, y0) for mark in marks]
    return _picture(part, shown, min(width_px / part.shape[1], 2 * width_px / part.shape[0], _MOST_ENLARGED))


def small_page(pixels: Pixels, marks: Sequence[Mark], width_px: int) -> Picture:
    """A whole page, made small."""
    return _picture(pixels, marks, min(width_px / pixels.shape[1], 2 * width_px / pixels.shape[0], 1.0))


def line_picture(strip: npt.NDArray[np.uint8]) -> Picture:
    """A straightened line as an OCR engine is shown it, made small, and folded where it is long.

    Args:
        strip: uint8 (height, width), dark ink on white paper.
    """
    return _picture(_folded(strip), (), min(_LINE_HEIGHT_PX / strip.shape[0], 1.0))


def _folded(strip: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The strip in rows of equal width; each fold lies where there is least ink."""
    width = _LINE_HEIGHTS * strip.shape[0]
    rows: list[npt.NDArray[np.uint8]] = []
    while strip.shape[1] > width and len(rows) < _MOST_ROWS - 1:
        slack = strip.shape[0]
        fold = width - slack + int(strip[:, width - slack : width].sum(axis=0, dtype=np.int64).argmax())
        rows.append(strip[:, :fold])
        strip = strip[:, fold:]
    rows.append(strip[:, :width])
    return np.concatenate([np.pad(row, ((0, 0), (0, width - row.shape[1])), constant_values=255) for row in rows])


def _moved(mark: Mark, left: int, top: int) -> Mark:
    x, y, width, height = mark.box
    return Mark((x - left, y - top, width, height), mark.kind)


def _picture(pixels: npt.NDArray[Any], marks: Sequence[Mark], scale: float) -> Picture:
    size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
    image = PillowImage.fromarray(np.ascontiguousarray(pixels)).resize(size, PillowImage.Resampling.LANCZOS)
    content = BytesIO()
    image.save(content, "WEBP", quality=_QUALITY, method=4)
    uri = "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode()
    return Picture(uri, *size, tuple(Mark(_scaled(mark.box, scale), mark.kind) for mark in marks))


def _scaled(box: Box, scale: float) -> Box:
    x, y, width, height = (round(value * scale, 1) for value in box)
    return (x, y, width, height)
