"""Draws a typeset page as ink coverage, at the scale and in the window that the camera will see.

Pillow stamps the glyphs, which costs a microsecond each. Black print is one raster; each line of coloured print is a
small layer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from PIL import Image, ImageDraw

from synth import figures, shaping
from synth.fonts import Font
from synth.glyphs import PHASES, Strikes
from synth.layers import Coverage, Layer
from synth.page import GlyphRun, Page, Picture, Rectangle
from synth.recipe import BLACK
from synth.scene import Rgb
from synth.shaping import Floats

_FOLIO_LETTERS = 5  # a page number is no longer
_NEAREST_LINES = 0.9  # em between baselines; a fraction's are nearer to that of their formula
_RUN_REACH = 1.5  # em: how far runs reach out of their lines, and behind their last pen
_REACH = 4.0  # em: no glyph reaches farther from its pen
_THINNEST = 0.6  # pixels: no printed rule vanishes
_STRIKES = Strikes()
_LARGEST_FIGURE = 640  # pixels; larger ones are drawn so large and enlarged, as a magnifying glass would show them


@dataclass(frozen=True, slots=True)
class Raster:
    """The window of the page that is drawn: page point (x, y) lies at pixel ((x - left) * scale, (y - top) * scale).

    Attributes:
        scale: pixels per point.
        left, top: page point of the raster's corner.
        width, height: pixels.
    """

    scale: float
    left: float
    top: float
    width: int
    height: int

    def snapped_baseline(self, y: float) -> float:
        """The page y at which a baseline really is drawn: a whole pixel row, so that one drawing serves all lines."""
        return round((y - self.top) * self.scale) / self.scale + self.top

    def snapped_xs(self, xs: Floats) -> Floats:
        """The page xs at which glyphs are drawn: halves of a pixel."""
        snapped: Floats = np.rint((xs - self.left) * self.scale * PHASES) / (PHASES * self.scale) + self.left
        return snapped


@dataclass(frozen=True, slots=True)
class Ink:
    """What was printed on the raster: `black` is uint8 (height, width), 0…255; coloured print lies in layers.

    Under both lie `boxes`: tints, and what is coloured of frames and bars. A tint is paper to what stands on it.
    """

    raster: Raster
    black: Coverage
    coloured: tuple[Layer, ...]
    boxes: tuple[Layer, ...] = ()


def draw(page: Page, raster: Raster, facing: float | None = None) -> Ink:
    """Draws what touches the raster.

    Args:
        page: as typeset.
        raster: the window.
        facing: how far to the right (points; negative: left) the facing page lies, None where it is not seen. It
            carries this page's lines in another order, those with links left out: what is printed there is not in
            the truth.
    """
    seen = [run for run in page.runs if _touches(run, raster, 0.0)]
    black = _blank(raster)
    pictures = [picture for picture in page.pictures if _box(picture, raster, 0.0) is not None]
    for picture in pictures:
        _paste_picture(black, picture, raster)
    _stamp([run for run in seen if run.ink == BLACK], raster, black)
    if facing is not None and any(_reaches(run, raster, facing) for run in page.runs):
        there = _facing_runs(page)
        _stamp([run for run in there if _touches(run, raster, facing)], raster, black, facing)
    layered = []
    for rectangle in page.rectangles:
        if rectangle.ink == BLACK and rectangle.tone == 1:
            _fill(black, rectangle, raster)
        else:
            layered.append(rectangle)
    coloured = [run for run in seen if run.ink != BLACK]
    lines = _coloured(coloured, [rule for rule in layered if not rule.boxes], raster)
    return Ink(raster, black, tuple(lines), tuple(_boxes([rule for rule in layered if rule.boxes], raster)))


def _facing_runs(page: Page) -> list[GlyphRun]:
    """Other text in the same dress: the page's own lines, the lower half above the upper; without links and folio."""
    letters: Counter[float] = Counter()
    for run in page.runs:
        letters[run.size] += len(run.xs)
    body = max(letters, key=letters.__getitem__, default=0.0)
    slots = _lines_apart([run for run in page.runs if run.size == body], body)
    linked = {segment.baseline for link in page.links for segment in link.segments}
    lines = [baseline for baseline in slots if baseline not in linked]
    middle = len(lines) // 2
    moved = dict(zip(lines[middle:] + lines[:middle], slots, strict=False))
    return [
        GlyphRun(run.font, run.size, run.ink, run.glyphs, run.xs, moved.get(run.baseline, run.baseline))
        for run in page.runs
        if run.baseline not in linked and (run.baseline in moved or (len(run.xs) > _FOLIO_LETTERS and run.size != body))
    ]


