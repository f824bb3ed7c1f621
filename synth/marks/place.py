"""Puts a mark's drawing on the raster: a small canvas warped to its place, or strokes drawn where they lie.

Marks are drawn on canvases of their own, as coarse as their softness allows; only the part that the raster sees is
ever enlarged, so a coffee ring costs the same at any resolution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from synth.fields import Float32s
from synth.layers import Coverage, Layer
from synth.scene import Rgb

if TYPE_CHECKING:
    from synth.ink import Raster

Floats = npt.NDArray[np.float64]
Line = tuple[float, float, float]
"""A line of text on the page: left, right, baseline; points."""

_SUBPIXEL_BITS = 4
_FINE = 2
"""Strokes are drawn this much larger, then averaged: OpenCV's own lines are whole pixels thick."""


def window(raster: Raster, low: tuple[float, float], high: tuple[float, float]) -> tuple[int, int, int, int] | None:
    """The raster's pixels within a box of page points: left, top, width, height; None where it sees nothing of it."""
    left = max(math.floor((low[0] - raster.left) * raster.scale), 0)
    top = max(math.floor((low[1] - raster.top) * raster.scale), 0)
    right = min(math.ceil((high[0] - raster.left) * raster.scale), raster.width)
    bottom = min(math.ceil((high[1] - raster.top) * raster.scale), raster.height)
    return (left, top, right - left, bottom - top) if left < right and top < bottom else None


def as_coverage(shares: Float32s | Floats) -> Coverage:
    """Shares 0…1 as bytes; what lies beyond is cut."""
    coverage: Coverage = cv2.convertScaleAbs(np.maximum(shares, 0), alpha=255)
    return coverage


def warped(
    canvas: Coverage,
    centre: tuple[float, float],
    size: tuple[float, float],
    angle: float,
    raster: Raster,
    colour: Rgb,
    kind: str = "filter",
) -> list[Layer]:
    """A canvas laid on the page, `size` points wide and high around `centre`, turned clockwise by `angle` degrees.

    Returns one layer, or none where the raster does not see it.
    """
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    reach_x = (abs(cos) * size[0] + abs(sin) * size[1]) / 2
    reach_y = (abs(sin) * size[0] + abs(cos) * size[1]) / 2
    seen = window(raster, (centre[0] - reach_x, centre[1] - reach_y), (centre[0] + reach_x, centre[1] + reach_y))
    if seen is None:
        return []
    left, top, width, height = seen
    rows, columns = canvas.shape
    to_canvas_x, to_canvas_y = columns / size[0], rows / size[1]
    # Page point of the window's first pixel's centre, seen from the mark's centre.
    x = raster.left + (left + 0.5) / raster.scale - centre[0]
    y = raster.top + (top + 0.5) / raster.scale - centre[1]
    step = 1 / raster.scale
    inverse = np.array(
        [
            [cos * step * to_canvas_x, sin * step * to_canvas_x, (cos * x + sin * y) * to_canvas_x + columns / 2 - 0.5],
            [-sin * step * to_canvas_y, cos * step * to_canvas_y, (cos * y - sin * x) * to_canvas_y + rows / 2 - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    coverage = cv2.warpAffine(canvas, inverse, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT)
    return [Layer(left, top, coverage, colour, kind)]


def stroked(strokes: Sequence[Floats], thickness: float, raster: Raster) -> tuple[int, int, Coverage] | None:
    """Coverage of round-ended strokes, each a polyline of page points (n, 2), `thickness` points thick.

    Returns:
        Left and top raster pixel of the window, and its coverage; None where the raster sees nothing of it.
    """
    points = np.concatenate(strokes)
    low, high = points.min(axis=0) - thickness, points.max(axis=0) + thickness
    seen = window(raster, (low[0], low[1]), (high[0], high[1]))
    if seen is None:
        return None
    left, top, width, height = seen
    fine = np.zeros((height * _FINE, width * _FINE), np.uint8)
    pixels = thickness * raster.scale * _FINE
    origin = np.array([raster.left + left / raster.scale, raster.top + top / raster.scale])
    scale = raster.scale * _FINE
    fixed = [
        np.rint(((stroke - origin) * scale - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32).reshape(-1, 1, 2)
        for stroke in strokes
    ]
    # A stroke thinner than a pixel is a pixel thick and paler.
    full = round(255 * min(pixels, 1.0))
    cv2.polylines(fine, fixed, False, full, max(round(pixels), 1), cv2.LINE_AA, _SUBPIXEL_BITS)
    return left, top, cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
