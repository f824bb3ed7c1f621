"""Draws a typeset page as ink coverage, once for each ink, at the scale and in the window that the camera will see.

Glyphs are drawn by FreeType without hinting, cached for the process per font, size and a quarter-pixel phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import freetype
import numpy as np
import numpy.typing as npt

from synth import shaping
from synth.fonts import Font
from synth.page import GlyphRun, Page, Rectangle
from synth.scene import Rgb
from synth.shaping import Floats

Coverage = npt.NDArray[np.uint8]
_PHASES = 4


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
        """The page xs at which glyphs are drawn: quarters of a pixel."""
        snapped: Floats = np.rint((xs - self.left) * self.scale * _PHASES) / (_PHASES * self.scale) + self.left
        return snapped


@dataclass(frozen=True, slots=True)
class Ink:
    """Coverage 0…255 of each ink on the raster, uint8 (height, width); black first, always there."""

    raster: Raster
    layers: tuple[tuple[Rgb, Coverage], ...]


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A drawn glyph: offset of its top left pixel from the pen (x right, y down), and its coverage."""

    left: int
    top: int
    coverage: Coverage


def draw(page: Page, raster: Raster) -> Ink:
    """Draws all runs and rules that touch the raster."""
    by_ink: dict[Rgb, list[GlyphRun]] = {}
    for run in page.runs:
        if _visible(run, raster):
            by_ink.setdefault(run.ink, []).append(run)
    black = next((run.ink for run in page.runs), None)
    inks = sorted({*by_ink, *(rule.ink for rule in page.rectangles)}, key=lambda ink: (ink != black, ink))
    layers = [(ink, _layer(by_ink.get(ink, ()), [r for r in page.rectangles if r.ink == ink], raster)) for ink in inks]
    return Ink(raster, tuple(layers))


def draw_runs(runs: Sequence[GlyphRun], raster: Raster) -> Coverage:
    """Coverage of these runs alone."""
    return _layer(runs, (), raster)


def _visible(run: GlyphRun, raster: Raster) -> bool:
    y, reach = (run.baseline - raster.top) * raster.scale, 1.5 * run.size * raster.scale
    return -reach < y < raster.height + reach


def _layer(runs: Sequence[GlyphRun], rules: Iterable[Rectangle], raster: Raster) -> Coverage:
    layer = np.zeros((raster.height, raster.width), np.uint8)
    for run in runs:
        _stamp_run(layer, run, raster)
    for rule in rules:
        _stamp_rule(layer, rule, raster)
    return layer


def _stamp_run(layer: Coverage, run: GlyphRun, raster: Raster) -> None:
    row = round((run.baseline - raster.top) * raster.scale)
    quarters = np.rint((run.xs - raster.left) * raster.scale * _PHASES).astype(int)
    size = round(run.size * raster.scale * 64)
    height, width = layer.shape
    for glyph, quarter in zip(run.glyphs.tolist(), quarters.tolist(), strict=True):
        drawn = _glyph(run.font, size, glyph, quarter % _PHASES)
        top, left = row + drawn.top, quarter // _PHASES + drawn.left
        rows, columns = drawn.coverage.shape
        if top >= 0 and left >= 0 and top + rows <= height and left + columns <= width:
            target = layer[top : top + rows, left : left + columns]
            np.maximum(target, drawn.coverage, out=target)
        elif top < height and left < width and top + rows > 0 and left + columns > 0:
            up, back = max(-top, 0), max(-left, 0)
            target = layer[top + up : top + rows, left + back : left + columns]
            np.maximum(target, drawn.coverage[up : up + target.shape[0], back : back + target.shape[1]], out=target)


def _stamp_rule(layer: Coverage, rule: Rectangle, raster: Raster) -> None:
    """Draws a rule, its upper and lower rows as strongly as it covers them."""
    height, width = layer.shape
    left = min(max(round((rule.left - raster.left) * raster.scale), 0), width)
    right = min(max(round((rule.right - raster.left) * raster.scale), 0), width)
    thickness = max((rule.bottom - rule.top) * raster.scale, 0.6)
    top = ((rule.top + rule.bottom) / 2 - raster.top) * raster.scale - thickness / 2
    for row in range(max(int(top), 0), min(int(top + thickness) + 1, height)):
        covered = min(row + 1, top + thickness) - max(row, top)
        if covered > 0 and left < right:
            layer[row, left:right] = np.maximum(layer[row, left:right], round(255 * min(covered, 1.0)))


@lru_cache(maxsize=60_000)
def _glyph(font: Font, size: int, glyph: int, phase: int) -> _Glyph:
    """Draws a glyph of `size` 64ths of a pixel per em, moved right by `phase` quarters of a pixel."""
    face = shaping.face(font)
    face.set_char_size(size, size, 72, 72)
    face.set_transform(freetype.Matrix(0x10000, 0, 0, 0x10000), freetype.Vector(phase * 64 // _PHASES, 0))
    face.load_glyph(glyph, freetype.FT_LOAD_RENDER | freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP)
    slot = face.glyph
    bitmap = slot.bitmap
    pixels = np.array(bitmap.buffer, np.uint8).reshape(bitmap.rows, bitmap.pitch)[:, : bitmap.width]
    return _Glyph(slot.bitmap_left, -slot.bitmap_top, pixels)
