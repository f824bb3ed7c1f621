"""How well a prefix can be read in the finished picture: its ink against its paper, noise, sharpness.

Where ink should be is known, so nothing is guessed from brightness: the print is carried into a small window of the
picture and blurred as the camera blurs, and the window's pixels are explained by it (least squares, on a paper that
may brighten evenly across the window). What the ink explains is contrast; what nothing explains is noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from data import Box
from synth import lens
from synth.geometry import upsample
from synth.layers import Coverage
from synth.recipe import Recipe
from synth.scene import Camera
from synth.shaping import Floats
from synth.truth.places import Sides
from synth.truth.view import View

_GRID = 16
"""Pixels: windows begin on nodes of the map, which are borders of JPEG's blocks too."""
_MARGIN = 6
"""Pixels around a prefix that its window takes in, so that the blur of its print has room."""
_FURTHER_BLURS = (0.5, 0.65, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0)
"""Pixels: blurs tried, one after the other while they fit better, where effects may have softened the picture."""
_ROUNDING = 1 / math.sqrt(12)
"""Noise of a picture in whole steps of brightness."""


@dataclass(frozen=True, slots=True)
class Print:
    """How a prefix looks.

    Attributes:
        contrast: how much darker solid ink is than the paper around it (lighter, where it is printed so), share of
            white.
        signal_to_noise: of a letter: the spread of brightness that its ink makes, over the spread that its ink does
            not explain (sensor, compression, fibres, stains, the reverse's print), times the side in pixels of a
            square as high as an x. It is what a matched filter would see of one letter, the root of its energy over
            the noise: large letters can be read through more noise than small ones.
        blur: of defocus, movement and effects, standard deviation, pixels.
    """

    contrast: float
    signal_to_noise: float
    blur: float


def measured(box: Box, flat: Sides, x_height: float, view: View, recipe: Recipe) -> Print:
    """Measures a prefix.

    Args:
        box: of the part that is in the picture, pixels.
        flat: sides of the whole prefix on the page.
        x_height: pixels.
        view: the picture.
        recipe: how it was taken.
    """
    window = _Window(box, view)
    part = window.within(flat)
    camera = recipe.camera
    grey = _compressed(window.picture(), camera.jpeg_quality)[part]
    fits = _fits(lens.blurred(window.ink(), camera), grey, part)
    fit = next(fits)
    if camera.effects:
        for softer in fits:
            if softer.noise >= fit.noise:
                break
            fit = softer
    lift = fit.lift if recipe.paper.inverted else -fit.lift
    contrast = min(max(lift, 0.0), 1.0)
    signal = 255 * contrast * fit.spread / max(fit.noise, _ROUNDING)
    return Print(round(contrast, 3), round(signal * x_height, 2), round(math.hypot(_lens_blur(camera), fit.blur), 2))


@dataclass(frozen=True, slots=True)
class _Fit:
    """A window's pixels explained by print.

    Attributes:
        lift: of brightness by full ink, share of white.
        spread: standard deviation of the print's coverage, share.
        noise: standard deviation of what is not explained, steps of brightness.
        blur: further blur of the print, pixels.
    """

    lift: float
    spread: float
    noise: float
    blur: float


def _fits(print_: Coverage, grey: Coverage, part: npt.NDArray[np.bool_]) -> Iterator[_Fit]:
    """The pixels of a part of the window, explained by its print as it is, then by ever softer print."""
    rows, columns = np.nonzero(part)
    # Whole numbers: their sums are exact, so the fit is the same on every machine.
    known = np.stack([np.ones(len(rows)), rows, columns, print_[part], grey]).astype(np.float64)
    yield _fit(known, 0.0)
    for blur in _FURTHER_BLURS:
        known[3] = cv2.GaussianBlur(print_, (0, 0), blur, borderType=cv2.BORDER_CONSTANT)[part]
        yield _fit(known, blur)


def _fit(known: Floats, blur: float) -> _Fit:
    """Least squares by elimination; `known` has the paper's three rows, then print, then grey."""
    count = known.shape[1]
    sums = np.einsum("in,jn->ij", known, known).tolist()
    for pivot in range(3):
        if sums[pivot][pivot] < 0.5:
            return _Fit(0.0, 0.0, 255.0, blur)  # a single row or column of pixels
        _eliminate(sums, pivot)
    energy, total = max(sums[3][3], 0.0), sums[4][4]
    lift = sums[3][4] / energy if energy > 0.5 else 0.0
    noise = max(total - lift * sums[3][4], 0.0)
    return _Fit(lift, math.sqrt(energy / count) / 255, math.sqrt(noise / count), blur)


def _eliminate(sums: list[list[float]], pivot: int) -> None:
    """Takes out of all later rows, in place, what that one explains of them."""
    row = sums[pivot]
    for later in sums[pivot + 1 :]:
        share = later[pivot] / row[pivot]
        for column in range(pivot, len(row)):
            later[column] -= share * row[column]


def _lens_blur(camera: Camera) -> float:
    # A straight path of length m spreads light with a standard deviation of m / √12.
    return math.hypot(camera.blur, math.hypot(*camera.motion) / math.sqrt(12))


def _compressed(picture: npt.NDArray[np.uint8], quality: int) -> Coverage:
    """Brightness of a window after JPEG; its blocks are those of the whole picture."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)


class _Window:
    """The part of the picture around a box, on the grid of blocks and nodes."""

    def __init__(self, box: Box, view: View) -> None:
        x, y, w, h = box
        width, height = view.page_map.picture
        self._view = view
        left, top = (max(int(start - _MARGIN) // _GRID * _GRID, 0) for start in (x, y))
        right, bottom = (math.ceil((end + _MARGIN) / _GRID) * _GRID for end in (x + w, y + h))
        self._columns, self._rows = slice(left, min(right, width)), slice(top, min(bottom, height))
        nodes = view.nodes[top // _GRID : bottom // _GRID + 2, left // _GRID : right // _GRID + 2]
        self._page = upsample(nodes, (self._columns.stop - left, self._rows.stop - top))
        self._low, self._high = nodes.min(axis=(0, 1)), nodes.max(axis=(0, 1))

    def within(self, flat: Sides) -> npt.NDArray[np.bool_]:
        """Which of its pixels show a rectangle of the page."""
        x, y = self._page[..., 0], self._page[..., 1]
        left, top, right, bottom = flat
        return (x >= left) & (x <= right) & (y >= top) & (y <= bottom)

    def picture(self) -> npt.NDArray[np.uint8]:
        """Its pixels, uint8 BGR."""
        return self._view.picture[self._rows, self._columns]

    def ink(self) -> Coverage:
        """What is printed there, black and coloured, as the map shows it without any blur; tints count as paper."""
        raster = self._view.raster
        origin = np.array([raster.left, raster.top])
        at = (self._page - origin.astype(np.float32)) * np.float32(raster.scale) - np.float32(0.5)
        print_ = _warped(self._view.ink.black, at)
        low, high = (self._low - origin) * raster.scale, (self._high - origin) * raster.scale
        for layer in self._view.ink.coloured:
            corner = np.array([layer.left, layer.top])
            if (low < corner + layer.coverage.shape[::-1]).all() and (high > corner).all():
                np.maximum(print_, _warped(layer.coverage, at - corner.astype(np.float32)), out=print_)
        return print_


def _warped(coverage: Coverage, at: npt.NDArray[np.float32]) -> Coverage:
    return cv2.remap(coverage, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
