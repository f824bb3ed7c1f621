"""Smooth random curves and fields, made small and enlarged: what stains, figures and tables are shaped by."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]


def wave(rng: np.random.Generator, count: int, knots: int) -> Float32s:
    """A smooth curve of `count` values around 0 with about `knots` ups and downs, standard deviation about 0.7."""
    return cloud(rng, (count, 1), (max(knots, 2), 1))[0]


def cloud(rng: np.random.Generator, size: tuple[int, int], knots: tuple[int, int], smooth: bool = True) -> Float32s:
    """A smooth field around 0, float32 (height, width), standard deviation about 0.5 to 0.7.

    Args:
        rng: for its shape.
        size: width and height.
        knots: independent values along each.
        smooth: cubic between the knots; otherwise linear, which is faster and does as well where knots are close.
    """
    if 0 in size:
        return np.zeros(size[::-1], np.float32)
    small = rng.standard_normal((knots[1], knots[0]), np.float32)
    field: Float32s = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR)
    return field
