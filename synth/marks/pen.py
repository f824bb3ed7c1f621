"""What a reader wrote: notes in the margin, underlines, circles, ticks and strokes beside the text.

Handwriting is made of joined letters, each a few points that a smooth curve passes by; none of them is h, t, p, w,
a slash or a colon, so that nothing written looks like the beginning of a link.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from synth.fields import wave
from synth.layers import Layer
from synth.marks.place import Floats, Line, stroked
from synth.marks.text import line_pitch, nearest
from synth.scene import Mark

if TYPE_CHECKING:
    from synth.ink import Raster

_STEPS = 7
"""Points of a curve between two of the letter's."""

# fmt: off
# x to the right and y up in x-heights, from where the letter before ended; the last point is where the next one begins.
_LETTERS: dict[str, tuple[tuple[float, float], ...]] = {
    "a": ((0.7, 0.9), (0.35, 1.02), (0.05, 0.55), (0.25, 0.0), (0.6, 0.35), (0.75, 0.95), (0.72, 0.25), (1.0, 0.05)),
    "b": ((0.2, 0.8), (0.45, 2.0), (0.2, 2.1), (0.12, 0.4), (0.4, 0.0), (0.75, 0.45), (0.5, 0.95), (0.9, 0.75)),
    "c": ((0.65, 0.85), (0.35, 1.02), (0.05, 0.5), (0.3, 0.0), (0.8, 0.15)),
    "d": ((0.65, 0.9), (0.3, 1.0), (0.05, 0.5), (0.3, 0.0), (0.7, 0.6), (0.8, 2.0), (0.75, 0.4), (1.05, 0.05)),
    "e": ((0.1, 0.4), (0.55, 0.6), (0.5, 1.0), (0.15, 0.85), (0.12, 0.2), (0.4, -0.02), (0.85, 0.2)),
    "g": ((0.7, 0.9), (0.3, 1.0), (0.08, 0.5), (0.4, 0.1), (0.7, 0.9),
          (0.65, -0.8), (0.3, -1.1), (0.3, -0.6), (1.0, 0.1)),
    "i": ((0.2, 0.95), (0.2, 0.3), (0.3, 0.0), (0.55, 0.15)),
    "k": ((0.2, 0.8), (0.5, 2.0), (0.25, 2.1), (0.12, 0.0), (0.2, 0.6), (0.6, 0.95),
          (0.3, 0.5), (0.7, 0.0), (0.95, 0.1)),
    "l": ((0.2, 0.6), (0.5, 1.8), (0.3, 2.15), (0.15, 1.4), (0.2, 0.2), (0.55, 0.05)),
    "m": ((0.1, 0.95), (0.1, 0.05), (0.3, 0.95), (0.5, 0.8), (0.5, 0.05), (0.7, 0.95),
          (0.9, 0.8), (0.9, 0.1), (1.15, 0.1)),
    "n": ((0.1, 0.95), (0.1, 0.05), (0.35, 0.95), (0.65, 0.8), (0.65, 0.1), (0.95, 0.1)),
    "o": ((0.5, 1.0), (0.1, 0.75), (0.15, 0.1), (0.55, 0.05), (0.7, 0.65), (0.45, 1.0), (0.95, 0.8)),
    "r": ((0.1, 0.9), (0.15, 0.2), (0.15, 0.6), (0.4, 1.0), (0.6, 0.9), (0.65, 0.4), (0.75, 0.1)),
    "s": ((0.45, 1.0), (0.2, 0.75), (0.5, 0.45), (0.4, 0.02), (0.05, 0.1), (0.75, 0.15)),
    "u": ((0.1, 0.9), (0.1, 0.25), (0.35, 0.0), (0.65, 0.4), (0.7, 0.95), (0.7, 0.2), (1.0, 0.1)),
    "y": ((0.1, 0.95), (0.15, 0.35), (0.4, 0.1), (0.7, 0.9), (0.6, -0.8), (0.25, -1.1), (0.3, -0.6), (1.0, 0.15)),
}
# fmt: on
_NAMES = "aaabccdeeeegiikllmnnnoorrssuuy"


