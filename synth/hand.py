"""The thumb or the fingers that hold a page open at the edge of a picture.

A finger is modelled once as a rounded body, lit from above, and kept as a few small maps: outline, brightness, nail.
A page gives it a skin colour and lays it on the picture.
"""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from conf.schema.ground import GroundConfig
from synth.chance import Chance
from synth.fields import Float32s, cloud
from synth.scene import Rgb, Thumb

Bytes = npt.NDArray[np.uint8]
Patch = tuple[int, int, Bytes, Bytes]
"""Left and top pixel, BGR uint8 (h, w, 3), and how much it covers, uint8 (h, w)."""

SHAPES = 4
_SKINS: tuple[Rgb, ...] = (
    (0.95, 0.8, 0.72), (0.91, 0.74, 0.64), (0.86, 0.67, 0.55), (0.78, 0.59, 0.47), (0.66, 0.47, 0.36),
    (0.53, 0.37, 0.28), (0.42, 0.29, 0.22), (0.32, 0.22, 0.17),
)  # fmt: skip
_WIDE, _LONG = 176, 400
"""The model's canvas: the finger points up, its tip below the top edge, its root on the bottom edge."""
_HALF, _TIP = 60.0, 26.0
_FULL_LIGHT = 190
"""Brightness at which skin has its own colour; what is above shines."""
_REACH = 2.6
"""How far a finger can reach into the picture, in its own thickness, before its root would show."""


def choose_thumb(config: GroundConfig, chance: Chance) -> Thumb | None:
    """The hand in one picture; None in most."""
    if not chance.share(config.thumb_share):
        return None
    side = chance.pick({"left": 0.35, "right": 0.35, "bottom": 0.3})
    count = int(chance.pick({"1": 0.75, "2": 0.15, "3": 0.1}))
    thickness = chance.between((0.085, 0.15)) * (1.0 if count == 1 else 0.8)
    base, bright = chance.one(_SKINS), chance.between((0.85, 1.05))
    return Thumb(
        side=side,
        along=chance.between((0.15, 0.85)),
        reach=thickness * chance.between((0.8, 2.1)),
        thickness=thickness,
        lean=chance.between((-28, 28)),
        skin=(min(base[0] * bright, 1.0), min(base[1] * bright, 1.0), min(base[2] * bright, 1.0)),
        count=count,
        shadow=chance.between((0.3, 0.75)),
        shape=chance.below(SHAPES),
    )


def fingers(thumb: Thumb | None, width: int, height: int) -> list[Patch]:
    """Patches to be laid over a picture of that size, in this order, before its light: shadows (black), fingers.

    Returns:
        (left, top, BGR uint8 (h, w, 3), coverage uint8 (h, w)), all within the picture; none without a thumb.
    """
    if thumb is None:
        return []
    patches: list[Patch] = []
    for number in range(thumb.count):
        model = _finger((thumb.shape + number) % SHAPES)
        inverse, window = _placed(thumb, number, width, height)
        left, top, wide, high = window
        if wide <= 0 or high <= 0:
            continue
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        light, nail, outline, shadow = cv2.split(cv2.warpAffine(model, inverse, (wide, high), flags=flags))
        dark = cv2.convertScaleAbs(shadow, alpha=thumb.shadow)
        patches += [(left, top, np.zeros((high, wide, 3), np.uint8), dark)]
        patches += [(left, top, _painted(light, nail, thumb.skin), outline)]
    return patches


