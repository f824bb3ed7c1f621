"""Moves annotations from the frame that they were drawn in to that of the upright picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from data.boxes import bounds
from data.model import Box, LinkAnnotation, Point

Move = Callable[[Point], Point]


def scaled(factors: tuple[float, float]) -> Move:
    """Stretches x and y from the corner at the top left."""
    return lambda point: (point[0] * factors[0], point[1] * factors[1])


def turned(orientation: int, stored: tuple[int, int]) -> Move:
    """Turns points of a picture as it is stored, of that (width, height), as EXIF turns the picture.

    Numbers 5 to 8 as in the EXIF standard (JEITA CP-3451, tag 0x0112): those that exchange width and height.
    """
    width, height = stored
    moves: dict[int, Move] = {
        5: lambda point: (point[1], point[0]),
        6: lambda point: (height - point[1], point[0]),
        7: lambda point: (height - point[1], width - point[0]),
        8: lambda point: (point[1], width - point[0]),
    }
    return moves[orientation]


def moved(link: LinkAnnotation, move: Move) -> LinkAnnotation:
    """A link with all its boxes and its polygon moved, to hundredths of a pixel."""

    def box(value: Box) -> Box:
        x, y, width, height = value
        left, top, across, down = bounds([move((x, y)), move((x + width, y + height))])
        return (round(left, 2), round(top, 2), round(across, 2), round(down, 2))

    def rounded(point: Point) -> Point:
        return (round(point[0], 2), round(point[1], 2))

    return replace(
        link,
        bbox=box(link.bbox),
        polygon=tuple(rounded(move(point)) for point in link.polygon),
        link_bbox=None if link.link_bbox is None else box(link.link_bbox),
        segments=tuple(box(segment) for segment in link.segments),
    )
