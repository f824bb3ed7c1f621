"""Arithmetic of boxes and polygons that readers, writers and preprocessing share."""

from __future__ import annotations

from collections.abc import Sequence

from data.model import Box, Point


def clip(box: Box, width: float, height: float) -> Box | None:
    """The part of a box (x, y, width, height) inside a picture of that size; None where nothing is left."""
    x0, y0 = max(box[0], 0.0), max(box[1], 0.0)
    x1, y1 = min(box[0] + box[2], float(width)), min(box[1] + box[3], float(height))
    return (x0, y0, x1 - x0, y1 - y0) if x1 > x0 and y1 > y0 else None


def common(one: Box, other: Box) -> Box | None:
    """What two boxes share; None where that is nothing."""
    moved = clip((one[0] - other[0], one[1] - other[1], one[2], one[3]), other[2], other[3])
    return moved and (moved[0] + other[0], moved[1] + other[1], moved[2], moved[3])


def bounds(points: Sequence[Point]) -> Box:
    """The smallest upright box around some points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def corners(box: Box) -> tuple[Point, ...]:
    """The four corners of a box as a polygon, from the top left, clockwise."""
    x, y, width, height = box
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def polygon_area(points: Sequence[Point]) -> float:
    """Area of a simple polygon, by the shoelace formula."""
    shifted = [*points[1:], *points[:1]]
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, shifted, strict=True))) / 2


def clip_polygon(points: Sequence[Point], width: float, height: float) -> list[Point]:
    """The part of a polygon inside a picture of that size; empty where nothing is left.

    Cuts along the four edges in turn (Sutherland and Hodgman, 1974); exact for convex polygons.
    """
    inside = list(points)
    for axis, edge, sign in ((0, 0.0, 1), (0, float(width), -1), (1, 0.0, 1), (1, float(height), -1)):
        inside = _cut(inside, axis, edge, sign)
    return inside if len(inside) >= 3 and polygon_area(inside) > 0 else []


def _cut(points: Sequence[Point], axis: int, edge: float, sign: int) -> list[Point]:
    """Keeps the side of one edge on which `sign * (coordinate - edge)` is not negative."""
    kept: list[Point] = []
    for last, point in zip([*points[-1:], *points[:-1]], points, strict=True):
        before, after = sign * (last[axis] - edge), sign * (point[axis] - edge)
        if (before < 0) != (after < 0):
            share = before / (before - after)
            kept.append((last[0] + share * (point[0] - last[0]), last[1] + share * (point[1] - last[1])))
        if after >= 0:
            kept.append(point)
    return kept
