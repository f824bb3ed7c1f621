"""Tiles of noise, made once a process from fixed seeds: 20 times faster than drawing a normal number per pixel, and
the same on every machine."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

SPREAD = 32.0
"""Standard deviation of the tiles' values around 128."""
_FIBRE_SIDE = 1280
_SENSOR_ROWS, _SENSOR_COLUMNS = 256, 1536
_BAND = 128  # rows of a picture that get one window of the sensor's tile: small enough to stay in the processor's cache
_STRIDE = (61, 149)  # from band to band the window moves down and right by so much, so that no two look alike

Bytes = npt.NDArray[np.uint8]
_Float32s = npt.NDArray[np.float32]


def fibres(shape: tuple[int, ...], offset: tuple[int, int]) -> Bytes:
    """A window of paper's texture, uint8 (height, width), beginning at that place of an endless tile."""
    tile = _fibre_tile()
    height, width = shape
    if height > _FIBRE_SIDE or width > _FIBRE_SIDE:
        tile = np.tile(tile, (-(-height // _FIBRE_SIDE), -(-width // _FIBRE_SIDE)))
    # Windows that wrap around would have to be copied; there are enough that do not.
    top, left = offset[0] % (tile.shape[0] - height + 1), offset[1] % (tile.shape[1] - width + 1)
    return tile[top : top + height, left : left + width]


def add_sensor_noise(picture: Bytes, strength: float, offset: tuple[int, int]) -> None:
    """Adds a sensor's noise to a picture, uint8 BGR (height, width, 3), in place.

    Args:
        picture: of any size.
        strength: standard deviation, share of white.
        offset: where in the endless tile the picture's noise begins.
    """
    height, width = picture.shape[:2]
    tile = _sensor_tile()
    if width > _SENSOR_COLUMNS:
        tile = np.tile(tile, (1, -(-width // _SENSOR_COLUMNS), 1))
    share = strength * 255 / SPREAD
    for number, first in enumerate(range(0, height, _BAND)):
        rows = picture[first : first + _BAND]
        top = (offset[0] + number * _STRIDE[0]) % (_SENSOR_ROWS - _BAND + 1)
        left = (offset[1] + number * _STRIDE[1]) % (tile.shape[1] - width + 1)
        window = tile[top : top + len(rows), left : left + width]
        cv2.addWeighted(rows, 1.0, window, share, -128 * share, dst=rows)


@cache
def _fibre_tile() -> Bytes:
    """Paper is cloudy at several scales, most at the finest; the tile repeats, so its blur wraps around."""
    rng, side = np.random.default_rng(2), _FIBRE_SIDE
    field = np.zeros((side, side), np.float32)
    for sigma, shrink, weight in ((0.8, 1, 1.0), (3.0, 4, 0.6), (12.0, 16, 0.4)):
        # What is soft needs few pixels: it is made small and enlarged.
        small = rng.standard_normal((side // shrink, side // shrink), np.float32)
        small = cv2.GaussianBlur(np.pad(small, 8, mode="wrap"), (0, 0), sigma / shrink)
        octave = cv2.resize(small, None, fx=shrink, fy=shrink)[8 * shrink :, 8 * shrink :][:side, :side]
        field += (weight / float(octave.std())) * octave
    return _as_bytes(field)


@cache
def _sensor_tile() -> Bytes:
    """A phone has smoothed what its sensor saw, so that neighbours are alike; colours more so than light."""
    rng, shape = np.random.default_rng(1), (_SENSOR_ROWS, _SENSOR_COLUMNS)
    light = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), 0.55)
    colour = cv2.GaussianBlur(rng.standard_normal((*shape, 3), np.float32), (0, 0), 1.6)
    return _as_bytes(light[..., None] / light.std() + 0.6 * colour / colour.std())


def _as_bytes(field: _Float32s) -> Bytes:
    scaled = (field - field.mean()) * (SPREAD / float(field.std())) + 128
    tile: Bytes = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    tile.flags.writeable = False
    return tile
