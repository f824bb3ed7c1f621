"""Surfaces as brightness alone, made once a process from fixed seeds: a page crops a tile and gives it its colours.

Values scatter around 128; what is brighter or darker than the surface's mean colour stands above or below.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from synth.fields import Float32s, cloud

Bytes = npt.NDArray[np.uint8]

SIDE = 1280
TILES = {"plain": 1, "wood": 4, "cloth": 2, "blanket": 2, "marble": 1, "granite": 1, "leather": 1,
         "lid": 1, "paper": 1}  # fmt: skip
"""How many tiles there are of each kind."""
_SQUARE = (SIDE, SIDE)


@cache
def tile(kind: str, number: int) -> Bytes:
    """Tile `number` of a kind in `TILES`: uint8 (1280, 1280), read-only."""
    rng = np.random.default_rng([list(TILES).index(kind), number])
    tone, spread = _MAKERS[kind](rng, number)
    low_high = cv2.meanStdDev(tone)
    mean, deviation = float(low_high[0][0, 0]), float(low_high[1][0, 0])
    scaled = np.rint(np.clip((tone - mean) * (spread / deviation) + 128, 0, 255)).astype(np.uint8)
    scaled.flags.writeable = False
    return scaled


def _plain(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """Paint or laminate: nearly even, with the unevenness of its light and finest grain."""
    tone = cloud(rng, _SQUARE, (4, 4)) + 0.2 * cloud(rng, _SQUARE, (24, 24))
    return tone + 0.25 * rng.standard_normal(_SQUARE, np.float32), 7.0


def _even(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """What no table is: a scanner's lid, or nothing but paper."""
    return cloud(rng, _SQUARE, (3, 3)), 1.5


