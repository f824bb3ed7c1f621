"""Carries the printed links through the camera's map: where each prefix and each segment lies in the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data import Box
from data.boxes import clip_polygon, polygon_area
from data.model import Point
from synth import shaping
from synth.ink import Raster
from synth.page import GlyphRun, PlacedLink
from synth.shaping import Floats
from synth.truth.view import View

_EDGE_POINTS = 5
"""Points along the upper and the lower edge of a prefix's polygon, enough to follow a curl."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a link lies.

    Attributes:
        flat: left, top, right, bottom of the prefix on the page, points.
        box: of the whole prefix in the picture, whether that is seen or not; pixels.
        polygon: the prefix's outline in the picture, clockwise from its top left; pixels, shape (n, 2).
        x_height: in the picture, pixels.
        segments: the box of each line segment in the picture, pixels.
    """

    flat: tuple[float, float, float, float]
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


def shapes(links: Sequence[PlacedLink], view: View) -> list[Shape]:
    """All points of all links go through the map at once: it costs the same for one as for a thousand."""
    groups: list[Floats] = []
    flats = []
    for link in links:
        prefix = run_outline(link.prefix, view.raster)
        flats.append((*prefix.min(axis=0).tolist(), *prefix.max(axis=0).tolist()))
        groups += [prefix, _rim(*flats[-1]), _upright(link.prefix)]
        groups += [run_outline(run, view.raster) for run in link.segments]
    mapped = view.page_map.points(np.concatenate(groups))
    parts = iter(np.split(mapped, np.cumsum([len(group) for group in groups])[:-1]))
    found = []
    for link, flat in zip(links, flats, strict=True):
        box, rim, upright = bounds(next(parts)), next(parts), next(parts)
        segments = tuple(bounds(next(parts)) for _ in link.segments)
        found.append(Shape(flat, box, rim, math.dist(*upright.tolist()), segments))
    return found


def _rim(left: float, top: float, right: float, bottom: float) -> Floats:
    """The rectangle around a prefix on the page, clockwise from its top left, with points along its long edges."""
    xs = np.linspace(left, right, _EDGE_POINTS)
    return np.concatenate([np.stack([xs, xs * 0 + top], axis=1), np.stack([xs[::-1], xs * 0 + bottom], axis=1)])


def _upright(run: GlyphRun) -> Floats:
    """Foot and head of an `x` at the prefix."""
    head = run.baseline - shaping.metrics(run.font).x_height * run.size
    return np.array([[run.xs[0], run.baseline], [run.xs[0], head]])


def bounds(points: Floats) -> Box:
    """The box around points of shape (n, 2)."""
    left, top = points.min(axis=0).tolist()
    right, bottom = points.max(axis=0).tolist()
    return left, top, right - left, bottom - top


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
