"""What optics and the phone's own processing do to sharpness: defocus, movement, the halo of sharpening."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from synth.geometry import Float32s
from synth.layers import Coverage
from synth.scene import Camera


def blurred(image: Coverage, camera: Camera) -> Coverage:
    """Defocus and movement, uint8 (height, width)."""
    if camera.blur >= 0.25:
        reach = 2 * round(2.5 * camera.blur) + 1
        image = cv2.GaussianBlur(image, (max(reach, 3), max(reach, 3)), camera.blur)
    return cv2.filter2D(image, -1, _motion_kernel(camera.motion)) if np.hypot(*camera.motion) >= 0.5 else image


def sharpened(image: Coverage, camera: Camera) -> Coverage:
    """Unsharp masking: edges get a dark and a bright halo, as phones make them."""
    if camera.sharpening <= 0:
        return image
    soft = cv2.GaussianBlur(image, (5, 5), 1.2)
    return cv2.addWeighted(image, 1 + camera.sharpening, soft, -camera.sharpening, 0)


@lru_cache(maxsize=8)
def _motion_kernel(motion: tuple[float, float]) -> Float32s:
    """Mean over a straight path of (x, y) pixels, centred, each point of the path spread over its four neighbours."""
    reach = int(np.ceil(max(abs(motion[0]), abs(motion[1])) / 2)) + 1
    t = np.linspace(-0.5, 0.5, 8 * reach + 1)
    x, y = motion[0] * t + reach, motion[1] * t + reach
    column, row = x.astype(int), y.astype(int)
    right, down = x - column, y - row
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for above, beside, share in (
        (0, 0, (1 - right) * (1 - down)),
        (0, 1, right * (1 - down)),
        (1, 0, (1 - right) * down),
        (1, 1, right * down),
    ):
        np.add.at(kernel, (np.minimum(row + above, 2 * reach), np.minimum(column + beside, 2 * reach)), share)
    return kernel / kernel.sum()
