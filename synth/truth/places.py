"""Carries the printed links through the camera's map: where each prefix and each segment lies in the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from data import Box
from data.boxes import clip_polygon, polygon_area
from data.model import Point
from synth import shaping
from synth.ink import Raster, cut, draw_runs
from synth.page import GlyphRun, PlacedLink
from synth.paper import dots
from synth.recipe import BLACK
from synth.shaping import Floats
from synth.truth.view import View

_EDGE_POINTS = 5
"""Points along the upper and the lower edge of a prefix's polygon, enough to follow a curl."""
_ALONG = np.linspace(0, 1, _EDGE_POINTS)
_FRAME = 2 * _EDGE_POINTS + 2

Sides = tuple[float, float, float, float]
"""Left, top, right, bottom; page points."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a link lies.

    Attributes:
        flat: sides of the prefix on the page.
        box: of the whole prefix in the picture, whether that is seen or not; pixels.
        polygon: the prefix's outline in the picture, clockwise from its top left; pixels, shape (n, 2).
        x_height: in the picture, pixels.
        segments: the box of each line segment in the picture, pixels.
    """

    flat: Sides
    box: Box
    polygon: Floats
    x_height: float
    segments: tuple[Box, ...]


def run_outline(run: GlyphRun, raster: Raster) -> Floats:
    """The convex hulls of a run's glyphs where they were really drawn: page points, shape (n, 2).

    The page's map takes straight lines to nearly straight ones over a glyph, so hulls give the box of all ink.
    """
    baseline = raster.snapped_baseline(run.baseline)
    hulls = [shaping.hull(run.font, glyph) for glyph in run.glyphs.tolist()]
    pens = np.repeat(raster.snapped_xs(run.xs), [len(hull) for hull in hulls])
    points = np.concatenate(hulls) * [run.size, -run.size]
    points[:, 0] += pens
    points[:, 1] += baseline
    return points


def _outline(run: GlyphRun, raster: Raster, dots_per_inch: float) -> Floats:
    """What bounds a run's ink: its outlines or, in black print of visible dots, the places of the dots that are set."""
    outline = run_outline(run, raster)
    return outline if not dots_per_inch or run.ink != BLACK else _dotted_outline(run, outline, raster, dots_per_inch)


def _dotted_outline(run: GlyphRun, outline: Floats, raster: Raster, dots_per_inch: float) -> Floats:
    left, top, right, bottom = _sides(outline)
    inch = 72 / dots_per_inch
    window = cut(left - inch, top - inch, right + inch, bottom + inch, raster)
    set_ = None if window is None else dots(draw_runs([run], window), window, dots_per_inch)
    if window is None or set_ is None or not set_.on.any():
        return outline
    rows, columns = np.nonzero(set_.on)
    corners = np.concatenate([np.stack([columns + x, rows + y], axis=1) for x in (0, 1) for y in (0, 1)])
    rim = cv2.convexHull(corners.astype(np.int32))[:, 0]
    return (rim * set_.pitch + [set_.left, set_.top]) / window.scale + [window.left, window.top]


def shapes(links: Sequence[PlacedLink], view: View, dots_per_inch: float = 0.0) -> list[Shape]:
    """All points of all links go through the map at once: it costs the same for one as for a thousand.

    Args:
        links: as placed on the page.
        view: the picture.
        dots_per_inch: of the head that printed them; 0 where no dots are seen.
    """
    outlines = [_outline(run, view.raster, dots_per_inch) for link in links for run in (link.prefix, *link.segments)]
    ends = np.cumsum([len(outline) for outline in outlines])
    prefixes = _prefixes(links)
    flats = [_sides(outlines[at]) for at in prefixes]
    frames = [_frame(link.prefix, flat) for link, flat in zip(links, flats, strict=True)]
    mapped = view.page_map.points(np.concatenate([*outlines, *frames]))
    boxes = _boxes(mapped[: ends[-1]], ends)
    found = []
    for number, (link, at, flat) in enumerate(zip(links, prefixes, flats, strict=True)):
        frame = mapped[ends[-1] + number * _FRAME :][:_FRAME]
        foot, head = frame[-2:].tolist()
        segments = boxes[at + 1 : at + 1 + len(link.segments)]
        found.append(Shape(flat, boxes[at], frame[:-2], math.dist(foot, head), tuple(segments)))
    return found


def _prefixes(links: Sequence[PlacedLink]) -> list[int]:
    """Where each link's prefix stands among the runs of all, each prefix before its link's segments."""
    return np.cumsum([0] + [1 + len(link.segments) for link in links])[:-1].tolist()


def _boxes(points: Floats, ends: npt.NDArray[np.int64]) -> list[Box]:
    """The box of each group of points, given the index behind each group's last one."""
    starts = np.concatenate([[0], ends[:-1]])
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    return [(x, y, w, h) for (x, y), (w, h) in zip(low.tolist(), (high - low).tolist(), strict=True)]


def _sides(flat: Floats) -> Sides:
    (left, top), (right, bottom) = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
    return left, top, right, bottom


def _frame(run: GlyphRun, sides: Sides) -> Floats:
    """What is asked of the map besides outlines: page points, shape (`_FRAME`, 2).

    The rectangle around a prefix, clockwise from its top left, with points along its long edges; then the foot and
    the head of an `x` at its start.
    """
    left, top, right, bottom = sides
    frame = np.empty((_FRAME, 2))
    frame[:_EDGE_POINTS, 0] = left + (right - left) * _ALONG
    frame[_EDGE_POINTS:-2, 0] = frame[:_EDGE_POINTS, 0][::-1]
    frame[:_EDGE_POINTS, 1], frame[_EDGE_POINTS:-2, 1] = top, bottom
    frame[-2:, 0] = run.xs[0]
    frame[-2:, 1] = run.baseline, run.baseline - shaping.metrics(run.font).x_height * run.size
    return frame


def untouched(segments: Sequence[Box], visible: Sequence[Box]) -> bool:
    """Whether the picture's edge cuts no segment; a hair's breadth lost to rounding is no cut."""
    return len(segments) == len(visible) and all(
        math.isclose(a, b, abs_tol=1e-6)
        for whole, part in zip(segments, visible, strict=True)
        for a, b in zip(whole, part, strict=True)
    )


def visible_polygon(rim: Floats, width: int, height: int) -> tuple[tuple[Point, ...], float]:
    """(the part of a prefix's outline that is in the picture, its share of the whole)."""
    outline: list[Point] = [(x, y) for x, y in rim.tolist()]
    if (rim >= 0).all() and (rim <= [width, height]).all():
        return tuple(outline), 1.0
    part = clip_polygon(outline, width, height)
    whole = polygon_area(outline)
    return tuple(part), (polygon_area(part) / whole if part and whole > 0 else 0.0)
