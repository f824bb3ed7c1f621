"""Which of the gaps that an OCR engine takes for spaces are spaces.

Tesseract sees a space wherever letters stand wide: around dots and slashes, in monospaced type, in dot matrix. A
link has no spaces, and words follow it, so neither keeping nor dropping them all will do. Gaps are measured in the
picture instead, and each is judged by the other gaps of its line: a space is wider than the gaps between letters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evaluate.line import Line
from evaluate.ocr import Word

_INK = 190
"""Darker pixels are ink (the line's paper is 255)."""
_LEAST = 0.5
"""A gap under half an x-height is no space; a quarter of an em, the usual space, is more."""
_SURELY = 1.2
"""A gap over this many x-heights is a space in any type."""
_WIDER = 1.5
"""A space is so many times wider than the wide gaps (85th percentile) between the letters of its line."""

Spans = npt.NDArray[np.int64]


def joined(words: Sequence[Word], line: Line) -> str:
    """The words as one text, with a space where the picture has one."""
    if not words:
        return ""
    blanks = _blanks(line)
    text = words[0].text
    for before, after in zip(words, words[1:], strict=False):
        inner = _inside(blanks, words[0].left, before.right, words)
        text += (
            " " if _is_space(_gap(blanks, before, after, line.x_height), inner, line.x_height) else ""
        ) + after.text
    return text


def _blanks(line: Line) -> Spans:
    """Runs of columns without ink, (first, one behind the last), of shape (n, 2)."""
    blank = (line.pixels >= _INK).all(axis=0)
    steps = np.flatnonzero(np.diff(np.concatenate([[False], blank, [False]]).astype(np.int8)))
    return steps.reshape(-1, 2)


def _gap(blanks: Spans, before: Word, after: Word, x_height: float) -> float:
    """Widest blank run about where the engine divides two words; its word boxes are only roughly right."""
    near = (blanks[:, 1] > before.right - x_height / 2) & (blanks[:, 0] < after.left + x_height / 2)
    widths = (blanks[:, 1] - blanks[:, 0])[near]
    return float(widths.max(initial=0))


def _inside(blanks: Spans, left: float, right: float, words: Sequence[Word]) -> Spans:
    """Widths of the gaps between letters from `left` to `right`, those between words left out."""
    within = (blanks[:, 0] > left) & (blanks[:, 1] < right)
    middles = blanks.mean(axis=1)
    for before, after in zip(words, words[1:], strict=False):
        within &= ~((middles >= before.right) & (middles <= after.left))
    return np.asarray((blanks[:, 1] - blanks[:, 0])[within])


def _is_space(gap: float, inner: Spans, x_height: float) -> bool:
    if gap >= _SURELY * x_height:
        return True
    usual = float(np.percentile(inner, 85)) if inner.size >= 4 else 0.3 * x_height
    return gap >= max(_LEAST * x_height, _WIDER * usual)
