"""Which of the gaps that an OCR engine takes for spaces are spaces.

Tesseract sees a space wherever letters stand wide: around dots and slashes, in monospaced type, in dot matrix. A
link has no spaces, and words follow it, so neither keeping nor dropping them all will do. Gaps are measured in the
picture instead, and each is judged by the other gaps of its line: a space is wider than the gaps between letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from evaluate.line import INK, Line
from evaluate.ocr import Word

_LEAST = 0.45
"""A narrower gap, in x-heights, is no space; a quarter of an em, the usual space, is more."""
_SURELY = 1.2
"""A gap over this many x-heights is a space in any type."""
_WIDER = 1.25
"""A space is so many times wider than the wide gaps (85th percentile) between the letters of its line."""
_WIDER_BEHIND_DOT = 2.1
"""The same behind a dot or colon, where a small letter follows: those stand wide by themselves, and links have many."""
_AS_WIDE = 1.0
"""The same behind a full stop, where a capital follows as it does in the next sentence."""
_ENOUGH = 12
"""So many gaps say how wide the gaps of a line are."""

Spans = npt.NDArray[np.int64]


def joined(words: Sequence[Word], line: Line, *, begins_link: bool = True) -> str:
    """The words as one text, with a space where the picture has one.

    Args:
        words: what an engine read.
        line: where it read it.
        begins_link: whether the line begins with a prefix; the first letters then have no spaces.
    """
    blanks = _blanks(line)
    between = [_gap_at(blanks, before, after, line.x_height) for before, after in pairwise(words)]
    text = "".join(word.text for word in words[:1])
    for place, (gap, after) in enumerate(zip(between, words[1:], strict=True)):
        inner = _letter_gaps(blanks, between, words, place)
        wide = _is_space(_width(gap), inner, line.x_height, _wider(text, after.text))
        text += (" " if wide and not _goes_on(text, after.text, begins_link) else "") + after.text
    return text


def _wider(before: str, after: str) -> float:
    """How much wider than the wide gaps of a line a space is, between such letters."""
    if re.search(r"\w[.,:;] [a-z0-9]", f"{before} {after}"):
        return _WIDER_BEHIND_DOT
    return _AS_WIDE if re.search(r"[.!?)] [A-Z][a-z]", f"{before} {after}") else _WIDER


def _goes_on(before: str, after: str, begins_link: bool) -> bool:
    """Whether the letters say that no space can be here: in a prefix, or before the dot of `.com`."""
    in_prefix = re.fullmatch(r"\W*\w{0,6}[:;.]?/{0,2}|.*//|.*\bwww\.?", before, re.IGNORECASE)
    return (begins_link and in_prefix is not None) or re.match(r"[./:]\w", after) is not None


def _blanks(line: Line) -> Spans:
    """Runs of columns without ink, (first, one behind the last), of shape (n, 2)."""
    blank = (line.pixels >= INK).all(axis=0)
    steps = np.flatnonzero(np.diff(np.concatenate([[False], blank, [False]]).astype(np.int8)))
    return steps.reshape(-1, 2)


def _gap_at(blanks: Spans, before: Word, after: Word, x_height: float) -> Spans:
    """The widest blank run about where the engine divides two words, of shape (1 or 0, 2).

    The ends of its words are only roughly right.
    """
    near = blanks[(blanks[:, 1] > before.right - x_height / 2) & (blanks[:, 0] < after.left + x_height / 2)]
    widest = np.argsort(near[:, 0] - near[:, 1], kind="stable")[:1]
    return near[widest]


def _letter_gaps(blanks: Spans, between: Sequence[Spans], words: Sequence[Word], place: int) -> Spans:
    """Widths of the gaps between the letters of the words up to `place`, and of the next where those have few letters.

    Letters that overlap, as in italics, have a gap of 0.
    """
    divides = {int(gap[0, 0]) for gap in between if gap.size}
    letters, last = 0, 0
    for last, word in enumerate(words):
        letters += len(word.text) - 1
        if last >= place and letters >= _ENOUGH:
            break
    widths = [
        int(end - start)
        for start, end in blanks
        if words[0].left < start and end < words[last].right and int(start) not in divides
    ]
    return np.array(widths + [0] * (letters - len(widths)), dtype=np.int64)


def _width(gap: Spans) -> float:
    return float((gap[:, 1] - gap[:, 0]).sum())


def _is_space(gap: float, inner: Spans, x_height: float, wider: float) -> bool:
    if gap >= _SURELY * x_height:
        return True
    usual = float(np.percentile(inner, 85)) if inner.size >= 4 else 0.3 * x_height
    return gap >= max(_LEAST * x_height, wider * usual)
