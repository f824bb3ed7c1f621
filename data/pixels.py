"""Reading pictures: upright, RGB, whole, or refused with a sentence."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError

from conf import UserError

EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
MAX_PIXELS = 200_000_000
"""A larger picture is taken for a decompression bomb; the largest phone cameras of 2026 make 200 megapixels."""

Pixels = npt.NDArray[np.uint8]


def _open(path: Path) -> PillowImage.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
        image = PillowImage.open(path)
    if image.width * image.height > MAX_PIXELS:
        raise UserError(f"{path} has {image.width} × {image.height} pixels; at most {MAX_PIXELS:,} are allowed.")
    return image


def load(path: Path) -> Pixels:
    """Reads a picture as upright RGB.

    Returns:
        uint8 array of shape (height, width, 3).

    Raises:
        UserError: where the file is missing, no picture, truncated, or too large.
    """
    try:
        with _open(path) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except UnidentifiedImageError:
        raise UserError(f"{path} is not a picture that can be read.") from None
    except (OSError, SyntaxError, ValueError, PillowImage.DecompressionBombError) as error:
        raise UserError(f"{path} cannot be read whole: {error}.") from None


def size(path: Path) -> tuple[int, int]:
    """(width, height) of the upright picture, from its header alone.

    Raises:
        UserError: where the file is missing or no picture.
    """
    try:
        with _open(path) as image:
            sideways = image.getexif().get(0x0112, 1) >= 5
            return (image.height, image.width) if sideways else (image.width, image.height)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UserError(f"{path} is not a picture that can be read: {error}.") from None
