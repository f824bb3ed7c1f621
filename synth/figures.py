"""Pictures that books print between their lines: greys, screened photographs, charts, diagrams, square codes.

They need not mean anything; they must look, to a detector, like what stands between lines of text. All are drawn from
a seed, at the resolution that is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from synth.fields import Float32s, cloud, wave

Coverage = npt.NDArray[np.uint8]

_LEAST = 48
"""Pixels; smaller figures are drawn this large and shrunk."""
_AXES = ("time", "n", "x", "error", "size", "rate", "ms", "year", "load", "cost")
_PARTS = ("input", "parse", "model", "store", "queue", "client", "cache", "index", "output", "loop", "state", "test")
_INK = 255
_CAPITAL = 0.7  # em, about


class Lettered(NamedTuple):
    """A word as drawn: its coverage, the row of that on which its letters stand, and the white at its sides, pixels.

    Letters may lean into that white.
    """

    coverage: Coverage
    baseline: int
    side: int


Letter = Callable[[str, float], Lettered]
"""Draws a word in a size, pixels per em."""


def draw(kind: str, seed: int, width: int, height: int, letter: Letter) -> Coverage:
    """Ink coverage of a figure, uint8 (height, width), 0 where the paper stays bare.

    Args:
        kind: grey, photo, chart, diagram, code (a square code; a bar code where it is much wider than high), or logo.
        seed: for all that is in it.
        width: pixels.
        height: pixels.
        letter: draws its words.

    Raises:
        KeyError: for another kind.
    """
    rng = np.random.default_rng(seed)
    larger = max(_LEAST / width, _LEAST / height, 1.0)
    drawn = _DRAWERS[kind](rng, math.ceil(width * larger), math.ceil(height * larger), letter)
    return drawn if larger == 1.0 else cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA)


def _grey(rng: np.random.Generator, width: int, height: int, _: Letter) -> Coverage:
    """A flat tone, as where a picture was left out or failed to print, framed or not."""
    figure = np.full((height, width), rng.integers(30, 170), np.uint8)
    if rng.random() < 0.4:
        cv2.rectangle(figure, (0, 0), (width - 1, height - 1), _INK, max(width // 200, 1))
    return figure


def _photo(rng: np.random.Generator, width: int, height: int, _: Letter) -> Coverage:
    """A scene in greys, printed as a screen of dots at 45 degrees where the screen is coarse enough to be seen."""
    tone = _scene(rng, width, height)
    tone = cv2.addWeighted(tone, rng.uniform(0.75, 1.0), tone, 0, rng.uniform(0, 0.12))
    if rng.random() < 0.3:
        return cv2.convertScaleAbs(tone, alpha=255)
    frequency = 2 * math.pi / rng.uniform(3.4, 7.0)
    down, across = (np.cos(frequency * np.arange(side, dtype=np.float32)) for side in (height, width))
    # The product of two cosines is a chequered field of hills: cut at the tone's height, they leave dots of its area.
    hard = rng.uniform(1.2, 3.0)
    screened = cv2.multiply(down[:, None] * across[None, :], 1.0, scale=0.42 * hard)
    screened = cv2.addWeighted(tone, hard, screened, 1.0, 0.5 - 0.5 * hard)
    return cv2.convertScaleAbs(np.maximum(screened, 0, out=screened), alpha=255)


def _scene(rng: np.random.Generator, width: int, height: int) -> Float32s:
    """Darkness 0…1 of hills, houses or round things under a graded sky, lit from one side."""
    small_h, small_w = 120, 160
    darkness = np.empty((small_h, small_w), np.float32)
    darkness[:] = np.linspace(rng.uniform(0.1, 0.5), rng.uniform(0.0, 0.3), small_h, dtype=np.float32)[:, None]
    darkness += 0.12 * cloud(rng, (small_w, small_h), (5, 5))
    if rng.random() < 0.5:
        _hills(rng, darkness)
    else:
        _still_life(rng, darkness)
    darkness = cv2.GaussianBlur(darkness, (0, 0), rng.uniform(0.4, 0.9))
    grown: Float32s = cv2.resize(darkness, (width, height), interpolation=cv2.INTER_CUBIC)
    grown += 0.05 * cloud(rng, (width, height), (width // 3 + 1, height // 3 + 1), smooth=False)
    return grown


def _hills(rng: np.random.Generator, darkness: Float32s) -> None:
    """Ridges, each nearer and darker than the one behind it, and houses with windows on the last."""
    rows, columns = darkness.shape
    x = np.arange(columns)
    for tone, level in zip(np.linspace(0.3, 0.85, 4), np.linspace(0.45, 0.8, 4), strict=True):
        ridge = rows * (level + 0.09 * wave(rng, columns, 7))
        outline = np.concatenate([np.stack([x, ridge], 1), [[columns, rows], [0, rows]]]).astype(np.int32)
        cv2.fillPoly(darkness, [outline], float(tone + rng.uniform(-0.1, 0.1)), cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 4))):
        left, top = int(rng.integers(0, columns)), int(rows * rng.uniform(0.45, 0.7))
        wide, high = (int(side) for side in rng.integers(14, 44, 2))
        tone = float(rng.uniform(0.1, 0.7))
        cv2.rectangle(darkness, (left, top), (left + wide, top + high), tone, -1)
        for window in range(left + 3, left + wide - 3, 7):
            cv2.rectangle(darkness, (window, top + 5), (window + 3, top + 10), 0.95 - 0.5 * tone, -1)


def _still_life(rng: np.random.Generator, darkness: Float32s) -> None:
    """A table with shaded balls and boxes, each with its shadow."""
    rows, columns = darkness.shape
    table = int(rows * rng.uniform(0.45, 0.65))
    darkness[table:] = np.linspace(rng.uniform(0.2, 0.5), rng.uniform(0.5, 0.8), rows - table)[:, None]
    for _ in range(int(rng.integers(2, 6))):
        radius = int(rng.integers(9, 30))
        x, y = int(rng.integers(0, columns)), int(rng.integers(table - 5, rows))
        cv2.ellipse(darkness, (x + radius // 2, y + radius), (int(1.3 * radius), radius // 3), 0, 0, 360, 0.9, -1)
        tone = float(rng.uniform(0.45, 0.95))
        if rng.random() < 0.6:
            for step in range(6):
                shift = step * radius // 12
                cv2.circle(darkness, (x - shift, y - shift), radius - 2 * shift, tone * (1 - step / 7), -1, cv2.LINE_AA)
        else:
            cv2.rectangle(darkness, (x - radius, y - radius), (x, y + radius), 0.6 * tone, -1)
            cv2.rectangle(darkness, (x, y - radius), (x + radius, y + radius), tone, -1)


def _chart(rng: np.random.Generator, width: int, height: int, letter: Letter) -> Coverage:
    """Axes with ticks and numbers, and bars, curves or points between them."""
    figure = np.zeros((height, width), np.uint8)
    em = max(min(width, height) * rng.uniform(0.04, 0.06), 8.0)
    left, right, top, bottom = round(0.13 * width) + 6, round(0.97 * width), round(0.05 * height), round(0.84 * height)
    line = max(min(width, height) // 220, 1)
    grid = int(rng.integers(40, 110)) if rng.random() < 0.5 else 0
    ticks = int(rng.integers(3, 7))
    step = int(rng.choice((1, 2, 5, 10, 20, 25, 50, 100)))
    for tick in range(ticks + 1):
        y = bottom - tick * (bottom - top) // ticks
        if grid:
            cv2.line(figure, (left, y), (right, y), grid, 1)
        cv2.line(figure, (left - 2 - line, y), (left, y), _INK, line)
        _label(figure, letter(str(tick * step), em), (left - 5, y), em, "right")
        x = left + tick * (right - left) // ticks
        cv2.line(figure, (x, bottom), (x, bottom + 2 + line), _INK, line)
        _label(figure, letter(str(tick), em), (x, bottom + round(0.7 * em) + 4), em)
    plot = (_bars, _curves, _points)[int(rng.choice(3, p=(0.4, 0.4, 0.2)))]
    plot(rng, figure, (left, top, right, bottom), line)
    cv2.line(figure, (left, bottom), (right, bottom), _INK, line)
    cv2.line(figure, (left, top), (left, bottom), _INK, line)
    _label(figure, letter(str(rng.choice(_AXES)), em), ((left + right) // 2, round(0.96 * height)), em)
    return figure


def _bars(rng: np.random.Generator, figure: Coverage, frame: tuple[int, int, int, int], line: int) -> None:
    left, top, right, bottom = frame
    groups, series = int(rng.integers(3, 9)), int(rng.integers(1, 3))
    pitch = (right - left) / groups
    wide = pitch * 0.7 / series
    tones = rng.permutation([60, 110, 170, 230])
    heights = rng.uniform(0.1, 0.95, (groups, series))
    for group in range(groups):
        for number in range(series):
            x = round(left + (group + 0.15) * pitch + number * wide)
            low, high = (x, round(bottom - heights[group, number] * (bottom - top))), (round(x + wide - 1), bottom)
            cv2.rectangle(figure, low, high, int(tones[number]), -1)
            cv2.rectangle(figure, low, high, _INK, line)


def _curves(rng: np.random.Generator, figure: Coverage, frame: tuple[int, int, int, int], line: int) -> None:
    left, top, right, bottom = frame
    count = 40
    x = np.linspace(left, right, count)
    for number in range(int(rng.integers(1, 4))):
        walk = np.cumsum(rng.normal(rng.uniform(-0.15, 0.25), 1, count))
        spread = float(np.ptp(walk)) or 1.0
        low = rng.uniform(0, 0.4)
        share = low + (walk - walk.min()) / spread * rng.uniform(0.3, 0.95 - low)
        curve = np.stack([x, bottom - share * (bottom - top)], axis=1)
        fixed = np.rint(curve * 16).astype(np.int32)
        dashed = number == 1
        pieces = [fixed[i : i + 2] for i in range(0, count - 1, 2)] if dashed else [fixed]
        cv2.polylines(figure, pieces, False, _INK, line + (number == 0), cv2.LINE_AA, 4)
        if number == 2 or rng.random() < 0.3:
            for px, py in fixed[::5].tolist():
                cv2.circle(figure, (px, py), (line + 2) * 16, _INK, -1, cv2.LINE_AA, 4)


def _points(rng: np.random.Generator, figure: Coverage, frame: tuple[int, int, int, int], line: int) -> None:
    left, top, right, bottom = frame
    share = rng.uniform(0.03, 0.97, int(rng.integers(20, 70)))
    trend = 0.5 + rng.uniform(-0.8, 0.8) * (share - 0.5)
    rise = np.clip(trend + rng.normal(0, 0.09, len(share)), 0.02, 0.98)
    for x, y in zip(share.tolist(), rise.tolist(), strict=True):
        place = (round(left + x * (right - left)), round(bottom - y * (bottom - top)))
        cv2.circle(figure, place, line + 1, _INK, -1 if share[0] < 0.5 else 1, cv2.LINE_AA)


def _diagram(rng: np.random.Generator, width: int, height: int, letter: Letter) -> Coverage:
    """Labelled boxes on a loose grid, joined by arrows."""
    figure = np.zeros((height, width), np.uint8)
    columns = min(max(round(width / 130), 2), 4)
    rows = min(max(round(height / 110), 1), 4)
    cell_w, cell_h = width / columns, height / rows
    half_w, half_h = round(cell_w * 0.33), round(min(cell_h * 0.3, cell_w * 0.26))
    line = max(min(width, height) // 220, 1)
    names = [str(name) for name in rng.permutation(_PARTS)]
    em = min(0.45 * half_w, half_h)
    kept = [cell for cell in np.ndindex(rows, columns) if rng.random() < 0.85] or [(0, 0)]
    places = {cell: (round((cell[1] + 0.5) * cell_w), round((cell[0] + 0.5) * cell_h)) for cell in kept}
    for (row, column), (x, y) in places.items():
        if (row, column + 1) in places:
            _arrow(figure, (x + half_w, y), (places[row, column + 1][0] - half_w, y), line)
        if (row + 1, column) in places and rng.random() < 0.7:
            _arrow(figure, (x, y + half_h), (x, places[row + 1, column][1] - half_h), line)
    tint = int(rng.choice((0, 0, 30, 55)))
    for number, (x, y) in enumerate(places.values()):
        room = _box(rng, figure, (x, y), (half_w, half_h), tint, line)
        _label(figure, letter(names[number % len(names)], em * room), (x, y), em * room)
    return figure


def _box(
    rng: np.random.Generator, figure: Coverage, at: tuple[int, int], half: tuple[int, int], tint: int, line: int
) -> float:
    """Draws a box, an ellipse or a lozenge; returns how large its label may be, 1 for a box."""
    (x, y), (half_w, half_h) = at, half
    shape = int(rng.choice(3, p=(0.7, 0.18, 0.12)))
    if shape == 1:
        cv2.ellipse(figure, at, half, 0, 0, 360, tint, -1)
        cv2.ellipse(figure, at, half, 0, 0, 360, _INK, line, cv2.LINE_AA)
        return 0.85
    corners = [(x - half_w, y - half_h), (x + half_w, y - half_h), (x + half_w, y + half_h), (x - half_w, y + half_h)]
    if shape == 2:
        corners = [(x - half_w, y), (x, y - half_h), (x + half_w, y), (x, y + half_h)]
    outline = np.array(corners, np.int32)
    cv2.fillConvexPoly(figure, outline, tint)
    cv2.polylines(figure, [outline], True, _INK, line, cv2.LINE_AA)
    return 0.65 if shape == 2 else 1.0


def _arrow(figure: Coverage, start: tuple[int, int], end: tuple[int, int], line: int) -> None:
    length = max(abs(end[0] - start[0]) + abs(end[1] - start[1]), 1)
    cv2.arrowedLine(figure, start, end, _INK, line, cv2.LINE_AA, tipLength=min(7.0 * line / length, 0.5))


def _label(
    figure: Coverage, lettered: Lettered, at: tuple[int, int], em: float, align: str = "middle", cut: bool = False
) -> None:
    """Writes a word around (or, right-aligned, up to) a point, at half the height of its capitals; or cuts it out."""
    word, baseline, side = lettered
    left = at[0] - (word.shape[1] - side if align == "right" else word.shape[1] // 2)
    top = at[1] + round(_CAPITAL / 2 * em) - baseline
    rows = slice(max(top, 0), max(min(top + word.shape[0], figure.shape[0]), 0))
    columns = slice(max(left, 0), max(min(left + word.shape[1], figure.shape[1]), 0))
    word = word[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    there = figure[rows, columns]
    figure[rows, columns] = np.minimum(there, _INK - word) if cut else np.maximum(there, word)


def _code(rng: np.random.Generator, width: int, height: int, _: Letter) -> Coverage:
    """A square code of random modules, in the middle; where there is room for several, a bar code instead."""
    figure = np.zeros((height, width), np.uint8)
    modules = _bar_modules(rng) if width > 1.8 * height else _square_modules(rng)
    rows, columns = modules.shape
    size = min((width - 2) / columns, (height - 2) / rows) if rows > 1 else (width - 2) / columns
    wide, high = int(size * columns), int(size * rows) if rows > 1 else height - 2
    left, top = (width - wide) // 2, (height - high) // 2
    figure[top : top + high, left : left + wide] = cv2.resize(modules, (wide, high), interpolation=cv2.INTER_NEAREST)
    return figure


def _square_modules(rng: np.random.Generator) -> Coverage:
    """Modules laid out as a QR code's, filled at random: nothing can be read from it, its checksum being wrong."""
    side = 17 + 4 * int(rng.integers(1, 7))
    modules = np.where(rng.random((side, side)) < 0.5, _INK, 0).astype(np.uint8)
    modules[6, :] = modules[:, 6] = np.where(np.arange(side) % 2 == 0, _INK, 0)
    finder = np.zeros((8, 8), np.uint8)
    finder[:7, :7] = _INK
    finder[1:6, 1:6] = 0
    finder[2:5, 2:5] = _INK
    modules[:8, :8] = finder
    modules[:8, -8:] = finder[:, ::-1]
    modules[-8:, :8] = finder[::-1]
    if side > 21:
        modules[-9:-4, -9:-4] = _INK
        modules[-8:-5, -8:-5] = 0
        modules[-7, -7] = _INK
    return modules


