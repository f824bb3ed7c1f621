"""Puts ink on paper: how it spreads and fades, what shows through from the reverse, the fibres between."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from synth import noise
from synth.ink import Coverage, Ink, Raster
from synth.scene import Paper, Rgb


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet: what darkens the paper, uint8 (height, width) for each colour, the darkest share as 255."""

    raster: Raster
    paper: Rgb
    layers: tuple[tuple[Rgb, Coverage], ...]


def print_on(ink: Ink, paper: Paper, pixels_per_raster_pixel: float) -> Sheet:
    """Prints ink on paper.

    Args:
        ink: coverage by ink.
        paper: its colour, fibres and thinness.
        pixels_per_raster_pixel: size of a raster pixel in the picture, to turn `ink_gain_px` into raster pixels.
    """
    spread = paper.ink_gain_px / pixels_per_raster_pixel
    layers = [(colour, _spread(coverage, spread, paper.ink_density)) for colour, coverage in ink.layers]
    colour, black = layers[0]
    if paper.show_through > 0:
        black = np.maximum(black, _reverse(ink.layers[0][1], paper.show_through))
    if paper.grain > 0:
        black = _with_fibres(black, paper)
    return Sheet(ink.raster, paper.colour, ((colour, black), *layers[1:]))


def _spread(coverage: Coverage, spread: float, density: float) -> Coverage:
    """Ink gain: the edge of the ink moves out by about `spread` pixels; then ink that covers less than fully."""
    if spread > 0.05:
        soft = cv2.GaussianBlur(coverage, (0, 0), max(spread, 0.3))
        # Blur puts the ink's edge at half coverage; a gain of 1 + spread moves it outwards by about that much.
        coverage = cv2.convertScaleAbs(soft, alpha=1 + spread)
    return coverage if density >= 1 else cv2.convertScaleAbs(coverage, alpha=density)


def _reverse(coverage: Coverage, strength: float) -> Coverage:
    """The other side's print, seen through the paper: mirrored and soft. A mirror image of this page stands for it."""
    soft = cv2.GaussianBlur(cv2.flip(coverage, 1), (0, 0), 1.2)
    return cv2.convertScaleAbs(soft, alpha=strength)


def _with_fibres(coverage: Coverage, paper: Paper) -> Coverage:
    """Fibres darken the paper by `grain` on average at one standard deviation."""
    tile = noise.crop("fibre", coverage.shape, paper.texture_offset)
    strength = paper.grain * 255 / noise.SPREAD
    return cv2.addWeighted(coverage, 1.0, tile, strength, (noise.SPREAD - 128) * strength)
