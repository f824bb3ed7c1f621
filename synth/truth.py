"""Carries the printed links through the camera's map: where each prefix and each segment lies in the picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from conf.schema.truth import TruthConfig
from data import Box, LinkAnnotation
from data.boxes import clip, clip_polygon, polygon_area
from data.model import Attribute, Point
from synth import shaping
from synth.fonts import Family
from synth.geometry import PageMap
from synth.ink import Raster
from synth.layers import Coverage
from synth.page import GlyphRun, Page, PlacedLink
from synth.recipe import BLACK, Recipe
from synth.shaping import Floats

_EDGE_POINTS = 5
"""Points along the upper and the lower edge of a prefix's polygon, enough to follow a curl."""


@dataclass(frozen=True, slots=True)
class View:
    """The picture that links are measured in.

    Attributes:
        page_map: the map that the pixels went through.
        raster: the window that the ink was drawn in; it moves glyphs to whole and half pixels.
        picture: uint8 BGR (height, width, 3), before its compression.
        covered: uint8 (height, width), 255 where a finger hides the page; None where none does.
    """

    page_map: PageMap
    raster: Raster
    picture: npt.NDArray[np.uint8]
    covered: Coverage | None = None


def annotate(
    page: Page, recipe: Recipe, view: View, families: Mapping[str, Family], limits: TruthConfig
) -> tuple[LinkAnnotation, ...]:
    """The links whose prefix is in the picture, wholly or in part.

    Args:
        page: as typeset.
        recipe: the links' texts and styles.
        view: the picture.
        families: fonts by family name, for the class of each font.
        limits: where a link stops being readable; it is then marked to be ignored.
    """
    if not page.links:
        return ()
    facts = {font: family for family in families.values() for font in family.fonts.values()}
    measured = _measured(page.links, view)
    found = (
        _annotation(link, shape, recipe, view, facts[link.prefix.font], limits)
        for link, shape in zip(page.links, measured, strict=True)
    )
    return tuple(annotation for annotation in found if annotation is not None)


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


@dataclass(frozen=True, slots=True)
class _Shape:
    """A link in picture coordinates: its prefix's outline points, polygon, x-height, and the box of each segment."""

    prefix: Floats
    polygon: Floats
    x_height: float
    segments: tuple[Box, ...]


def _measured(links: Sequence[PlacedLink], view: View) -> list[_Shape]:
    """All points of all links go through the map at once: it costs the same for one as for a thousand."""
    groups: list[Floats] = []
    for link in links:
        prefix = run_outline(link.prefix, view.raster)
        groups += [prefix, _rim(prefix), _upright(link.prefix)]
        groups += [run_outline(run, view.raster) for run in link.segments]
    mapped = view.page_map.points(np.concatenate(groups))
    parts = iter(np.split(mapped, np.cumsum([len(group) for group in groups])[:-1]))
    shapes = []
    for link in links:
        prefix, rim, upright = next(parts), next(parts), next(parts)
        segments = tuple(_bounds(next(parts)) for _ in link.segments)
        shapes.append(_Shape(prefix, rim, math.dist(*upright.tolist()), segments))
    return shapes


def _rim(flat: Floats) -> Floats:
    """The rectangle around a prefix on the page, clockwise from its top left, with points along its long edges."""
    (left, top), (right, bottom) = flat.min(axis=0), flat.max(axis=0)
    xs = np.linspace(left, right, _EDGE_POINTS)
    return np.concatenate([np.stack([xs, xs * 0 + top], axis=1), np.stack([xs[::-1], xs * 0 + bottom], axis=1)])


def _upright(run: GlyphRun) -> Floats:
    """Foot and head of an `x` at the prefix."""
    head = run.baseline - shaping.metrics(run.font).x_height * run.size
    return np.array([[run.xs[0], run.baseline], [run.xs[0], head]])


