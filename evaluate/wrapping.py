"""Links that run over lines: where the next line begins, and whether the link goes on there.

The truth never helps here. A link that ends where its line ends may go on at the start of the next line of its
column, and whether it does is told by the letters: by how the first part ends, and by what the next line begins with.
"""

from __future__ import annotations

import re

import cv2
import numpy as np

from data.model import Box
from evaluate.trace import Floats, Grey, Trace, ink_rows, leftwards, strip_along
from evaluate.url import Extracted, extract, is_address

MOST_LINES = 4
_COLUMN_GAP = 3.0
"""A gap of so many x-heights parts two columns."""
_HEAD = 6.0
"""So many x-heights of the next line are taken as certainly being text."""
_LINES_AROUND = 5
LONGEST_PIECE = 24.0
"""Where so many letters would have fitted into the line, it was not broken for want of room."""
_SLACK = 3.0
"""Letters by which the room left in a line may be misjudged."""
_ROWS_PX = 12
"""Working size: pixels of an x-height."""


def next_line(grey: Grey, traced: Trace, start: Box) -> Box | None:
    """The head of the line below, in the same column; None where there is no such line.

    Args:
        grey: uint8 (height, width), the whole picture.
        traced: the line that the link is on.
        start: box of the prefix, or of the head of a line that `next_line` gave.
    """
    scale = _ROWS_PX / traced.x_height
    path = leftwards(grey, traced, start, reach=float(grey.shape[1]))
    left, right = float(path.x[0]), start[0] + start[2]
    height = traced.bottom - traced.top
    columns = np.arange(left, right, 1 / scale)
    here = strip_along(grey, path, columns, np.arange(traced.top, traced.bottom, 1 / scale), scale)
    rows = np.arange(traced.bottom, traced.bottom + 1.8 * height, 1 / scale)
    own = _run_with(_blank_columns(here), len(columns) - 1 - int(start[2] * scale / 2))
    below = strip_along(grey, path, columns[own[0] :], rows, scale)
    band = _first_band(ink_rows(below), round(height * scale))
    if band is None:
        return None
    span = rows[band[0]], rows[band[1]]
    # A hanging indent, or a first line's, lets the next line begin elsewhere: look at all of it.
    line = strip_along(grey, path, columns, np.arange(span[0], span[1] + 1 / scale, 1 / scale), scale)
    first = _begin(_blank_columns(line), own)
    if first is None:
        return None
    x = float(columns[first])
    y = float(path.middle(np.array([x]))[0])
    width = min(_HEAD * traced.x_height, max(right - x, traced.x_height))
    return (x, y + float(span[0]), width, float(span[1] - span[0]))


def _first_band(profile: Floats, most: int) -> tuple[int, int] | None:
    """First and last row of the small letters of the first line in a profile; it may be a short one.

    Args:
        profile: ink of each row.
        most: rows that a line has at most.
    """
    smooth = cv2.GaussianBlur(profile.reshape(-1, 1), (1, 3), 0)[:, 0]
    inked = smooth >= max(0.06 * float(smooth.max(initial=0.0)), 0.004)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(np.int8))).reshape(-1, 2)
    first, end = next(((int(a), int(b)) for a, b in edges if b - a >= _ROWS_PX // 2), (0, 0))
    line = smooth[first : min(end, first + most)]
    if not line.size:
        return None
    full = np.flatnonzero(line >= 0.5 * line.max())
    return first + int(full[0]), first + int(full[-1])


def _blank_columns(strip: Grey) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    paper = float(np.median(strip)) if strip.size else 255.0
    contrast = np.abs(strip.astype(np.float64) - paper)
    strong = max(0.4 * float(np.percentile(contrast, 98)) if strip.size else 0.0, 25.0)
    return np.asarray((contrast < strong).all(axis=0))


def _runs(blank: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Runs of text, (first column, last column), parted by gaps as wide as between columns."""
    inked = np.flatnonzero(~blank)
    if not inked.size:
        return []
    parts = np.split(inked, np.flatnonzero(np.diff(inked) > _COLUMN_GAP * _ROWS_PX) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts]


def _run_with(blank: np.ndarray[tuple[int], np.dtype[np.bool_]], column: int) -> tuple[int, int]:
    """The run of text that holds a column, or the column alone."""
    return next((run for run in _runs(blank) if run[0] <= column <= run[1]), (column, column))


def _begin(blank: np.ndarray[tuple[int], np.dtype[np.bool_]], own: tuple[int, int]) -> int | None:
    """Where the next line begins: its run that lies under the run of this line."""
    under = [run for run in _runs(blank) if run[1] >= own[0] and run[0] <= own[1]]
    return under[0][0] if under else None


def room(grey: Grey, traced: Trace, end: float) -> float:
    """Pixels between column `end` and the right margin of its column of text, as the lines around show it."""
    scale = _ROWS_PX / traced.x_height
    height = traced.bottom - traced.top
    columns = np.arange(end - 2 * traced.x_height, end + 100 * traced.x_height, 1 / scale)
    columns = columns[columns < grey.shape[1]]
    rows = np.arange(-_LINES_AROUND * height, _LINES_AROUND * height, 1 / scale)
    strip = strip_along(grey, traced.path, columns, rows, scale)
    runs = _runs(_blank_columns(strip))
    return max(float(columns[runs[0][1]]) - end, 0.0) if runs else 0.0


def goes_on(found: Extracted, token: str, fits: float) -> bool:
    """Whether a link goes on with the first word of the next line.

    Args:
        found: what was read so far.
        token: the first word of the next line.
        fits: so many letters more would have fitted into the link's line. A typesetter breaks a link because its
            next piece (up to the next dot, slash or the like) does not fit.
    """
    word = token.rstrip(".,;:!?)]}>'\"")
    piece = re.match(r"[^/.?&#-]*.?", word)
    if not found.at_end or piece is None or len(piece.group()) < fits - _SLACK or not _may_follow(found, word):
        return False
    if not is_address(found.link):  # broken inside the host: https://www.
        return re.match(r"[\w-]+(\.\w|/)", word) is not None
    last = found.whole[-1]
    if last in ",;:!\"'":
        return False
    if last == ".":  # behind a sentence stands a capital letter or a number, behind the dot of a name a small one
        return re.match(r"[a-z]+([/_=&?%#~.]|$)|\w+[/_=&?%#~]", word) is not None
    if last in "-_=&?%#~+" or re.search(r"[/_=&?%#~@]|\w\.\w", word):
        return True
    return (last == "/" or last.isdigit()) and re.search(r"\d", word) is not None


def _may_follow(found: Extracted, word: str) -> bool:
    """Whether a word can be a piece of an address at all, and is no address of its own."""
    plain = re.match(r"[a-zA-Z0-9/?&=#%~(_-]", word) is not None and len(re.findall(r"\w", word)) >= 2
    own = extract(word)
    return plain and (not own.link or (own.prefix == "www." and found.whole.endswith("//")))
