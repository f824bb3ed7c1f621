"""What preprocessing does to pixels, said once for NumPy and for the graph of an exported model.

Each step is written with the operators that arrays and tensors share, and the few functions of `Maths` that the two
spell differently: `NUMPY` here, TensorFlow's in `train.preprocess`. So the pictures that a detector is trained on and
those that it sees later cannot be treated differently.

Pixels are float32, shape (height, width, 3), whole numbers in 0…255, before and after each step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from conf.schema.preprocess import PreprocessConfig

_SAMPLES = 32
"""A neighbourhood is looked at in a grid of so many points squared."""
_INK, _PAPER = 0.01, 0.9
"""The shares of a neighbourhood's points that are darker than what counts as its ink, and as its paper."""
_DARK, _LIGHT = 10.0, 245.0
"""Where stretching puts ink and paper."""

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Maths:
    """The functions that NumPy and TensorFlow spell differently; arguments as NumPy's."""

    floor: Function
    clip: Function
    maximum: Function
    absolute: Function
    where: Function
    sort: Function
    take: Function
    reshape: Function
    transpose: Function
    concatenate: Function
    arange: Function
    mean: Function
    to_float: Function
    shape: Function


NUMPY = Maths(
    floor=np.floor,
    clip=np.clip,
    maximum=np.maximum,
    absolute=np.abs,
    where=np.where,
    sort=np.sort,
    take=np.take,
    reshape=np.reshape,
    transpose=np.transpose,
    concatenate=np.concatenate,
    arange=np.arange,
    mean=lambda values: np.float32(np.mean(values, dtype=np.float64)),
    to_float=lambda values: np.asarray(values, np.float32),
    shape=lambda values: values.shape,
)


def leaves_pixels(config: PreprocessConfig) -> bool:
    """Whether no step of this file is asked for."""
    return (config.color, config.brightness, config.contrast, config.sharpness, config.stretch) == (1, 1, 1, 1, 0)


def enhanced(pixels: Any, config: PreprocessConfig, maths: Maths = NUMPY) -> Any:
    """Pixels after the steps that are asked for, in this order: colour, brightness, contrast, sharpness, stretching.

    The first four are Pillow's `ImageEnhance`, to the last bit: https://pillow.readthedocs.io, ImageEnhance module.
    """
    if config.color != 1:
        pixels = _blended(luma(pixels, maths)[..., None], pixels, config.color, maths)
    if config.brightness != 1:
        pixels = _blended(0.0 * pixels, pixels, config.brightness, maths)
    if config.contrast != 1:
        grey = maths.floor(maths.mean(luma(pixels, maths)) + 0.5)
        pixels = _blended(0.0 * pixels + grey, pixels, config.contrast, maths)
    if config.sharpness != 1:
        pixels = _blended(_smoothed(pixels, maths), pixels, config.sharpness, maths)
    if config.stretch > 0:
        pixels = _stretched(pixels, config, maths)
    return pixels


def luma(pixels: Any, maths: Maths = NUMPY) -> Any:
    """Grey value of each pixel by ITU-R 601-2, rounded as Pillow does; shape (height, width)."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    # Whole numbers below 2^24: float32 holds them exactly.
    return maths.floor((red * 19595.0 + green * 38470.0 + blue * 7471.0 + 32768.0) / 65536.0)


def _blended(first: Any, second: Any, share: float, maths: Maths) -> Any:
    """From the first (share 0) to the second (1) and beyond; cut off to whole numbers, as Pillow's blend does."""
    return maths.floor(maths.clip(first + (second - first) * np.float32(share), 0.0, 255.0))


def _smoothed(pixels: Any, maths: Maths) -> Any:
    """Each pixel with a fifth of the weight on its eight neighbours; the outermost pixels stay (Pillow's SMOOTH)."""
    wide = maths.concatenate([pixels[:, :1], pixels, pixels[:, -1:]], axis=1)
    high = maths.concatenate([wide[:1], wide, wide[-1:]], axis=0)
    rows = high[:-2] + high[1:-1] + high[2:]
    total = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:] + 4.0 * pixels
    height, width = maths.shape(pixels)[0], maths.shape(pixels)[1]
    y, x = maths.arange(height)[:, None, None], maths.arange(width)[None, :, None]
    inside = (y > 0) & (y < height - 1) & (x > 0) & (x < width - 1)
    return maths.where(inside, maths.floor(total / 13.0 + 0.5), pixels)


def _stretched(pixels: Any, config: PreprocessConfig, maths: Maths) -> Any:
    """Each neighbourhood's paper made light and its ink dark, smoothly from one neighbourhood to the next.

    Evens out shadows and pale print as CLAHE does, but keeps the order and the relative distance of grey values, so
    that noise is not raised above letters. Colours are scaled with their grey value.
    """
    grey = luma(pixels, maths)
    size = maths.shape(grey)
    counts = [_neighbourhoods(size, axis, config.stretch_parts, maths) for axis in (0, 1)]
    ranked = _ranked(grey, counts, maths)
    last = _SAMPLES * _SAMPLES - 1
    dark, light = ranked[..., round(_INK * last)], ranked[..., round(_PAPER * last)]
    span = maths.maximum(light - dark, float(config.stretch_least))
    down, across = (_weights(size[axis], counts[axis], maths) for axis in (0, 1))
    gain = down @ ((_LIGHT - _DARK) / span) @ maths.transpose(across, (1, 0))
    paper = down @ light @ maths.transpose(across, (1, 0))
    done = (pixels - paper[..., None]) * gain[..., None] + _LIGHT
    mixed = pixels + (done - pixels) * np.float32(config.stretch)
    return maths.floor(maths.clip(mixed, 0.0, 255.0) + 0.5)


def _neighbourhoods(size: Any, axis: int, parts: int, maths: Maths) -> Any:
    """How many neighbourhoods lie along an axis: `parts` along the longer one, as near to squares as can be."""
    longer = maths.maximum(size[0], size[1])
    return maths.maximum((2 * size[axis] * parts + longer) // (2 * longer), 1)


def _ranked(grey: Any, counts: list[Any], maths: Maths) -> Any:
    """Sampled grey values of each neighbourhood, ascending; shape (rows, columns, samples²)."""
    for axis, count in enumerate(counts):
        points = 2 * maths.arange(count * _SAMPLES) + 1
        grey = maths.take(grey, points * maths.shape(grey)[axis] // (2 * _SAMPLES * count), axis=axis)
    parts = maths.reshape(grey, (counts[0], _SAMPLES, counts[1], _SAMPLES))
    grouped = maths.transpose(parts, (0, 2, 1, 3))
    return maths.sort(maths.reshape(grouped, (counts[0], counts[1], _SAMPLES * _SAMPLES)), axis=-1)


def _weights(size: Any, count: Any, maths: Maths) -> Any:
    """Share of each neighbourhood in each pixel of an axis: linear between centres; shape (size, count)."""
    place = (maths.to_float(maths.arange(size)) + 0.5) * maths.to_float(count) / maths.to_float(size) - 0.5
    # Before the first centre and behind the last one there is one neighbourhood alone.
    place = maths.maximum(-maths.maximum(-place, 1.0 - maths.to_float(count)), 0.0)
    return maths.maximum(1.0 - maths.absolute(place[:, None] - maths.to_float(maths.arange(count))[None, :]), 0.0)
