"""Reading pictures: upright, RGB, whole, or refused with a sentence."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
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

PillowImage.MAX_IMAGE_PIXELS = MAX_PIXELS  # Pillow's own limit refuses the pictures of such cameras

_ORIENTATION = 0x0112
_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif"}

Pixels = npt.NDArray[np.uint8]


@contextmanager
def _opened(path: Path, content: bytes | None = None) -> Iterator[PillowImage.Image]:
    """The picture at `path`, or the one in `content` that messages call `path`; no pixel is decoded yet.

    Raises:
        UserError: where it is missing, no picture, too large, or proves broken while it is used.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
            image = PillowImage.open(path if content is None else io.BytesIO(content))
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise UserError(
                    f"{path} has {image.width} × {image.height} pixels; at most {MAX_PIXELS:,} are allowed."
                )
            yield image
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except UnidentifiedImageError:
        raise UserError(f"{path} is not a picture that can be read.") from None
    except PillowImage.DecompressionBombError:
        raise UserError(f"{path} has too many pixels; at most {MAX_PIXELS:,} are allowed.") from None
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise UserError(f"{path} cannot be read whole: {error}.") from None


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as a file holds it: upright, with the suffix that its content has."""

    content: bytes
    suffix: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to know of a picture without keeping its pixels.

    Attributes:
        stored: (width, height) in the file, before EXIF turns it.
        orientation: EXIF's number for how to turn it, 1 to 8; 1 is upright.
        suffix: that of the format of its content, which need not be that of its name.
        plain: whether readers that know nothing of EXIF, CMYK, palettes of JPEG or grey of more than 8 bits see the
            same picture.
    """

    stored: tuple[int, int]
    orientation: int
    suffix: str
    plain: bool

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the upright picture."""
        return self.stored[::-1] if self.orientation >= 5 else self.stored


def load(path: Path, content: bytes | None = None) -> Pixels:
    """Reads a picture as upright RGB of 8 bits a channel.

    Deeper grey, as scanners write it, is scaled to 8 bits: of 16 bits the upper 8 are taken; numbers of 32 bits are
    taken for the least of 8, 16 and 32 bits that holds them all, floats for shares of white where none is above 1.

    Args:
        path: the picture.
        content: its bytes, where they are at hand; `path` is only its name then.

    Returns:
        uint8 array of shape (height, width, 3).

    Raises:
        UserError: where the file is missing, no picture, truncated, or too large.
    """
    with _opened(path, content) as image:
        turned = ImageOps.exif_transpose(image)
        return np.asarray((_eight_bits(turned) if _is_deep(turned.mode) else turned).convert("RGB"))


def _is_deep(mode: str) -> bool:
    """Whether a picture has more than 8 bits a pixel in one channel; Pillow itself cuts such values off at 255."""
    return mode.startswith(("I", "F"))


def _eight_bits(image: PillowImage.Image) -> PillowImage.Image:
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        return PillowImage.fromarray((values >> 8).astype(np.uint8))
    values = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    highest = values.max(initial=0.0)
    whites = (1.0, 255.0, 65535.0, 2.0**32 - 1) if image.mode.startswith("F") else (255.0, 65535.0, 2.0**32 - 1)
    white = next((value for value in whites if highest <= value), highest)
    return PillowImage.fromarray((values.clip(0.0) * (255.0 / white)).astype(np.uint8))


def size(path: Path) -> tuple[int, int]:
    """(width, height) of the upright picture, from its header alone.

    Raises:
        UserError: where the file is missing or no picture.
    """
    return facts(path, whole=False).size


def facts(path: Path, content: bytes | None = None, *, whole: bool = True) -> Facts:
    """Looks at a picture.

    Args:
        path: the picture.
        content: its bytes, where they are at hand; `path` is only its name then.
        whole: also decode it, to be sure that it can be; a JPEG at an eighth of its size, which reads every byte.

    Raises:
        UserError: where it is missing, no picture, too large, or (if `whole`) broken.
    """
    with _opened(path, content) as image:
        stored, orientation = image.size, image.getexif().get(_ORIENTATION, 1)
        orientation = orientation if orientation in range(1, 9) else 1
        suffix = _SUFFIXES.get(image.format or "", path.suffix.lower())
        plain = orientation == 1 and not _is_deep(image.mode) and (suffix != ".jpg" or image.mode in ("RGB", "L"))
        if whole:
            image.draft(image.mode, (stored[0] // 8, stored[1] // 8))
            image.load()
    return Facts(stored, orientation, suffix, plain)


def encoded(path: Path, expected: tuple[int, int] | None = None, *, only: frozenset[str] = EXTENSIONS) -> Encoded:
    """The bytes of a picture as they lie on disk; re-encoded only where it must be (JPEG, quality 95).

    That is where EXIF turns the picture, its grey has more than 8 bits, or its format is not in `only`. The picture is
    decoded once to be sure that it is whole.

    Args:
        path: the picture.
        expected: (width, height) that its annotations were drawn on.
        only: suffixes of the formats that the reader understands; with ".jpg" among them.

    Raises:
        UserError: where the file is missing, broken, or of another size than expected.
    """
    content = read_bytes(path)
    found = facts(path, content)
    if expected is not None and expected != found.size:
        width, height = found.size
        raise UserError(
            f"{path} has {width} × {height} pixels, but its annotations say {expected[0]} × {expected[1]}"
            " (sizes and boxes are those of the upright picture)."
        )
    return upright(path, content, found, only=only)


def read_bytes(path: Path) -> bytes:
    """The bytes of a picture.

    Raises:
        UserError: where there is no such file.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None


def upright(path: Path, content: bytes, found: Facts, *, only: frozenset[str] = EXTENSIONS) -> Encoded:
    """As `encoded`, of a picture that has been looked at."""
    if found.plain and found.suffix in only:
        return Encoded(content, found.suffix, *found.size)
    return Encoded(as_jpeg(load(path, content)), ".jpg", *found.size)


def as_jpeg(pixels: Pixels, quality: int = 95) -> bytes:
    """An array of shape (height, width, 3) as a JPEG file, without chroma subsampling: coloured ink stays sharp."""
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()
