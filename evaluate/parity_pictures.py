"""What becomes of a picture before a model sees it: decoding and scaling by us and by a browser, beside TensorFlow.

A JPEG leaves its decoder some freedom (the inverse transform, the enlargement of colour), and so does scaling. Here the
same files go through each, so that what they add to a model's own differences is known apart from them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from data.model import Image
from data.pixels import Pixels, encoded, load
from evaluate.detectors.browser import BrowserDetector
from evaluate.detectors.fixed_size import FixedSizeModel
from evaluate.parity_results import Decoder, Matched, Pictures, Spread
from evaluate.predictions import Detection

OURS = "our loader (Pillow)"
_DECODED_BY_ALL = frozenset({".jpg", ".png"})

_STEPS = 100
"""Differences are counted in hundredths of a level, so that any number of pictures fits into memory."""

Levels = npt.NDArray[Any]
Compare = Callable[[Sequence[Sequence[Detection]], Sequence[Sequence[Detection]]], Matched]


def pictures(images: Sequence[Image], around: FixedSizeModel, candidate: Any, compare: Compare) -> Pictures:
    """Compares all who decode: us, and the candidate's browser where it has one.

    Args:
        images: whose files are compared; upright, as JPEG where they are not JPEG or PNG already.
        around: says to which size the candidate's model wants them scaled, and scales as we do.
        candidate: a detector for one picture size.
        compare: what the candidate finds on our pixels with what it finds on the browser's.
    """
    browser = candidate.browser if isinstance(candidate, BrowserDetector) else None
    tallies = {name: (Tally(), Tally(), Tally()) for name in (OURS, *([browser.version] if browser else []))}
    on_ours: list[list[Detection]] = []
    on_theirs: list[list[Detection]] = []
    for image in images:
        file = encoded(image.path, only=_DECODED_BY_ALL).content
        pixels = load(image.path, file)
        small, fit = around.scaled(pixels, candidate.page_size)
        seen = {OURS: (pixels, small, small)}
        if browser:
            size = small.shape[0], small.shape[1]
            whole, scaled = (browser.scaled(file, of) for of in ((pixels.shape[0], pixels.shape[1]), size))
            seen[browser.version] = whole, browser.scaled(_lossless(pixels), size), scaled
            on_ours.append(candidate.find(small, fit, image, pixels))
            on_theirs.append(candidate.find(scaled, fit, image, pixels))
        reference = _by_tensorflow(file, pixels, small)
        for name, levels in seen.items():
            for tally, theirs, ours in zip(tallies[name], reference, levels, strict=True):
                tally.add(theirs, ours)
    decoders = [Decoder(name, *(tally.spread() for tally in each)) for name, each in tallies.items()]
    return Pictures(len(images), decoders, compare(on_ours, on_theirs) if browser else None)


class Tally:
    """How far pictures are apart, number by number, in levels."""

    def __init__(self) -> None:
        """Nothing is counted yet."""
        self._counts = np.zeros(255 * _STEPS + 1, np.int64)

    def add(self, one: Levels, other: Levels) -> None:
        """Counts the differences of two pictures of one size, of numbers in 0…255."""
        off = np.rint(_STEPS * np.abs(one.astype(np.float32) - other)).astype(np.int64)
        self._counts += np.bincount(off.ravel(), minlength=len(self._counts))

    def spread(self) -> Spread:
        """The largest, the 99.9th percentile and the mean, to a hundredth of a level."""
        up_to = np.cumsum(self._counts)
        largest, p999 = (int(np.searchsorted(up_to, share * up_to[-1])) / _STEPS for share in (1.0, 0.999))
        return Spread(largest, p999, float(self._counts @ np.arange(len(self._counts)) / up_to[-1] / _STEPS))


def _lossless(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _by_tensorflow(file: bytes, pixels: Pixels, small: Pixels) -> tuple[Levels, Levels, Levels]:
    """A picture decoded; `pixels` of ours, and what was decoded, scaled to the size of `small`.

    Scaling is that of the SavedModel: with antialiasing, in float32.
    """
    import tensorflow as tf

    decoded = tf.io.decode_image(file, channels=3, expand_animations=False)
    scaled = (tf.image.resize(each, small.shape[:2], antialias=True).numpy() for each in (pixels, decoded))
    return (decoded.numpy(), *scaled)
