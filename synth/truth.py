"""Carries the printed links through the camera's map: where each prefix and each segment lies in the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from conf.schema.synth import TruthConfig
from data import Box, LinkAnnotation
from data.boxes import clip_polygon
from synth import shaping
from synth.fonts import Family
from synth.geometry import PageMap
from synth.ink import Raster
from synth.page import GlyphRun, Page, PlacedLink
from synth.recipe import BLACK, Recipe
from synth.shaping import Floats

_EDGE_POINTS = 5
"""Points along the upper and the lower edge of a prefix's polygon, enough to follow a curl."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What every measurement needs: how the page was drawn and how it is seen."""

    page_map: PageMap
    raster: Raster
    picture: npt.NDArray[np.uint8]
    families: Mapping[str, Family]
    limits: TruthConfig


def annotate(
    page: Page,
    recipe: Recipe,
    page_map: PageMap,
    raster: Raster,
    picture: npt.NDArray[np.uint8],
    families: Mapping[str, Family],
    limits: TruthConfig,
) -> tuple[LinkAnnotation, ...]:
    """The links whose prefix is in the picture, wholly or in part.

    Args:
        page: as typeset.
        recipe: the links' texts and styles.
        page_map: the map that the pixels went through.
        raster: the window that the ink was drawn in; it moves glyphs to whole and quarter pixels.
        picture: uint8 RGB (height, width, 3), for the contrast.
        families: fonts by family name, for the class of each font.
        limits: below these a link is marked to be ignored.
    """
    scene = _Scene(page_map, raster, picture, families, limits)
    found = (_annotation(link, recipe, scene) for link in page.links)
    return tuple(annotation for annotation in found if annotation is not None)


def run_outline(run: GlyphRun, raster: Raster) -> Floats:
    """Points on the outlines of a run's glyphs where they were really drawn: page points, shape (n, 2)."""
    baseline = raster.snapped_baseline(run.baseline)
    parts = [
        np.stack([x + points[:, 0] * run.size, baseline - points[:, 1] * run.size], axis=1)
        for x, glyph in zip(raster.snapped_xs(run.xs), run.glyphs.tolist(), strict=True)
        if len(points := shaping.outline(run.font, glyph))
    ]
    return np.concatenate(parts)


def _annotation(link: PlacedLink, recipe: Recipe, scene: _Scene) -> LinkAnnotation | None:
    width, height = scene.page_map.picture
    flat = run_outline(link.prefix, scene.raster)
    seen = scene.page_map.points(flat)
    inside = np.all((seen >= 0) & (seen <= [width, height]), axis=1)
    box = _clipped(_bounds(seen), width, height)
    if box is None or not inside.any():
        return None
    segments = [_bounds(scene.page_map.points(run_outline(run, scene.raster))) for run in link.segments]
    visible = [part for part in (_clipped(segment, width, height) for segment in segments) if part is not None]
    whole = link.complete and [tuple(segment) for segment in segments] == visible
    x_height = _x_height(link.prefix, scene)
    chosen = recipe.links[link.number]
    unreadable = x_height < scene.limits.min_x_height_px or inside.mean() < scene.limits.min_visible
    return LinkAnnotation(
        bbox=box,
        polygon=_polygon(flat, scene.page_map, bool(inside.all())),
        text=chosen.text,
        link_bbox=visible[0] if visible else box,
        segments=tuple(visible),
        ignore=bool(unreadable),
        attributes={
            "scheme": chosen.scheme,
            **_font_facts(link.prefix, scene),
            "style": chosen.style,
            "x_height_px": round(x_height, 2),
            "contrast": _contrast(box, scene.picture),
            "underline": chosen.underline != "none",
            "coloured": chosen.ink != BLACK,
            "wrapped": len(link.segments) > 1,
            "bracket": chosen.bracket or "none",
            "footnote": chosen.place == "footnote",
            "visible": round(float(inside.mean()), 3),
            "text_unknown": not whole,
        },
    )


def _font_facts(run: GlyphRun, scene: _Scene) -> dict[str, str]:
    family = next(family for family in scene.families.values() if run.font in family.fonts.values())
    return {"font": family.name, "font_class": family.kind}


def _bounds(points: Floats) -> Box:
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


def _clipped(box: Box, width: int, height: int) -> Box | None:
    """The part of a box inside the picture; None where there is none. A box wholly inside stays as it is."""
    x, y, w, h = box
    if x >= 0 and y >= 0 and x + w <= width and y + h <= height:
        return box
    left, top, right, bottom = max(x, 0.0), max(y, 0.0), min(x + w, float(width)), min(y + h, float(height))
    return (left, top, right - left, bottom - top) if left < right and top < bottom else None


def _polygon(flat: Floats, page_map: PageMap, whole: bool) -> tuple[tuple[float, float], ...]:
    """Outline of the prefix: its rectangle on the page, carried through the map; clockwise from the top left.

    Of a prefix that is not wholly in the picture, the part inside.
    """
    (left, top), (right, bottom) = flat.min(axis=0), flat.max(axis=0)
    xs = np.linspace(left, right, _EDGE_POINTS)
    upper = np.stack([xs, np.full_like(xs, top)], axis=1)
    lower = np.stack([xs[::-1], np.full_like(xs, bottom)], axis=1)
    mapped = page_map.points(np.concatenate([upper, lower]))
    outline = [(float(x), float(y)) for x, y in mapped]
    return tuple(outline if whole else clip_polygon(outline, *page_map.picture))


def _x_height(run: GlyphRun, scene: _Scene) -> float:
    """Height of an `x` at the prefix, in picture pixels, measured along the letter's own upright."""
    top = run.baseline - shaping.metrics(run.font).x_height * run.size
    ends = scene.page_map.points(np.array([[run.xs[0], run.baseline], [run.xs[0], top]]))
    return float(np.linalg.norm(ends[1] - ends[0]))


def _contrast(box: Box, picture: npt.NDArray[np.uint8]) -> float:
    """Spread of brightness in the box, 5th to 95th percentile, as a share of full white."""
    x, y, w, h = box
    patch = picture[int(y) : int(np.ceil(y + h)), int(x) : int(np.ceil(x + w))].mean(axis=2)
    low, high = np.percentile(patch, [5, 95])
    return round(float(high - low) / 255, 3)
