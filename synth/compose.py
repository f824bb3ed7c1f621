"""Laying pictures over pictures, uint8 BGR (height, width, 3)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from synth.layers import Coverage

Pixels = npt.NDArray[np.uint8]


def flat(like: Pixels, colour: Sequence[float]) -> Pixels:
    """One colour, blue first, 0…1, in the shape of another picture."""
    filled = np.empty_like(like)
    height, width = like.shape[:2]
    # np.full_like takes fifteen times as long.
    cv2.rectangle(filled, (0, 0), (width, height), [min(round(255 * c), 255) for c in colour], cv2.FILLED)
    return filled


def cover(target: Pixels, patch: Pixels, alpha: Coverage) -> None:
    """Replaces `target` by `patch` in share `alpha`, in place."""
    share = cv2.merge([alpha, alpha, alpha])
    below = cv2.multiply(target, cv2.bitwise_not(share), scale=1 / 255)
    cv2.add(below, cv2.multiply(patch, share, scale=1 / 255), dst=target)


def cover_sharply(target: Pixels, patch: Pixels, alpha: Coverage) -> None:
    """As `cover`, where nearly all is covered fully or not at all: only what lies between is mixed."""
    # Without 0 and 255, which 1 … 254 are after going one down, modulo 256.
    rows, columns = np.divmod(np.flatnonzero(alpha - np.uint8(1) < 254), alpha.shape[1])
    share = alpha[rows, columns, None].astype(np.float32) / 255
    mixed = target[rows, columns] * (1 - share) + patch[rows, columns] * share
    cv2.copyTo(patch, alpha, target)
    target[rows, columns] = np.rint(mixed)
