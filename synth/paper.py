"""Puts ink on paper: how it spreads, fades and wears, what shows through from the reverse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from synth import noise
from synth.ink import Ink, Raster
from synth.layers import Coverage, Layer
from synth.scene import Paper

_SCREEN = 8  # pixels of the halftone's tile; its dots stand on a grid of 45 degrees


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet.

    Attributes:
        raster: the window of the page that it shows.
        dark: uint8 (height, width): 0 is bare paper, 255 the full ink of `paper.ink`.
        layers: coloured print and marks, in the order in which they lie there.
    """

    raster: Raster
    dark: Coverage
    layers: tuple[Layer, ...]


def print_on(
    ink: Ink, marks: Sequence[Layer], paper: Paper, pixels_per_raster_pixel: float, outer_edges: Sequence[float] = ()
) -> Sheet:
    """Prints ink on paper.

    Args:
        ink: coverage.
        marks: what else lies on the sheet.
        paper: how it takes ink.
        pixels_per_raster_pixel: size of a raster pixel in the picture, to turn `ink_gain_px` into raster pixels.
        outer_edges: page x (points) of the sheet's edges beside which the pages below are seen.
    """
    spread = paper.ink_gain_px / pixels_per_raster_pixel
    black = _dotted(ink.black, ink.raster, paper.dots_per_inch) if paper.dots_per_inch else ink.black
    dark = _worn(_spread(black, spread, paper.ink_density), paper)
    if paper.show_through > 0:
        dark = np.maximum(dark, _reverse(black, paper.show_through))
    for edge in outer_edges:
        _pages_below(dark, ink.raster, edge, paper)
    coloured = [_printed(layer, spread, paper) for layer in (*ink.boxes, *ink.coloured)]
    return Sheet(ink.raster, dark, (*coloured, *marks))


@dataclass(frozen=True, slots=True)
class Dots:
    """What a printer's head has set.

    Attributes:
        on: uint8 (rows, columns), 255 where a dot is set.
        pitch: width of a dot, raster pixels.
        left, top: where the first dot's place begins, raster pixels.
    """

    on: Coverage
    pitch: float
    left: float
    top: float


