"""Reading pictures: upright, RGB, whole, or refused with a sentence."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError

from conf import UserError

EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
MAX_PIXELS = 200_000_000
"""A larger picture is taken for a decompression bomb; the largest phone cameras of 2026 make 200 megapixels."""

_ORIENTATION = 0x0112
_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif"}

Pixels = npt.NDArray[np.uint8]


def _open(path: Path) -> PillowImage.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
        image = PillowImage.open(path)
    if image.width * image.height > MAX_PIXELS:
        raise UserError(f"{path} has {image.width} × {image.height} pixels; at most {MAX_PIXELS:,} are allowed.")
    return image


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as a file holds it: upright, with the suffix that its content has."""

    content: bytes
    suffix: str
    width: int
    height: int


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
            sideways = image.getexif().get(_ORIENTATION, 1) >= 5
            return (image.height, image.width) if sideways else (image.width, image.height)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UserError(f"{path} is not a picture that can be read: {error}.") from None


def encoded(path: Path, expected: tuple[int, int] | None = None, *, only: frozenset[str] = EXTENSIONS) -> Encoded:
    """The bytes of a picture as they lie on disk; re-encoded only where it must be (JPEG, quality 95).

    That is where EXIF turns the picture, or its format is not in `only`. The picture is decoded once to be sure
    that it is whole.

    Args:
        path: the picture.
        expected: (width, height) that its annotations were drawn on.
        only: suffixes of the formats that the reader understands; with ".jpg" among them.

    Raises:
        UserError: where the file is missing, broken, or of another size than expected.
    """
    pixels = load(path)
    height, width = pixels.shape[:2]
    if expected is not None and expected != (width, height):
        raise UserError(
            f"{path} has {width} × {height} pixels, but its annotations say {expected[0]} × {expected[1]}"
            " (sizes and boxes are those of the upright picture)."
        )
    with _open(path) as image:
        suffix = _SUFFIXES.get(image.format or "", path.suffix.lower())
        upright = image.getexif().get(_ORIENTATION, 1) == 1
        plain = suffix != ".jpg" or image.mode in ("RGB", "L")
    if upright and plain and suffix in only:
        return Encoded(path.read_bytes(), suffix, width, height)
    return Encoded(as_jpeg(pixels), ".jpg", width, height)


def as_jpeg(pixels: Pixels, quality: int = 95) -> bytes:
    """An array of shape (height, width, 3) as a JPEG file, without chroma subsampling: coloured ink stays sharp."""
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()