def note(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """One to four lines of handwriting, `size` points wide, around (x, y)."""
    rng = np.random.default_rng(mark.seed)
    x_height = min(rng.uniform(4.2, 7.0), mark.size / 5)
    slant, speed = rng.uniform(-0.1, 0.45), rng.uniform(0.85, 1.2)
    strokes: list[Floats] = []
    count = int(rng.integers(1, 5))
    for row in range(count):
        pen_x, limit = rng.uniform(0, 0.15) * mark.size, mark.size * rng.uniform(0.7, 1.0)
        while pen_x < limit - 2 * x_height or not strokes:
            word = [stroke * (x_height * speed, -x_height) for stroke in _word(rng, slant)]
            end = max(float(stroke[:, 0].max()) for stroke in word)
            if pen_x and pen_x + end > limit + x_height and strokes:
                break
            place = np.array([pen_x, (row - count / 2) * 2.9 * x_height])
            strokes += [stroke + place for stroke in word]
            pen_x += end + x_height * rng.uniform(0.6, 1.0)
    turned = _turned(strokes, mark.angle)
    return _inked([stroke + np.array([mark.x - mark.size / 2, mark.y]) for stroke in turned], mark, raster, rng)


def underline(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A pen stroke under `size` points of the nearest line, sometimes a double one."""
    rng = np.random.default_rng(mark.seed)
    line = nearest(lines, mark.x, mark.y)
    if line is None:
        return []
    left, right, baseline = line
    start = min(max(mark.x, left), max(right - 20.0, left))
    end = min(start + mark.size, right)
    below = baseline + line_pitch(lines) * rng.uniform(0.14, 0.24)
    strokes = []
    for number in range(1 + int(rng.random() < 0.12)):
        x = np.linspace(start + rng.uniform(-2, 2), end + rng.uniform(-2, 3), 48)
        y = below + 1.8 * number + 0.5 * wave(rng, 48, 5) + rng.uniform(-0.008, 0.008) * (x - start)
        strokes.append(np.stack([x, y], axis=1))
    return _inked(strokes, mark, raster, rng)


def circle(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A hasty ring around `size` points of the nearest line; it ends past where it began."""
    rng = np.random.default_rng(mark.seed)
    line = nearest(lines, mark.x, mark.y)
    if line is None:
        return []
    left, right, baseline = line
    pitch = line_pitch(lines)
    half = min(mark.size, right - left) / 2
    middle_x = min(max(mark.x, left + half), right - half)
    turn = np.linspace(0, 2 * math.pi * rng.uniform(1.02, 1.12), 72) + rng.uniform(3.5, 5.0)
    grow = np.linspace(0.94, 1.05, 72) + 0.02 * wave(rng, 72, 5)
    # Flatter than an ellipse: a ring around words keeps clear of its own line.
    x = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.8 * (half + 0.35 * pitch)
    y = np.sin(turn) * pitch * rng.uniform(0.62, 0.8)
    ring = np.stack([middle_x + x * grow, baseline - 0.3 * pitch + y * grow + x * rng.uniform(-0.02, 0.02)], axis=1)
    return _inked([ring], mark, raster, rng)


def tick(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A tick, a cross, an exclamation mark or a star, `size` points high, in the margin."""
    rng = np.random.default_rng(mark.seed)
    signs: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = (
        (((-0.35, 0.0), (-0.2, 0.15), (-0.1, 0.45), (0.0, 0.2), (0.25, -0.35), (0.5, -0.55)),),
        (((-0.4, -0.4), (0.0, 0.02), (0.4, 0.42)), ((0.4, -0.45), (0.0, 0.0), (-0.4, 0.4))),
        (((0.05, -0.55), (0.02, -0.1), (0.0, 0.2)), ((-0.02, 0.42), (0.02, 0.45), (0.0, 0.48))),
        (((-0.4, 0.0), (0.0, 0.03), (0.4, 0.0)), ((-0.2, -0.4), (0.0, 0.0), (0.22, 0.4)), ((0.2, -0.4), (-0.22, 0.4))),
    )
    chosen = signs[int(rng.choice(4, p=(0.55, 0.15, 0.15, 0.15)))]
    strokes = [_curve(np.array(points) + rng.normal(0, 0.03, (len(points), 2))) * mark.size for points in chosen]
    return _inked(_at(mark, _turned(strokes, mark.angle)), mark, raster, rng)


def bar(mark: Mark, raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """A stroke down the margin beside `size` points of text, straight or wavy, sometimes twice."""
    rng = np.random.default_rng(mark.seed)
    count, swing = 1 + int(rng.random() < 0.25), float(rng.choice((0.7, 0.7, 2.2)))
    strokes = []
    for number in range(count):
        y = np.linspace(-0.5, 0.5, 64) * mark.size
        x = 3.2 * number + swing * wave(rng, 64, 4 if swing < 1 else max(int(mark.size / 9), 4))
        strokes.append(np.stack([x, y], axis=1))
    return _inked(_at(mark, _turned(strokes, mark.angle)), mark, raster, rng)


def _word(rng: np.random.Generator, slant: float) -> list[Floats]:
    """Strokes of one word, x-height 1, y up, beginning at x = 0: a joined line and the dots over it."""
    points: list[tuple[float, float]] = [(0.0, float(rng.uniform(0.0, 0.4)))]
    dots, at = [], 0.1
    for _ in range(int(rng.integers(2, 9))):
        letter = _NAMES[int(rng.integers(len(_NAMES)))]
        wide = float(rng.uniform(0.85, 1.2))
        points += [(at + x * wide, y) for x, y in _LETTERS[letter]]
        if letter == "i":
            dots.append((at + 0.3, 1.5))
        at = points[-1][0]
    line = np.array(points)
    line += rng.normal(0, 0.05, line.shape)
    strokes = [_curve(line), *(np.array([dot, (dot[0] + 0.06, dot[1] + 0.05)]) for dot in dots)]
    return [np.stack([stroke[:, 0] + slant * stroke[:, 1], stroke[:, 1]], axis=1) for stroke in strokes]


@cache
def _basis() -> Floats:
    """Weights of four neighbouring points along a Catmull-Rom curve between the middle two; (steps, 4)."""
    t = np.linspace(0, 1, _STEPS, endpoint=False)
    return 0.5 * np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], axis=1)


def _curve(points: Floats) -> Floats:
    """A smooth curve through points (n, 2)."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    around = np.stack([padded[:-3], padded[1:-2], padded[2:-1], padded[3:]], axis=1)
    inner: Floats = np.einsum("sk,nkc->nsc", _basis(), around).reshape(-1, 2)
    return np.concatenate([inner, points[-1:]])


def _turned(strokes: Sequence[Floats], angle: float) -> list[Floats]:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return [stroke @ np.array([[cos, sin], [-sin, cos]]) for stroke in strokes]


def _at(mark: Mark, strokes: Sequence[Floats]) -> list[Floats]:
    return [stroke + np.array([mark.x, mark.y]) for stroke in strokes]


def _inked(strokes: Sequence[Floats], mark: Mark, raster: Raster, rng: np.random.Generator) -> list[Layer]:
    """Strokes as a ballpoint or a pencil leaves them: thin, and not equally dark everywhere."""
    drawn = stroked(strokes, float(rng.uniform(0.55, 1.0)), raster)
    if drawn is None:
        return []
    left, top, coverage = drawn
    height, width = coverage.shape
    # Grain of a third of a point, at most 160 pixels wide before it is enlarged.
    small = (min(width, 160), min(height, 160))
    pressure = rng.integers(190 if max(mark.colour) - min(mark.colour) > 0.1 else 120, 256, small[::-1], np.uint8)
    pressure = cv2.resize(pressure, (width, height))
    return [Layer(left, top, cv2.multiply(coverage, pressure, scale=mark.strength / 255), mark.colour)]
