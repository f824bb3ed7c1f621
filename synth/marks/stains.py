"""What was spilt on a page or settled on it: coffee rings, blots, the edge of a water stain, foxing, dust.

Spills are drawn unrolled, one row for each direction from their middle and one column for each distance: their edge
is a wavy column there, and all that happens along it is a formula of the distance from that edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from synth.fields import Float32s, wave
from synth.layers import Coverage, Layer
from synth.marks.place import Floats, Line, as_coverage, stroked, warped
from synth.scene import Mark

if TYPE_CHECKING:
    from synth.ink import Raster

_DIRECTIONS, _DISTANCES = 384, 160
_EDGE = 0.8
"""Where the edge lies on average, as a share of the canvas's half side."""
_GRID = np.linspace(-1, 1, 4096, dtype=np.float32)
"""Distances inwards from the edge at which profiles are worked out."""


def ring(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """Where a wet cup of diameter `size` stood: two rims and a wash between them, heavier on one side."""
    rng = np.random.default_rng(mark.seed)
    inwards = _inwards(rng, ((3, 0.006), (40, 0.003)))
    width = rng.uniform(0.04, 0.09)
    turn = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False, dtype=np.float32)
    heavy = np.clip(0.45 + 0.55 * np.cos(turn - rng.uniform(0, 7)) + 0.35 * _around(rng, 9), 0.02, 1)
    d = _GRID
    rims = np.exp(-((d / 0.011) ** 2)) + 0.7 * np.exp(-(((d - width) / 0.016) ** 2))
    wash = 0.35 * np.clip(d / 0.012, 0, 1) * np.clip((width - d) / 0.03, 0, 1)
    inside = _along(0.02 * np.clip((d - width) / 0.05, 0, 1), inwards)
    return _spilt(_along(rims + wash, inwards) * heavy[:, None] + inside, mark, raster, 320)