def _bar_modules(rng: np.random.Generator) -> Coverage:
    widths = rng.integers(1, 5, 59)
    tones = np.where(np.arange(59) % 2 == 0, _INK, 0).astype(np.uint8)
    return np.repeat(tones, widths)[None, :]


def _logo(rng: np.random.Generator, width: int, height: int, letter: Letter) -> Coverage:
    """A firm's mark: a disc, a ring, a polygon, or strokes, with a sign cut out of it."""
    figure = np.zeros((height, width), np.uint8)
    middle, radius = (width // 2, height // 2), min(width, height) // 2 - 2
    corners = int(rng.integers(3, 9))
    turns = np.arange(corners) * (2 * math.pi / corners) + rng.uniform(0, math.pi)
    outline = (np.array(middle) + radius * np.stack([np.cos(turns), np.sin(turns)], 1)).astype(np.int32)
    line = max(int(radius * rng.uniform(0.12, 0.4)), 1)
    shape = int(rng.integers(0, 4))
    if shape == 0:
        cv2.circle(figure, middle, radius, _INK, -1, cv2.LINE_AA)
    elif shape == 1:
        cv2.circle(figure, middle, radius - line // 2, _INK, line, cv2.LINE_AA)
    elif shape == 2:
        cv2.fillPoly(figure, [outline], _INK, cv2.LINE_AA)
    else:
        for corner in outline:
            cv2.line(figure, middle, (int(corner[0]), int(corner[1])), _INK, line, cv2.LINE_AA)
    if rng.random() < 0.6:
        em, sign = 1.3 * radius, chr(int(rng.integers(ord("A"), ord("Z") + 1)))
        _label(figure, letter(sign, em), middle, em, cut=shape in (0, 2))
    return figure


_DRAWERS: dict[str, Callable[[np.random.Generator, int, int, Letter], Coverage]] = {
    "grey": _grey,
    "photo": _photo,
    "chart": _chart,
    "diagram": _diagram,
    "code": _code,
    "logo": _logo,
}