def dots(coverage: Coverage, raster: Raster, dots_per_inch: float) -> Dots | None:
    """The dots that a head sets for this print; None for dots smaller than a pixel, which cannot be seen.

    A dot is set where ink covers a third of its place. The grid is the sheet's, wherever the raster begins.
    """
    pitch = raster.scale * 72 / dots_per_inch
    if pitch < 1:
        return None
    left, top = -(raster.left * raster.scale % pitch), -(raster.top * raster.scale % pitch)
    columns, rows = (math.ceil((side + pitch) / pitch) for side in (raster.width, raster.height))
    # A box as wide as a dot before one value is taken from its middle: the share of its place that is covered.
    width = max(round(pitch), 1)
    covered = cv2.warpAffine(
        cv2.blur(coverage, (width, width)), _from_grid(pitch, left, top), (columns, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return Dots(cv2.threshold(covered, _TAKEN, 255, cv2.THRESH_BINARY)[1], pitch, left, top)


def _from_grid(pitch: float, left: float, top: float) -> npt.NDArray[np.float64]:
    """The affine map from a dot's number to its middle, as OpenCV counts: pixel 0 has its middle at 0."""
    return np.array([[pitch, 0, left + pitch / 2 - 0.5], [0, pitch, top + pitch / 2 - 0.5]])


def _dotted(coverage: Coverage, raster: Raster, dots_per_inch: float) -> Coverage:
    """Print in whole dots: an edge comes to lie up to a dot from where the outline had it."""
    head = dots(coverage, raster, dots_per_inch)
    if head is None:
        return coverage
    # Between the middles of dots their cover runs from one to the other; steep, it leaves round corners.
    to_raster = _from_grid(head.pitch, head.left, head.top)
    soft = cv2.warpAffine(head.on, to_raster, coverage.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return cv2.convertScaleAbs(cv2.subtract(soft, 64), alpha=2)  # 64…191 becomes 0…254


_TAKEN = 90  # of 255: a printer thickens strokes thinner than a dot rather than lose them


def _spread(coverage: Coverage, spread: float, density: float) -> Coverage:
    """Ink gain: the edge of the ink moves out by about `spread` pixels; then ink that covers less than fully."""
    if spread > 0.05:
        # Blur puts the ink's edge at half coverage; a gain of 1 + spread moves it outwards by about that much.
        kernel = cv2.getGaussianKernel(3, max(spread, 0.3), cv2.CV_32F) * np.float32(math.sqrt(1 + spread))
        coverage = cv2.sepFilter2D(coverage, -1, kernel, kernel)  # saturates at full coverage
    return coverage if density >= 1 else cv2.convertScaleAbs(coverage, alpha=density)


def _worn(dark: Coverage, paper: Paper) -> Coverage:
    """Ink that is unevenly strong, worn off in specks, or printed as a screen of dots."""
    height, width = dark.shape
    if paper.fade > 0:
        coarse = noise.fibres((9, 9), paper.texture_offset)
        strength = np.clip(255 - paper.fade * 255 * (0.5 + (coarse.astype(float) - 128) / (2 * noise.SPREAD)), 40, 255)
        field = cv2.resize(strength.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
        dark = cv2.multiply(dark, field, scale=1 / 255)
    if paper.specks > 0:
        grain = noise.fibres(dark.shape, paper.texture_offset)
        level = 128 + noise.SPREAD * _SPECK_LEVEL
        gone = cv2.threshold(grain, level - noise.SPREAD * paper.specks, 255, cv2.THRESH_BINARY)[1]
        dark = cv2.subtract(dark, gone)
    if paper.halftone:
        rows, columns = -(-height // _SCREEN), -(-width // _SCREEN)
        dark = cv2.multiply(dark, np.tile(_screen(), (rows, columns))[:height, :width], scale=1 / 255)
    return dark


_SPECK_LEVEL = 2.6  # of the fibres' spread: the rarest 0.5 % are worn off first


def _screen() -> Coverage:
    """One tile of a halftone of dark grey: small light dots on a grid turned by 45 degrees."""
    y, x = np.mgrid[:_SCREEN, :_SCREEN] * (2 * np.pi / _SCREEN)
    return np.rint(190 + 65 * np.clip(1.2 * np.cos(x) * np.cos(y), -1, 1)).astype(np.uint8)


def _pages_below(dark: Coverage, raster: Raster, edge: float, paper: Paper) -> None:
    """Draws the edges of the pages below beside the sheet's edge: uneven lines along it, in place."""
    at, width = (edge - raster.left) * raster.scale, max(round(paper.stack_pt * raster.scale), 2)
    first = round(at) if edge > 0 else round(at) - width
    columns = np.arange(max(first, 0), min(first + width, raster.width))
    if not len(columns):
        return
    uneven = noise.fibres((1, len(columns)), paper.texture_offset)[0].astype(float)
    tone = np.clip(40 + 1.2 * (uneven - 128), 0, 120)
    nearest = columns[0] if edge > 0 else columns[-1]
    tone[columns == nearest] = 150  # the shadow under the sheet
    dark[:, columns] = np.maximum(dark[:, columns], tone.astype(np.uint8))


def _reverse(coverage: Coverage, strength: float) -> Coverage:
    """The other side's print, seen through the paper: mirrored and soft. A mirror image of this page stands for it."""
    height, width = coverage.shape
    # Half the size is enough for what is blurred by paper; OpenCV halves even sides much faster than odd ones.
    even = coverage[: height // 2 * 2, : width // 2 * 2] if min(height, width) > 1 else coverage
    small = cv2.resize(even, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(cv2.flip(small, 1), (5, 5), 0.8)
    return cv2.convertScaleAbs(cv2.resize(soft, (width, height)), alpha=strength)


def _printed(layer: Layer, spread: float, paper: Paper) -> Layer:
    """A layer of coloured print, spread and thinned as black print is; on dark paper it covers."""
    coverage = _spread(layer.coverage, spread, paper.ink_density)
    if not paper.inverted:
        return replace(layer, coverage=coverage)
    red, green, blue = (1 - 0.5 * (1 - channel) for channel in layer.colour)
    return replace(layer, coverage=coverage, colour=(red, green, blue), kind="cover")
