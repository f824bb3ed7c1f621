"""Carries printed links from the page into a picture of it, by whatever map the page's pixels went through."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from data.boxes import bounds, clip, clip_polygon, common, polygon_area
from data.model import Attribute, Box, LinkAnnotation, Point
from data.pdf.survey import Page, PrintedLink

Points = npt.NDArray[np.float64]
Map = Callable[[Points], Points]
"""Display points to picture points, both of shape (n, 2)."""
_EDGE_POINTS = 5
"""Points along the upper and the lower edge of a polygon, enough to follow a curl."""
_LEAST_VISIBLE = 0.7
"""Share of a prefix that the picture must show for it to be learnt."""


def annotate(page: Page, to_picture: Map, size: tuple[int, int]) -> tuple[LinkAnnotation, ...]:
    """The links whose prefix is in a picture of the page, wholly or in part.

    Args:
        page: as surveyed.
        to_picture: where its display points lie in the picture.
        size: width and height of the picture, pixels.
    """
    found = (annotated(link, to_picture, size) for link in page.links)
    return tuple(link for link in found if link is not None)


def annotated(link: PrintedLink, to_picture: Map, size: tuple[int, int]) -> LinkAnnotation | None:
    """The same for one link; None where the picture shows nothing of its prefix."""
    outline = _mapped(_rim(link.prefix), to_picture)
    polygon = clip_polygon(outline, *size)
    # Of a slanted prefix that the edge cuts, the outline's part inside is smaller than its box's.
    box = common(bounds(_mapped(link.hull, to_picture)), bounds(polygon)) if polygon else None
    if box is None:
        return None
    whole = [bounds(_mapped(_rim(segment), to_picture)) for segment in link.segments]
    seen = [clip(segment, *size) for segment in whole]
    visible = [segment for segment in seen if segment is not None]
    share = polygon_area(polygon) / polygon_area(outline)
    attributes: dict[str, Attribute] = {
        **link.attributes,
        "x_height_px": round(math.dist(*_mapped(link.upright, to_picture)), 2),
        "visible": round(share, 3),
        "text_unknown": bool(link.attributes["text_unknown"]) or not _same(whole, seen),
    }
    return LinkAnnotation(
        bbox=box,
        polygon=tuple(polygon),
        text=link.text,
        link_bbox=visible[0] if visible else box,
        segments=tuple(visible),
        ignore=bool(link.fault) or share < _LEAST_VISIBLE,
        attributes=attributes,
    )


def _rim(corners: Sequence[Point]) -> list[Point]:
    """A rectangle with points along its upper and lower edge, clockwise from its top left."""
    top_left, top_right, bottom_right, bottom_left = (np.array(corner) for corner in corners)
    t = np.linspace(0, 1, _EDGE_POINTS)[:, None]
    rim = [*(top_left + t * (top_right - top_left)), *(bottom_right + t * (bottom_left - bottom_right))]
    return [(float(x), float(y)) for x, y in rim]


def _mapped(points: Sequence[Point], to_picture: Map) -> list[Point]:
    return [(x, y) for x, y in to_picture(np.array(points, dtype=np.float64)).tolist()]


def _same(whole: Sequence[Box], seen: Sequence[Box | None]) -> bool:
    """Whether the picture's edge cuts no segment."""
    return all(part is not None and np.allclose(box, part, atol=1e-6) for box, part in zip(whole, seen, strict=True))
