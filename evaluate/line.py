"""Lays a printed line out straight, so that an OCR engine sees that line alone, dark on white, at the size it likes.

All of it happens at the picture's own resolution: the detector may have looked at a small copy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from data.model import Box
from evaluate.trace import Floats, Grey, Trace, bent_grid, sample, without_rules

_MARGIN = 0.12
"""White above and below the line, as a share of the result's height."""
_COLUMN_GAP = 4.0
"""A gap of so many x-heights ends the line."""
_PADDING = 2.0
"""White kept behind the end of the line, in x-heights."""
INK = 190
"""Darker pixels of a straightened line are ink; its paper is 255."""


@dataclass(frozen=True, slots=True)
class Line:
    """One straightened line, from just before the prefix to its right end.

    Attributes:
        pixels: uint8 (height, width), dark ink on white paper, nothing of the neighbouring lines.
        x_height: height of a small letter, in pixels of `pixels`.
        box: upright box around the strip in the original picture.
        scale: pixels of `pixels` per pixel of the original picture.
    """

    pixels: Grey
    x_height: float
    box: Box
    scale: float

    @property
    def end(self) -> float:
        """Column of the original picture where the line's ink ends."""
        return self.box[0] + self.box[2] - _PADDING * self.x_height / self.scale


def softened(line: Line, sigma: float) -> Line:
    """The same line out of focus, by a Gaussian of that many x-heights: dots of a matrix printer become strokes."""
    return replace(line, pixels=cv2.GaussianBlur(line.pixels, (0, 0), sigma * line.x_height))


def lay_out(grey: Grey, traced: Trace, sure: tuple[float, float], line_height_px: int) -> Line:
    """The traced line as a straight strip.

    Args:
        grey: the whole picture.
        traced: the line in it.
        sure: columns between which there is text of the line for certain: the strip begins with the first, and the
            ink between them says how dark its ink is, since a link may be paler than the words around it.
        line_height_px: height of the strip.
    """
    margin = _MARGIN * line_height_px
    scale = (line_height_px - 2 * margin) / max(traced.bottom - traced.top, 1.0)
    xs = _columns(traced, sure[0], scale)
    rows = traced.top + (np.arange(line_height_px) + 0.5 - margin) / scale
    grid_x, grid_y = bent_grid(traced.path, xs, rows)
    strip = _even(sample(grey, grid_x, grid_y, scale), traced.x_height * scale, int((xs < sure[1]).sum()))
    strip = _until_blank(strip, traced.x_height * scale)
    edge = round(margin)
    strip[:edge], strip[line_height_px - edge :] = 255, 255
    left, top = float(grid_x.min()), float(grid_y.min())
    shown = strip.shape[1]
    box = (left, top, float(grid_x[:, :shown].max()) - left, float(grid_y[:, :shown].max()) - top)
    return Line(strip, traced.x_height * scale, box, scale)


def _columns(traced: Trace, start: float, scale: float) -> Floats:
    """Columns of the picture at even steps along the line."""
    coarse = np.linspace(start, max(float(traced.path.x[-1]), start + 2.0), 512)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(coarse), np.diff(traced.path.middle(coarse))))])
    return np.asarray(np.interp((np.arange(int(along[-1] * scale)) + 0.5) / scale, along, coarse))


def _even(strip: Grey, x_height: float, sure: int) -> Grey:
    """Dark ink on white paper: light evened out, contrast stretched, underlines taken away."""
    size = min(int(3 * x_height) | 1, 255)
    paper = cv2.medianBlur(strip, size)
    if float(np.mean(strip.astype(np.float32) - paper)) > 0:
        strip, paper = cv2.bitwise_not(strip), cv2.bitwise_not(paper)
    ink = np.clip(paper.astype(np.float64) - strip, 0, None)
    ink /= max(float(np.percentile(ink[:, :sure], 99)), 40.0)
    ink = without_rules(ink.clip(0, 1), max(int(4 * x_height), 3))
    even: Grey = np.round(255 * (1 - ink)).astype(np.uint8)
    return even


def _until_blank(strip: Grey, x_height: float) -> Grey:
    """The strip up to the first gap that is wider than any within a sentence: what follows is another column."""
    least = int(_COLUMN_GAP * x_height)
    inked = np.flatnonzero((strip < INK).any(axis=0))
    wide = np.flatnonzero(np.diff(inked) > least)
    end = inked[wide[0]] if wide.size else inked[-1] if inked.size else 0
    return strip[:, : int(end) + int(_PADDING * x_height)]
