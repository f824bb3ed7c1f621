"""Where a prefix's ink lands: a page stripped to it, sent through the real ink, paper and camera, and measured.

The sheet is white and the light even, so that nothing but the prefix is seen; geometry and interpolation are those of
the real picture. Each edge of the ink is found to a fraction of a pixel from the darkest pixel of each column (or
row): see `_first`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

from conf.schema.synth import SynthConfig
from conf.schema.truth import TruthConfig
from synth import camera, fonts, geometry, ink, paper, pipeline, shaping, truth
from synth.fonts import Family
from synth.geometry import PageMap
from synth.ink import Ink, Raster
from synth.page import GlyphRun, Page, PlacedLink
from synth.recipe import Recipe
from synth.sample import sample
from synth.scene import Rgb
from synth.typeset import typeset

ZOOM = 6
_AROUND = 4  # pixels of the picture that are magnified around a box
_CELL = 16  # pixels between the nodes of a map
Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
_TRACE = 0.06
"""Share of full ink below which a pixel counts as bare: the picture has 255 steps, and ramps have thin ends."""
_RAMP = 3
"""Pixels within which an interpolated edge rises."""


@dataclass(frozen=True)
class Landed:
    """A prefix as the truth says it lies, and as its ink does: left, top, right, bottom in pixels; None is nowhere."""

    x_height: float
    said: Floats | None
    found: Floats | None

    @property
    def worst(self) -> float:
        """The greatest distance between two edges that should be one, pixels."""
        return (
            float(np.abs(self.said - self.found).max()) if self.said is not None and self.found is not None else np.inf
        )

    @property
    def overlap(self) -> float:
        """Intersection over union."""
        if self.said is None or self.found is None:
            return 0.0
        inner = np.minimum(self.said, self.found)[2:] - np.maximum(self.said, self.found)[:2]
        areas = [float(np.prod(box[2:] - box[:2])) for box in (self.said, self.found)]
        shared = float(np.prod(np.maximum(inner, 0)))
        return shared / (sum(areas) - shared)


def landings(config: SynthConfig, index: int) -> Iterator[Landed]:
    """Each prefix that is said or seen to lie wholly in picture `index` of a set, measured in that picture."""
    for scene, link in scenes(config, index):
        blank, _ = photographed(stripped(scene.page, None), scene)
        picture, print_ = photographed(stripped(scene.page, link), scene)
        found, said = _edges(blank, picture, link.prefix.ink), _said(scene, link, picture, print_)
        if (said is not None or found is not None) and _inside(said, scene) and _inside(found, scene):
            yield Landed(_x_height(link, scene.page_map), said, found)


def magnified_landings(config: SynthConfig, index: int) -> Iterator[Landed]:
    """The same under a magnifying glass: the print drawn `ZOOM` times as fine, the picture taken so around each box.

    In the picture's own pixels a pointed or hairline end is as vague as they are wide; here it is not.
    """
    for scene, link in scenes(config, index):
        picture, print_ = photographed(stripped(scene.page, link), scene)
        said = _said(scene, link, picture, print_)
        if said is None or not _inside(said, scene):
            continue
        near = _magnified(scene, link, said)
        blank, _ = photographed(stripped(near.page, None), near)
        found = _edges(blank, photographed(near.page, near)[0], link.prefix.ink)
        corner = near.page_map.corner
        yield Landed(
            _x_height(link, scene.page_map), said, None if found is None else found / ZOOM + np.tile(corner, 2)
        )


@dataclass(frozen=True)
class Scene:
    """A page before its camera, in plain light."""

    recipe: Recipe
    page: Page
    page_map: PageMap
    nodes: Floats
    raster: Raster
    limits: TruthConfig
    families: Mapping[str, Family]


def scenes(config: SynthConfig, index: int) -> Iterator[tuple[Scene, PlacedLink]]:
    """The page in plain light, with each of its links."""
    recipe = _plain(sample(config, index))
    families = fonts.library(config.font)
    page = typeset(recipe, families)
    page_map = geometry.aim(recipe.camera, recipe.layout, page.body_x_height, pipeline.aimed_at(page, recipe))
    nodes = page_map.inverse_nodes()
    raster = camera.view(page_map, nodes, recipe.layout.body_pt)
    scene = Scene(recipe, page, page_map, nodes, raster, config.truth, families)
    yield from ((scene, link) for link in page.links)


def photographed(page: Page, scene: Scene) -> tuple[Pixels, Ink]:
    """What the camera makes of a page in place of the scene's own: uint8 BGR (height, width, 3), and its ink."""
    print_ = ink.draw(page, scene.raster)
    page_map = scene.page_map
    sheet = paper.print_on(print_, [], scene.recipe.paper, page_map.scale / scene.raster.scale)
    width, height = page_map.picture
    white = np.full((height, width, 3), 255, np.uint8)
    return camera.photograph(sheet, page_map, scene.nodes, scene.recipe, lambda window: white[window], []), print_


def _said(scene: Scene, link: PlacedLink, picture: Pixels, print_: Ink) -> Floats | None:
    """What the truth says of a link that stands alone."""
    view = truth.View(scene.page_map, scene.nodes, print_, picture)
    said = truth.annotate(stripped(scene.page, link), scene.recipe, view, scene.families, scene.limits)
    if not said:
        return None
    x, y, width, height = said[0].bbox
    return np.array([x, y, x + width, y + height])