def _lines_apart(runs: Sequence[GlyphRun], size: float) -> list[float]:
    """Their baselines, from the top down; of two nearer than lines of text are, that with more on it."""
    glyphs: Counter[float] = Counter()
    for run in runs:
        glyphs[run.baseline] += len(run.xs)
    kept: list[float] = []
    for baseline, _ in glyphs.most_common():
        if all(abs(baseline - other) >= _NEAREST_LINES * size for other in kept):
            kept.append(baseline)
    return sorted(kept)


def draw_runs(runs: Sequence[GlyphRun], raster: Raster) -> Coverage:
    """Coverage of these runs alone."""
    coverage = _blank(raster)
    _stamp(runs, raster, coverage)
    return coverage


def _blank(raster: Raster) -> Coverage:
    return np.zeros((raster.height, raster.width), np.uint8)


def _canvas(coverage: Coverage) -> Image.Image:
    """Coverage as an image that Pillow draws on, in the same memory: to copy it out at the end costs as much as to
    draw half a page."""
    height, width = coverage.shape
    canvas = Image.frombuffer("L", (width, height), coverage, "raw", "L", 0, 1)
    canvas.readonly = 0  # else Pillow draws on a copy
    return canvas


def _touches(run: GlyphRun, raster: Raster, shift: float) -> bool:
    reach, y = _RUN_REACH * run.size, run.baseline - raster.top
    return -reach < y < raster.height / raster.scale + reach and _reaches(run, raster, shift)


def _reaches(run: GlyphRun, raster: Raster, shift: float) -> bool:
    """Whether a run stands between the raster's sides, wherever its baseline lies."""
    if not len(run.xs):
        return False
    reach = _RUN_REACH * run.size
    left, right = run.xs[0] + shift - raster.left, run.xs[-1] + shift - raster.left
    return bool(right > -reach and left < raster.width / raster.scale + reach)


def _stamp(runs: Sequence[GlyphRun], raster: Raster, coverage: Coverage, shift: float = 0.0) -> None:
    """Draws runs `shift` points to the right of their place; what lies beyond the raster is cut off."""
    if not runs:
        return
    stamp = ImageDraw.Draw(_canvas(coverage)).draw.draw_bitmap
    counts = [len(run.glyphs) for run in runs]
    glyphs, pens = np.concatenate([run.glyphs for run in runs]), np.concatenate([run.xs for run in runs])
    halves = np.rint((pens + (shift - raster.left)) * raster.scale * PHASES).astype(np.int64)
    columns, reach = halves // PHASES, np.repeat([_REACH * run.size * raster.scale for run in runs], counts)
    seen = (columns > -reach) & (columns < raster.width + reach)
    keys, lefts = (glyphs * PHASES + halves % PHASES)[seen].tolist(), columns[seen].tolist()
    ends = np.append(0, np.cumsum(seen))[np.cumsum(counts)].tolist()
    for run, start, end in zip(runs, [0, *ends], ends, strict=False):
        row = round((run.baseline - raster.top) * raster.scale)
        drawn = _STRIKES.drawn(run.font, round(run.size * raster.scale * 64), keys[start:end])
        for (left, top, pixels), pen in zip(drawn, lefts[start:end], strict=True):
            stamp((pen + left, row + top), pixels, 255)


def _coloured(runs: Sequence[GlyphRun], rules: Sequence[Rectangle], raster: Raster) -> Iterator[Layer]:
    """One layer for each line and ink, no larger than its print."""
    lines: dict[tuple[float, Rgb], list[GlyphRun]] = {}
    for run in runs:
        lines.setdefault((run.baseline, run.ink), []).append(run)
    for (baseline, ink), members in lines.items():
        size = max(run.size for run in members)
        left = min(float(run.xs[0]) for run in members) - 0.5 * size
        right = max(float(run.xs[-1]) for run in members) + 1.5 * size
        window = cut(left, baseline - 1.2 * size, right, baseline + 0.6 * size, raster)
        if window is None:
            continue
        coverage = _blank(window)
        _stamp(members, window, coverage)
        for rule in rules:
            if rule.ink == ink and baseline - size < rule.top < baseline + 0.6 * size:
                _fill(coverage, rule, window)
        yield Layer(_offset(window.left, raster.left, raster), _offset(window.top, raster.top, raster), coverage, ink)