def _wood(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """Boards with growth rings along x; tiles 2 and 3 are laid in strips."""
    half = SIDE // 2
    # Tile 0 is cut near the bark, where rings run out in arches; the others are cut straight.
    flow = np.arange(half, dtype=np.float32)[:, None] + (38 if number == 0 else 13) * cloud(rng, (half, half), (3, 6))
    flow += 5 * cloud(rng, (half, half), (8, 40), smooth=False)
    # Rings are narrow or wide by turns: slow growth to a dark edge, then a sudden light start.
    places = np.linspace(flow.min(), flow.max(), 2048)
    phase = np.cumsum(np.exp(0.6 * rng.standard_normal(64)).repeat(32)) / 27
    ring = np.interp(flow, places, -((phase % 1.0) ** 2.2) + 0.5 * np.sin(phase * 0.9)).astype(np.float32)
    tone = 0.9 * cv2.resize(ring, _SQUARE, interpolation=cv2.INTER_LINEAR)
    for knots, weight in ((10, 0.24), (36, 0.24), (120, 0.16)):
        tone += weight * cloud(rng, _SQUARE, (knots, SIDE // 2 if knots < 100 else SIDE), smooth=False)
    pores = (rng.random((SIDE, 90), np.float32) < 0.05).astype(np.float32)
    tone -= 0.55 * cv2.resize(pores, _SQUARE, interpolation=cv2.INTER_LINEAR)
    return (_laid_in_strips(rng, tone, 160 + 110 * (number - 2)) if number >= 2 else tone), 15.0


def _laid_in_strips(rng: np.random.Generator, tone: Float32s, high: int) -> Float32s:
    """Boards side by side, each cut from elsewhere, with dark joints."""
    laid = np.empty_like(tone)
    for top in range(0, SIDE, high):
        rows = min(high, SIDE - top)
        source = int(rng.integers(0, SIDE - rows + 1))
        laid[top : top + rows] = np.roll(tone[source : source + rows], int(rng.integers(SIDE)), axis=1)
        laid[top : top + rows] += rng.normal(0, 0.3)
        butt = int(rng.integers(SIDE))
        laid[top : top + rows, butt:] += rng.normal(0, 0.3)
        laid[top : top + rows, butt : butt + 2] -= 1.6
        laid[top : top + 2] -= 1.6
    return laid


def _cloth(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """Plain weave, every thread a little different; tile 1 is checked. Lies in soft waves."""
    pitch = 6
    count = SIDE // pitch + 1
    place = np.arange(SIDE)
    thread, across = place // pitch, np.sin(np.pi * ((place % pitch) + 0.5) / pitch).astype(np.float32)
    down, right = (rng.normal(0, 0.35, count).astype(np.float32)[thread] for _ in range(2))
    if number == 1:
        stripes = np.where(thread // 14 % 2 == 0, 0.9, -0.9).astype(np.float32)
        down, right = down + stripes, right + stripes
    over = (thread[:, None] + thread[None, :]) % 2 == 0
    tone = np.where(over, (down + 1.1 * across)[None, :], (right + 1.1 * across)[:, None])
    tone = _shifted(rng, tone, 5.0, 5) + 0.5 * cloud(rng, _SQUARE, (5, 4))
    return tone + 0.25 * cloud(rng, _SQUARE, (400, 400), smooth=False), 17.0 if number == 0 else 26.0


def _blanket(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """Knitwear (tile 0) or fleece (tile 1), in folds."""
    folds = 0.6 * cloud(rng, _SQUARE, (4, 3))
    if number == 1:
        lumps = rng.standard_normal((SIDE // 2, SIDE // 2), np.float32)
        lumps = 9 * cv2.GaussianBlur(lumps, (0, 0), 3.5) + 2.0 * cv2.GaussianBlur(lumps, (0, 0), 1.2)
        lit = lumps - np.roll(lumps, (2, 2), (0, 1))
        return cv2.resize(lit, _SQUARE) + folds, 14.0
    wide, high = 30, 22
    leg = (np.arange(wide, dtype=np.float32)[None, :] + 0.5) / (wide / 2)
    y = (np.arange(high, dtype=np.float32)[:, None] + 0.5) / high
    within = leg % 1
    # Every other leg of a stitch leans the other way: together they are the V of a knitted loop.
    along = (y - 0.75 * np.where(leg < 1, within, 1 - within)) % 1
    stitch = np.sqrt(np.sin(np.pi * along) * np.sin(np.pi * within))
    loop = np.tile(stitch, (SIDE // high + 1, SIDE // wide + 1))[:SIDE, :SIDE]
    fuzz = 0.3 * cloud(rng, _SQUARE, (500, 500), smooth=False)
    return _shifted(rng, 1.6 * loop + fuzz, 14.0, 7) + folds, 26.0


def _marble(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """Clouds with thin veins where a warped field crosses zero."""
    half = SIDE // 2
    tone = 0.35 * cloud(rng, (half, half), (5, 5)) + 0.2 * cloud(rng, (half, half), (18, 18))
    for knots, sharp, depth in ((3, 9.0, 1.3), (4, 22.0, 1.0), (7, 12.0, 0.5)):
        field = cloud(rng, (half, half), (knots, knots)) + 0.22 * cloud(rng, (half, half), (12, 12))
        field += 0.07 * cloud(rng, (half, half), (50, 50))
        strength = np.clip(0.5 + cloud(rng, (half, half), (6, 6)), 0, 1)
        tone -= depth * strength * np.exp(-sharp * np.abs(field))
    return cv2.resize(tone, _SQUARE, interpolation=cv2.INTER_LINEAR), 16.0


def _granite(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """Grains of three minerals, pale, mid and black."""
    noise = rng.standard_normal(_SQUARE, np.float32)
    fine, half = cv2.GaussianBlur(noise, (0, 0), 1.0), SIDE // 2
    coarse, mica = (cv2.GaussianBlur(noise[:half, i : i + half], (0, 0), 1.7) for i in (0, half))
    minerals = np.clip(7 * coarse, -1, 1) - 1.8 * np.clip(40 * (mica - 0.22), 0, 1)
    return np.clip(2.2 * fine, -1, 1) + cv2.resize(minerals, _SQUARE), 24.0


def _leather(rng: np.random.Generator, number: int) -> tuple[Float32s, float]:
    """Pebbled grain, lit from the side, creased between the pebbles."""
    pebbles = cv2.GaussianBlur(rng.standard_normal(_SQUARE, np.float32), (0, 0), 3.0)
    pebbles = np.abs(pebbles * 9.0)
    creases = np.exp(-4 * pebbles)
    lit = pebbles - np.roll(pebbles, (2, 1), (0, 1))
    return 0.9 * lit - 1.1 * creases + 0.35 * cloud(rng, _SQUARE, (6, 6)), 12.0


def _shifted(rng: np.random.Generator, tone: Float32s, reach: float, knots: int) -> Float32s:
    """The same, its rows and columns bent by up to about `reach` pixels."""
    at = np.arange(SIDE, dtype=np.float32)
    x = at[None, :] + reach * cloud(rng, _SQUARE, (knots, knots))
    y = at[:, None] + reach * cloud(rng, _SQUARE, (knots, knots))
    bent: Float32s = cv2.remap(tone.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return bent


_MAKERS: dict[str, Callable[[np.random.Generator, int], tuple[Float32s, float]]] = {
    "plain": _plain,
    "wood": _wood,
    "cloth": _cloth,
    "blanket": _blanket,
    "marble": _marble,
    "granite": _granite,
    "leather": _leather,
    "lid": _even,
    "paper": _even,
}