@dataclass(frozen=True, slots=True)
class _Magnifier(PageMap):
    """A part of another map's picture, `ZOOM` times as large; `corner` is its corner there, pixels."""

    whole: PageMap
    corner: tuple[float, float]

    def points(self, xy: Floats) -> Floats:
        """Page points to points of the magnified picture."""
        return (self.whole.points(xy) - self.corner) * ZOOM


def _magnified(scene: Scene, link: PlacedLink, box: Floats) -> _Magnified:
    """The scene around a box with the link's prefix alone, where its pixels stand in the real one."""
    whole, raster = scene.page_map, scene.raster
    x, y = np.floor(box[:2]) - _AROUND
    width, height = (int(side) for side in (np.ceil(box[2:]) + _AROUND - (x, y)) * ZOOM)
    part = _Magnifier(
        whole.page, (width, height), whole.camera, whole.scale * ZOOM, whole.target, whole.centre, whole, (x, y)
    )
    columns, rows = (math.ceil(side / _CELL) + 2 for side in (width, height))
    # The real picture's own nodes, and straight between them as there.
    at = [(start + (np.arange(count) - 0.5) * _CELL / ZOOM) / _CELL + 0.5 for start, count in ((y, rows), (x, columns))]
    grid = np.meshgrid(*at, indexing="ij")
    nodes = np.stack([map_coordinates(scene.nodes[..., axis], grid, order=1) for axis in (0, 1)], axis=2)
    run = link.prefix
    drawn = replace(run, xs=raster.snapped_xs(run.xs), baseline=raster.snapped_baseline(run.baseline))
    page = stripped(scene.page, replace(link, prefix=drawn))
    return _Magnified(scene.recipe, page, part, nodes, _finer(run, raster), scene.limits, scene.families)


@dataclass(frozen=True)
class _Magnified(Scene):
    page_map: _Magnifier


def _finer(run: GlyphRun, raster: Raster) -> Raster:
    """The part of the raster around a run, on its grid, in pixels `ZOOM` times as fine."""
    x0 = math.floor((run.xs[0] - run.size - raster.left) * raster.scale)
    y0 = math.floor((run.baseline - 1.5 * run.size - raster.top) * raster.scale)
    width = math.ceil((run.xs[-1] - run.xs[0] + 3 * run.size) * raster.scale) * ZOOM
    height = math.ceil(2.5 * run.size * raster.scale) * ZOOM
    left, top = raster.left + x0 / raster.scale, raster.top + y0 / raster.scale
    return Raster(raster.scale * ZOOM, left, top, width, height)


def _plain(recipe: Recipe) -> Recipe:
    """The same page under the same camera; white paper, full ink, even light, no blur, nothing over it."""
    sheet = replace(
        recipe.paper, colour=(1.0, 1.0, 1.0), ink=(0.0, 0.0, 0.0), inverted=False, marks=(), board=None, stack_pt=0.0,
        grain=0.0, show_through=0.0, ink_density=1.0, ink_gain_px=0.0, fade=0.0, specks=0.0, halftone=False, gloss=0.0,
    )  # fmt: skip
    lens = replace(
        recipe.camera, shadow=None, light_gradient=0.0, vignette=0.0, banding=(0.0, 0.0, 0.0), exposure=1.0, flare=0.0,
        cast=(1.0, 1.0, 1.0), blur=0.0, motion=(0.0, 0.0), sharpening=0.0, noise=0.0, grey=False, effects=(),
    )  # fmt: skip
    return replace(recipe, paper=sheet, camera=lens, thumb=None)


def stripped(page: Page, link: PlacedLink | None) -> Page:
    """The page with the prefix of that link alone, or bare."""
    if link is None:
        return replace(page, runs=(), rectangles=(), pictures=(), links=())
    alone = replace(link, segments=(link.prefix,))
    return replace(page, runs=(link.prefix,), rectangles=(), pictures=(), links=(alone,))


def _inside(box: Floats | None, scene: Scene) -> bool:
    width, height = scene.page_map.picture
    return box is None or bool(box.min() >= 2 and box[2] <= width - 2 and box[3] <= height - 2)


def _edges(blank: Pixels, picture: Pixels, colour: Rgb) -> Floats | None:
    """Left, top, right, bottom of the ink, pixels from the picture's corner; None where there is none."""
    channel = 2 - int(np.argmin(colour))  # in which the ink is the darkest
    light = np.maximum(blank[..., channel].astype(np.float64), 1)
    dark = (light - picture[..., channel]) / light / (1 - min(colour))
    columns, rows = dark.max(axis=0), dark.max(axis=1)
    if columns.max() < _TRACE:
        return None
    right, bottom = len(columns) - _first(columns[::-1]), len(rows) - _first(rows[::-1])
    return np.array([_first(columns), _first(rows), right, bottom])


def _first(profile: Floats) -> float:
    """Where a profile, the share of ink in each pixel, rises from nothing to what it reaches next: the ramp's middle.

    Each pixel of the ramp counts as bare in the share that its ink falls short of that: exact for a straight edge,
    however softly it was interpolated.
    """
    trace = int(np.argmax(profile > _TRACE))
    ramp = profile[trace : trace + _RAMP]
    ramp = ramp[: int(np.argmax(ramp)) + 1]
    return trace + float((1 - ramp / ramp[-1]).sum())


def _x_height(link: PlacedLink, page_map: PageMap) -> float:
    """Pixels."""
    run = link.prefix
    height = shaping.metrics(run.font).x_height * run.size
    foot, head = page_map.points(np.array([[run.xs[0], run.baseline], [run.xs[0], run.baseline - height]]))
    return float(np.hypot(*(foot - head)))