def _boxes(sides: Sequence[Rectangle], raster: Raster) -> Iterator[Layer]:
    """One layer for each side of a coloured box, or for its tint."""
    for side in sides:
        window = cut(side.left, side.top, side.right, side.bottom, raster)
        if window is not None:
            coverage = np.zeros((window.height, window.width), np.uint8)
            _fill(coverage, side, window)
            yield Layer(
                _offset(window.left, raster.left, raster), _offset(window.top, raster.top, raster), coverage, side.ink
            )


def _offset(inner: float, outer: float, raster: Raster) -> int:
    return round((inner - outer) * raster.scale)


def cut(left: float, top: float, right: float, bottom: float, raster: Raster) -> Raster | None:
    """The part of the raster in that rectangle (points), on its pixel grid; None where there is none."""
    scale = raster.scale
    x0, y0 = max(math.floor((left - raster.left) * scale), 0), max(math.floor((top - raster.top) * scale), 0)
    x1 = min(math.ceil((right - raster.left) * scale), raster.width)
    y1 = min(math.ceil((bottom - raster.top) * scale), raster.height)
    if x0 >= x1 or y0 >= y1:
        return None
    return Raster(scale, raster.left + x0 / scale, raster.top + y0 / scale, x1 - x0, y1 - y0)


def _box(thing: Rectangle | Picture, raster: Raster, thinnest: float) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom in pixels, at least `thinnest` wide and high; None outside the raster."""
    sides = []
    for low, high, start, length in (
        (thing.left, thing.right, raster.left, raster.width),
        (thing.top, thing.bottom, raster.top, raster.height),
    ):
        a, b = (low - start) * raster.scale, (high - start) * raster.scale
        grow = max(thinnest - (b - a), 0.0) / 2
        if b + grow <= 0 or a - grow >= length:
            return None
        sides.append((a - grow, b + grow))
    (left, right), (top, bottom) = sides
    return left, top, right, bottom


def _fill(coverage: Coverage, rectangle: Rectangle, raster: Raster) -> None:
    """Fills a rectangle, its border pixels as strongly as it covers them."""
    box = _box(rectangle, raster, _THINNEST)
    if box is None:
        return
    left, top, right, bottom = box
    first_row, rows = _covered(top, bottom, raster.height)
    first_column, columns = _covered(left, right, raster.width)
    target = coverage[first_row : first_row + len(rows), first_column : first_column + len(columns)]
    patch = np.rint(np.outer(rows, columns) * (255 * rectangle.tone)).astype(np.uint8)
    np.maximum(target, patch, out=target)


def _covered(low: float, high: float, length: int) -> tuple[int, Floats]:
    """(first pixel, share of it and of each following one that lies between low and high)."""
    first, last = max(math.floor(low), 0), min(math.ceil(high), length)
    edges = np.arange(first, last)
    return first, np.minimum(edges + 1, high) - np.maximum(edges, low)


def _paste_picture(coverage: Coverage, picture: Picture, raster: Raster) -> None:
    left, top = (picture.left - raster.left) * raster.scale, (picture.top - raster.top) * raster.scale
    width = max(round((picture.right - picture.left) * raster.scale), 8)
    height = max(round((picture.bottom - picture.top) * raster.scale), 8)
    shrink = min(_LARGEST_FIGURE / max(width, height), 1.0)
    size = max(round(width * shrink), 8), max(round(height * shrink), 8)
    drawn = figures.draw(picture.kind, picture.seed, *size, partial(lettered, picture.font))
    if shrink < 1:
        drawn = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_LINEAR)
    _canvas(coverage).paste(Image.fromarray(drawn), (round(left), round(top)))


def lettered(font: Font, text: str, size: float) -> figures.Lettered:
    """A short text as a figure's draughtsman letters it: its coverage in a size, whole pixels per em."""
    em, shaped = max(round(size), 1), shaping.shape(font, text)
    side, baseline = em // 2 + 1, math.ceil(1.1 * em)
    glyphs, xs = np.array(shaped.glyphs), np.array(shaped.xs, np.float64) * em + side
    room = Raster(1.0, 0.0, 0.0, math.ceil(shaped.advance * em) + 2 * side, math.ceil(1.5 * em))
    return figures.Lettered(draw_runs([GlyphRun(font, em, BLACK, glyphs, xs, baseline)], room), baseline, side)
