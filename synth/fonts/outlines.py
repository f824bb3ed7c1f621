"""Shapes of glyphs in em, y up, origin on the baseline: points along the outline, and the convex hull of them.

FreeType's outline is read as one array, since a callback for each segment costs ten times as much.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

import cv2
import freetype
import numpy as np
import numpy.typing as npt

from synth.fonts import faces
from synth.fonts.faces import Font

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_STEPS = 12  # points on a curve: one that turns by a right angle with radius r is met within r(1 − cos π/48) = 0.002 r
_ON, _CUBIC = 1, 2  # FT_CURVE_TAG bits
_HULL_TOLERANCE = 0.001  # em
_LOAD = freetype.FT_LOAD_NO_SCALE | freetype.FT_LOAD_IGNORE_TRANSFORM
_STEP = np.arange(_STEPS)
_T = (_STEP[:, None] + 1) / _STEPS
# Weights of the controls at each step (Bernstein polynomials of degree 2 and 3).
_CONIC = np.hstack([(1 - _T) ** 2, 2 * _T * (1 - _T), _T**2])
_CUBICS = np.hstack([(1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T**2 * (1 - _T), _T**3])


def contours(font: Font, glyph: int) -> list[Floats]:
    """Closed polygons of a glyph, each of shape (n, 2): its nodes and points along its curves."""
    points, ends = _flattened(font, glyph)
    return np.split(points, ends[:-1])


@lru_cache(maxsize=1024)
def outline(font: Font, glyph: int) -> Floats:
    """All points of a glyph's contours, shape (n, 2); n is 0 for a blank."""
    return _flattened(font, glyph)[0]


@lru_cache(maxsize=16_384)  # what links are made of, in 160 fonts
def hull(font: Font, glyph: int) -> Floats:
    """The convex hull of a glyph, shape (k, 2), k some 60 at most, 0 for a blank.

    It lies within the glyph's true hull, and in no direction does it fall short of that by more than 0.002 em.
    """
    points, _ = _flattened(font, glyph)
    if not len(points):
        return points
    around = cv2.convexHull(points.astype(np.float32))
    return np.asarray(cv2.approxPolyDP(around, _HULL_TOLERANCE, True)[:, 0], np.float64)


def _flattened(font: Font, glyph: int) -> tuple[Floats, Ints]:
    """Points along a glyph's contours, and for each contour the index behind its last point.

    Node by node, vectorised: a node on the curve gives itself; a conic control gives the arc from the middle
    between it and a control before it (or from the node before it) to the like behind it; the first of two cubic
    controls gives their whole arc, the second nothing.
    """
    nodes, tags, ends = _nodes(font, glyph)
    before, after = _neighbours(len(nodes), ends)
    on, cubic = (tags & _ON) != 0, (tags & (_ON | _CUBIC)) == _CUBIC
    first, conic = cubic & on[before], ~on & ~cubic
    points = np.empty((len(nodes), _STEPS, 2))
    points[:, 0] = nodes
    if len(at := np.flatnonzero(conic)):
        start, control, end = nodes[before[at]], nodes[at], nodes[after[at]]
        start = np.where(on[before[at], None], start, (start + control) / 2)
        end = np.where(on[after[at], None], end, (control + end) / 2)
        points[at] = _curve(_CONIC, start, control, end)
    if len(at := np.flatnonzero(first)):
        second = after[at]
        points[at] = _curve(_CUBICS, nodes[before[at]], nodes[at], nodes[second], nodes[after[second]])
    drawn = np.where(conic | first, _STEPS, on)
    return points[drawn[:, None] > _STEP], np.cumsum(drawn)[ends - 1]


def _nodes(font: Font, glyph: int) -> tuple[Floats, Bytes, Ints]:
    """Nodes and controls in em, their tags, and for each contour the index behind its last one."""
    opened = faces.face(font)
    opened.load_glyph(glyph, _LOAD)
    raw = opened.glyph.outline._FT_Outline
    nodes = _copied(raw.points, ctypes.c_long, 2 * raw.n_points).reshape(-1, 2) / opened.units_per_EM
    ends = _copied(raw.contours, ctypes.c_short, raw.n_contours).astype(np.int64) + 1
    return nodes, _copied(raw.tags, ctypes.c_ubyte, raw.n_points), ends


def _copied(pointer: Any, kind: Any, length: int) -> npt.NDArray[Any]:
    return np.frombuffer(ctypes.string_at(pointer, length * ctypes.sizeof(kind)) if length else b"", kind)


def _neighbours(count: int, ends: Ints) -> tuple[Ints, Ints]:
    """For each node the index of the one before and of the one after it on its closed contour."""
    before, after = np.arange(-1, count - 1), np.arange(1, count + 1)
    if len(ends):
        starts = np.append(0, ends[:-1])
        before[starts], after[ends - 1] = ends - 1, starts
    return before, after


def _curve(weights: Floats, *controls: Floats) -> Floats:
    """Points of Bézier curves with controls of shape (n, 2) each: shape (n, steps, 2)."""
    return np.einsum("sc,cnk->nsk", weights, np.array(controls))