def blot(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A drop that dried: `size` across, pale in the middle, dark at its rim."""
    rng = np.random.default_rng(mark.seed)
    inwards = _inwards(rng, ((4, 0.07), (11, 0.025), (50, 0.006)))
    within, beyond = np.clip(_GRID / 0.03, 0, 1), np.clip(_GRID, 0, 1)
    rim = within * (0.55 * np.exp(-beyond / 0.025) + 0.25 * np.exp(-beyond / 0.2))
    shares = _along(rim, inwards) * (1 + 0.35 * _around(rng, 14))[:, None]
    return _spilt(shares + _along(0.32 * within, inwards), mark, raster, 160)


def water(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A large damp patch around (x, y), mostly off the page: a thin wavy tide line, a second one behind it, a tint."""
    rng = np.random.default_rng(mark.seed)
    inwards = _inwards(rng, ((4, 0.1), (9, 0.035), (20, 0.014), (70, 0.006), (160, 0.003))) + 0.06
    second = inwards - (rng.uniform(0.05, 0.2) + 0.035 * _around(rng, 14))[:, None]
    strength = np.clip(0.65 + 0.5 * _around(rng, 9), 0.12, 1)[:, None]
    beyond = np.clip(_GRID, 0, 1)
    tide = (0.8 * np.exp(-beyond / 0.008) + 0.2 * np.exp(-beyond / 0.05)) * np.clip(_GRID / 0.006, 0, 1)
    older = (0.3 * np.exp(-beyond / 0.01) + 0.1 * np.exp(-beyond / 0.08)) * np.clip(_GRID / 0.008, 0, 1)
    tint = _along(0.09 * np.clip(_GRID / 0.02, 0, 1), inwards)
    return _spilt((_along(tide, inwards) + _along(older, second)) * strength + tint, mark, raster, 448)


def foxing(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """Brown specks strewn over `size` points, most of them tiny."""
    rng = np.random.default_rng(mark.seed)
    count = int(rng.integers(12, 60))
    side = int(min(mark.size * raster.scale, 360))
    places = rng.normal(side / 2, side / 6, (count, 2))
    radii = np.clip(np.exp(rng.normal(-0.9, 0.7, count)), 0.15, 2.4) * side / mark.size
    shades = rng.uniform(0.25, 1, count) * mark.strength * 255
    canvas = np.zeros((side, side), np.uint8)
    for (x, y), radius, shade in zip(places.tolist(), radii.tolist(), shades.tolist(), strict=True):
        cv2.circle(canvas, (int(x * 16), int(y * 16)), int(radius * 16), shade, -1, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(canvas, (0, 0), max(0.45 * side / mark.size, 0.5))
    return warped(_faded(soft), (mark.x, mark.y), (mark.size, mark.size), 0.0, raster, mark.colour)


def dust(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A few specks within `size` points, and sometimes a curled hair."""
    rng = np.random.default_rng(mark.seed)
    at = np.array([mark.x, mark.y])
    specks = [
        at + middle + rng.uniform(-0.5, 0.5, (3, 2))
        for middle in rng.uniform(-0.5, 0.5, (int(rng.integers(2, 8)), 2)) * mark.size
    ]
    layers = _strokes(specks, float(rng.uniform(0.3, 0.9)), mark, raster)
    if rng.random() < 0.4:
        turns = np.cumsum(rng.normal(0.05, 0.16, 40)) + rng.uniform(0, 7)
        hair = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1), axis=0) * rng.uniform(0.2, 0.9)
        layers += _strokes([hair + at], 0.22, mark, raster)
    return layers


def _strokes(strokes: list[Floats], thickness: float, mark: Mark, raster: Raster) -> list[Layer]:
    drawn = stroked(strokes, thickness, raster)
    if drawn is None:
        return []
    left, top, coverage = drawn
    return [Layer(left, top, cv2.convertScaleAbs(coverage, alpha=mark.strength), mark.colour)]


def _around(rng: np.random.Generator, knots: int) -> Float32s:
    """A smooth curve over all directions that closes on itself."""
    curve = wave(rng, _DIRECTIONS + 64, knots)
    blend = np.linspace(0, 1, 64, dtype=np.float32)
    curve[:64] = curve[:64] * blend + curve[-64:] * (1 - blend)
    return curve[:_DIRECTIONS]


def _inwards(rng: np.random.Generator, waves: Sequence[tuple[int, float]]) -> Float32s:
    """Distance inwards from a wavy edge, as a share of the half side, by direction and distance from the middle.

    Args:
        rng: for its shape.
        waves: (ups and downs, height) of the waves that the edge is made of.
    """
    edge = _EDGE + sum((height * _around(rng, knots) for knots, height in waves), np.zeros(_DIRECTIONS, np.float32))
    distance = (np.arange(_DISTANCES, dtype=np.float32) + 0.5) / _DISTANCES
    inwards: Float32s = np.minimum(edge, 0.96)[:, None] - distance[None, :]
    return inwards


def _along(profile: Float32s, inwards: Float32s) -> Float32s:
    """A profile, given at `_GRID`, at these distances inwards: looked up, since exponentials cost ten times as much."""
    steps = np.clip((inwards + 1) * ((len(_GRID) - 1) / 2), 0, len(_GRID) - 1)
    return profile[steps.astype(np.int32)]


def _spilt(shares: Float32s, mark: Mark, raster: Raster, finest: int) -> list[Layer]:
    """Rolls up a spill, on a canvas of at most `finest` pixels, and lays it on the page."""
    full = mark.size / _EDGE
    side = int(min(max(full * raster.scale, 16), finest))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP | cv2.WARP_FILL_OUTLIERS
    unrolled = as_coverage(shares * mark.strength)
    rolled = cv2.warpPolar(unrolled, (side, side), (side / 2 - 0.5, side / 2 - 0.5), side / 2, flags)
    return warped(_faded(rolled), (mark.x, mark.y), (full, full), mark.angle, raster, mark.colour)


def _faded(canvas: Coverage) -> Coverage:
    """Nothing on its outermost pixels, so that no straight edge shows where it ends."""
    canvas[[0, -1]] = 0
    canvas[:, [0, -1]] = 0
    return canvas