def _annotation(
    link: PlacedLink, shape: _Shape, recipe: Recipe, view: View, family: Family, limits: TruthConfig
) -> LinkAnnotation | None:
    width, height = view.page_map.picture
    full = _bounds(shape.prefix)
    box = clip(full, width, height)
    if box is None:
        return None
    polygon, inside = _visible_polygon(shape.polygon, width, height)
    if not polygon:
        return None
    box = full if inside == 1.0 else box
    visible = [part for part in (clip(segment, width, height) for segment in shape.segments) if part is not None]
    legibility = _legibility(box, inside, shape.x_height, recipe, view)
    return LinkAnnotation(
        bbox=box,
        polygon=polygon,
        text=recipe.links[link.number].text,
        link_bbox=visible[0] if visible else box,
        segments=tuple(visible),
        ignore=_unreadable(legibility, limits),
        attributes={
            **_style(link, recipe, family),
            **legibility,
            "text_unknown": not (link.complete and _untouched(shape.segments, visible)),
        },
    )


def _style(link: PlacedLink, recipe: Recipe, family: Family) -> dict[str, Attribute]:
    """How the link is printed."""
    chosen = recipe.links[link.number]
    return {
        "scheme": chosen.scheme,
        "font": family.name,
        "font_class": family.kind,
        "style": chosen.style,
        "underline": chosen.underline != "none",
        "coloured": chosen.ink != BLACK,
        "wrapped": len(link.segments) > 1,
        "bracket": chosen.bracket or "none",
        "place": chosen.place,
        "inverted": recipe.paper.inverted,
    }


def _legibility(box: Box, inside: float, x_height: float, recipe: Recipe, view: View) -> dict[str, float]:
    """What reading depends on: x-height and blur in pixels, contrast and visible part as shares."""
    camera = recipe.camera
    # A straight path of length m spreads light with a standard deviation of m / √12.
    blur = math.hypot(camera.blur, math.hypot(*camera.motion) / math.sqrt(12))
    return {
        "x_height_px": round(x_height, 2),
        "contrast": _contrast(box, view.picture),
        "blur_px": round(blur, 2),
        "visible": round(inside * (1 - _hidden(box, view.covered)), 3),
    }


def _unreadable(legibility: Mapping[str, float], limits: TruthConfig) -> bool:
    return (
        legibility["x_height_px"] < limits.min_x_height_px
        or legibility["visible"] < limits.min_visible
        or legibility["contrast"] < limits.min_contrast
        or legibility["blur_px"] > limits.max_blur * legibility["x_height_px"]
    )


def _bounds(points: Floats) -> Box:
    left, top = points.min(axis=0).tolist()
    right, bottom = points.max(axis=0).tolist()
    return left, top, right - left, bottom - top


def _untouched(segments: Sequence[Box], visible: Sequence[Box]) -> bool:
    """Whether the picture's edge cuts no segment; a hair's breadth lost to rounding is no cut."""
    return len(segments) == len(visible) and all(
        math.isclose(a, b, abs_tol=1e-6)
        for whole, part in zip(segments, visible, strict=True)
        for a, b in zip(whole, part, strict=True)
    )


def _visible_polygon(rim: Floats, width: int, height: int) -> tuple[tuple[Point, ...], float]:
    """(the part of a prefix's outline that is in the picture, its share of the whole)."""
    outline: list[Point] = [(x, y) for x, y in rim.tolist()]
    if (rim >= 0).all() and (rim <= [width, height]).all():
        return tuple(outline), 1.0
    part = clip_polygon(outline, width, height)
    whole = polygon_area(outline)
    return tuple(part), (polygon_area(part) / whole if part and whole > 0 else 0.0)


def _patch(box: Box, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    x, y, w, h = box
    return image[int(y) : math.ceil(y + h), int(x) : math.ceil(x + w)]


def _hidden(box: Box, covered: Coverage | None) -> float:
    return 0.0 if covered is None else float(_patch(box, covered).mean()) / 255


def _contrast(box: Box, picture: npt.NDArray[np.uint8]) -> float:
    """Spread of brightness in the box, 5th to 95th percentile, as a share of full white."""
    grey = np.sort(cv2.cvtColor(_patch(box, picture), cv2.COLOR_BGR2GRAY), axis=None)
    low, high = grey[round(0.05 * (len(grey) - 1))], grey[round(0.95 * (len(grey) - 1))]
    return round((int(high) - int(low)) / 255, 3)