def _placed(thumb: Thumb, number: int, width: int, height: int) -> tuple[npt.NDArray[np.float64], tuple[int, ...]]:
    """From the picture's window back to the model: affine (2, 3), and the window (left, top, width, height)."""
    short = min(width, height)
    thickness = thumb.thickness * short
    reach = min(thumb.reach * short, _REACH * thickness) * (1.0, 1.12, 0.9)[number]
    aside = 0.98 * number * thickness
    heading = {"bottom": 0.0, "left": 90.0, "right": -90.0}[thumb.side]
    tip = {
        "bottom": (thumb.along * width + aside, height - reach),
        "left": (reach, thumb.along * height + aside),
        "right": (width - reach, thumb.along * height - aside),
    }[thumb.side]
    scale = thickness / (2 * _HALF)
    turn = math.radians(heading + thumb.lean)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    corners = np.array([[0, 0], [_WIDE, 0], [_WIDE, _LONG], [0, _LONG]]) - (_WIDE / 2, _TIP)
    outline = scale * corners @ rotation.T + np.array(tip)
    low = np.maximum(np.floor(outline.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(outline.max(axis=0)), (width, height)).astype(int)
    back = rotation.T / scale  # its inverse; np.linalg.inv would wake a BLAS's threads, which spin on
    offset = back @ (low + 0.5 - np.array(tip)) + (_WIDE / 2 - 0.5, _TIP - 0.5)
    return np.concatenate([back, offset[:, None]], axis=1), (low[0], low[1], high[0] - low[0], high[1] - low[1])


def _painted(light: Bytes, nail: Bytes, skin: Rgb) -> Bytes:
    """The finger in a skin colour, BGR (h, w, 3), from its brightness and the share of nail."""
    # A nail shows the blood below it: paler than the skin around it, and pinker, on everybody.
    bright = 0.35 + 0.6 * skin[0]
    plate = (0.45 * skin[0] + 0.55 * bright, 0.45 * skin[1] + 0.46 * bright, 0.45 * skin[2] + 0.43 * bright)
    painted: Bytes = cv2.applyColorMap(light, _shades(skin))
    x, y, wide, high = cv2.boundingRect(nail)
    if wide:
        part = (slice(y, y + high), slice(x, x + wide))
        share = cv2.multiply(nail[part], 1 / 255, dtype=cv2.CV_32F)
        nails = cv2.applyColorMap(light[part], _shades(plate))
        painted[part] = cv2.blendLinear(painted[part], nails, 1 - share, share)
    return painted


def _shades(colour: Rgb) -> Bytes:
    """A colour at each brightness, BGR (256, 1, 3): skin lets red light through, so its shades are warm."""
    light = np.arange(256) / _FULL_LIGHT
    lit = np.minimum(light, 1.0)[:, None] ** np.array([1.3, 1.12, 0.88])
    shine = np.clip((light - 1) / (255 / _FULL_LIGHT - 1), 0, 1)[:, None]
    table = np.array(colour[::-1]) * lit * (1 - 0.55 * shine) + 0.55 * shine
    return np.rint(255 * np.clip(table, 0, 1)).astype(np.uint8)[:, None, :]


@cache
def _finger(shape: int) -> Bytes:
    """Models a finger: a tube with a round tip and a knuckle, a nail on it, wrinkles, fine grain.

    Returns its maps, uint8 (400, 176, 4): brightness, share of nail, outline, and the shadow around it.
    """
    rng = np.random.default_rng(900 + shape)
    x = np.arange(_WIDE, dtype=np.float32)[None, :] - _WIDE / 2 + 0.5
    y = np.arange(_LONG, dtype=np.float32)[:, None] - _TIP
    half = _half_width(y, rng)
    across = x / half
    outline = np.clip((1 - np.abs(across)) * half + 0.5, 0, 1) * np.clip(y + 0.5, 0, 1)
    depth = np.sqrt(np.clip(1 - across**2, 0, 1)) * half
    light = _lit(depth, rng) - _wrinkles(x, y, half, rng)
    nail, rim, tone = _nail(x, y, rng)
    light = light * (1 - nail) + tone * nail - 0.2 * rim
    light += 0.02 * cloud(rng, (_WIDE, _LONG), (90, 200), smooth=False) + 0.03 * cloud(rng, (_WIDE, _LONG), (5, 9))
    aside = np.array([[1.0, 0.0, 8.0], [0.0, 1.0, 9.0]])
    shadow = cv2.warpAffine(outline, aside, (_WIDE, _LONG), borderMode=cv2.BORDER_REPLICATE)
    shadow = cv2.GaussianBlur(shadow, (0, 0), 9)
    maps: Bytes = cv2.merge([_bytes(m) for m in (light * _FULL_LIGHT / 255, nail, outline, _fading(shadow))])
    return maps


def _half_width(y: Float32s, rng: np.random.Generator) -> Float32s:
    """Half the finger's width at a distance behind its tip."""
    round_tip = rng.uniform(1.0, 1.35) * _HALF
    tip = np.sqrt(np.clip(1 - (1 - np.clip(y, 0.01, round_tip) / round_tip) ** 2.3, 0, 1))
    neck = 1 - rng.uniform(0.04, 0.1) * np.exp(-(((y - 2.3 * _HALF) / (0.7 * _HALF)) ** 2))
    knuckle = 1 + rng.uniform(0.02, 0.08) * np.exp(-(((y - 3.8 * _HALF) / (0.8 * _HALF)) ** 2))
    half: Float32s = (_HALF * tip * neck * knuckle).astype(np.float32)
    return np.maximum(half, 0.5)


def _lit(depth: Float32s, rng: np.random.Generator) -> Float32s:
    """Brightness of a body of that height over the page, 1 in full light, under a soft lamp at the upper left."""
    soft = cv2.GaussianBlur(depth, (0, 0), 5)
    slope_x, slope_y = (cv2.Sobel(soft, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    steep = np.sqrt(1 + slope_x**2 + slope_y**2)
    lamp_x, lamp_y = 0.33, 0.35
    facing = (1 + lamp_x * slope_x + lamp_y * slope_y) / (steep * math.sqrt(1 + lamp_x**2 + lamp_y**2))
    shine = 0.14 * np.clip(facing, 0, 1) ** 24
    lit: Float32s = (0.38 + 0.62 * np.clip(facing, 0, 1.1) + shine).astype(np.float32)
    return lit


def _wrinkles(x: Float32s, y: Float32s, half: Float32s, rng: np.random.Generator) -> Float32s:
    """Darkness of the folds over the knuckle, and finer ones behind the nail."""
    folds = np.zeros((_LONG, _WIDE), np.float32)
    for place, depth in [(3.8 * _HALF + step * 9, 0.13) for step in (-2, -1, 0, 1, 2)] + [(2.05 * _HALF, 0.05)]:
        bow = rng.uniform(-0.1, 0.25) * _HALF * (x / _HALF) ** 2 + 2.0 * cloud(rng, (_WIDE, 1), (7, 1))
        line = np.exp(-(((y - place - bow) / rng.uniform(1.5, 3.0)) ** 2))
        folds += rng.uniform(0.5, 1) * depth * line * np.exp(-((x / (rng.uniform(0.4, 0.75) * half)) ** 4))
    return folds


def _nail(x: Float32s, y: Float32s, rng: np.random.Generator) -> tuple[Float32s, Float32s, Float32s]:
    """Share of nail, darkness of the fold of skin around it, and the nail's own brightness."""
    wide, long = rng.uniform(0.6, 0.7) * _HALF, rng.uniform(0.68, 0.82) * _HALF
    middle = rng.uniform(0.98, 1.08) * _HALF
    u, v = x / wide, (y - middle) / long
    # A superellipse: straight sides, round ends; the rear end rounder.
    inside = 1 - (np.abs(u) ** 3.2 + np.abs(v) ** np.where(v > 0, 2.4, 3.4)) ** (1 / 3)
    nail = np.clip(inside * wide / 1.6 + 0.5, 0, 1)
    rim = np.exp(-((inside * wide / 2.2) ** 2)) * np.clip(0.55 + 0.45 * v, 0.15, 1)
    sheen = 0.3 * np.exp(-(((u + 0.32) / 0.16) ** 2)) * np.exp(-(((v + 0.1) / 0.6) ** 2))
    moon = 0.1 * np.clip(6 * (0.33 - np.hypot(u * 0.62, v - 0.98)), 0, 1)
    free_edge = 0.22 * np.clip(8 * (-v - 0.8 + 0.1 * u**2), 0, 1)
    tone = 0.97 - 0.2 * u**2 + sheen + moon + free_edge
    return nail.astype(np.float32), rim.astype(np.float32), tone.astype(np.float32)


def _fading(shadow: Float32s) -> Float32s:
    """Nothing on the model's outer columns and top row, where its window ends."""
    ramp = np.minimum(np.arange(_WIDE), np.arange(_WIDE)[::-1]) / 12
    faded: Float32s = shadow * np.clip(ramp, 0, 1)[None, :] * np.clip(np.arange(_LONG) / 12, 0, 1)[:, None]
    return faded


def _bytes(shares: Float32s) -> Bytes:
    converted: Bytes = np.rint(255 * np.clip(shares, 0, 1)).astype(np.uint8)
    return converted
