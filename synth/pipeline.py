"""From a configuration, a seed and an index to one sample: the five stages in a row."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from conf.schema.synth import SynthConfig
from data import LinkAnnotation
from synth import camera, fonts, geometry, ink, marks, paper, surroundings, truth
from synth.page import Page
from synth.recipe import Recipe
from synth.sample import sample
from synth.typeset import typeset

_COLUMN_GAP_PT = 9.0  # wider than a justified line's spaces, narrower than what stands between columns


def _keep_freed_memory() -> None:
    """Lets the C library keep what a page's pictures leave, for the next page's.

    Blocks larger than any freed so far go back to the system at once (glibc's M_MMAP_THRESHOLD follows the largest
    freed, up to 32 MiB), and getting them again, page by page and cleared, costs a fifth of the time of a picture.
    """
    np.empty(31 << 20, np.uint8)


_keep_freed_memory()


@dataclass(frozen=True, slots=True)
class Sample:
    """A photographed page with its truth.

    Attributes:
        jpeg: the picture, encoded.
        links: printed links whose prefix is in the picture.
        recipe: what was chosen for the page.
    """

    jpeg: bytes
    links: tuple[LinkAnnotation, ...]
    recipe: Recipe

    @property
    def image(self) -> npt.NDArray[np.uint8]:
        """The picture, decoded: uint8 RGB (height, width, 3)."""
        return np.asarray(PillowImage.open(io.BytesIO(self.jpeg)).convert("RGB"))


def render(config: SynthConfig, index: int, seed: int | None = None) -> Sample:
    """Renders page `index`; the same bytes whenever configuration, seed and index are the same.

    Args:
        config: what pages look like.
        index: number of the page in its endless set.
        seed: overrides `config.seed`.
    """
    with _one_collection():
        return develop(sample(config if seed is None else replace(config, seed=seed), index), config)


@contextmanager
def _one_collection() -> Iterator[None]:
    """Collects garbage once, at the end, among what is new.

    Left to itself Python looks through the caches of words and glyphs, half a million objects, again and again, in
    vain: a tenth of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if enabled:
            gc.enable()


def develop(recipe: Recipe, config: SynthConfig) -> Sample:
    """Draws a recipe; only the fonts and the limits of the truth are taken from the configuration."""
    families = fonts.library(config.font)
    page = typeset(recipe, families)
    page_map = geometry.aim(recipe.camera, recipe.layout, page.body_x_height, aimed_at(page, recipe))
    nodes = page_map.inverse_nodes()
    raster = camera.view(page_map, nodes, recipe.layout.body_pt, recipe.paper.stack_pt)
    on_paper = marks.draw(recipe.paper.marks, raster, _lines(page)) if recipe.paper.marks else []
    print_ = ink.draw(page, raster, _facing(recipe))
    sheet = paper.print_on(print_, on_paper, recipe.paper, page_map.scale / raster.scale, _outer_edges(recipe))
    hand = surroundings.fingers(recipe.thumb, *page_map.picture)
    ground = surroundings.Surface(recipe.ground, *page_map.picture, config.ground.folder)
    picture = camera.photograph(sheet, page_map, nodes, recipe, ground, hand)
    view = truth.View(page_map, nodes, print_, picture, camera.hidden(hand, page_map.picture), on_paper)
    links = truth.annotate(page, recipe, view, families, config.truth)
    return Sample(camera.encode(picture, recipe.camera.jpeg_quality), links, recipe)


def _lines(page: Page) -> list[tuple[float, float, float]]:
    """(left, right, baseline) of each line of text, points; columns side by side have lines of their own."""
    spans: dict[float, list[tuple[float, float]]] = {}
    for run in page.runs:
        if len(run.xs):
            spans.setdefault(run.baseline, []).append((float(run.xs[0]), float(run.xs[-1]) + 0.5 * run.size))
    lines: list[tuple[float, float, float]] = []
    for baseline, runs in spans.items():
        (left, right), *rest = sorted(runs)
        for start, end in rest:
            if start - right > _COLUMN_GAP_PT:
                lines.append((left, right, baseline))
                left = start
            right = max(right, end)
        lines.append((left, right, baseline))
    return lines


def _facing(recipe: Recipe) -> float | None:
    """Where the facing page lies, points to the right of this one; None where the book is not open at a gutter."""
    width = recipe.layout.width
    return {"left": -width, "right": width, "none": None}[recipe.camera.gutter]


def _outer_edges(recipe: Recipe) -> list[float]:
    if recipe.paper.stack_pt <= 0:
        return []
    return {"left": [recipe.layout.width], "right": [0.0], "none": []}[recipe.camera.gutter]


def aimed_at(page: Page, recipe: Recipe) -> tuple[float, float] | None:
    """The page point that the camera aims at: the prefix of the chosen link, if it found a place on the page."""
    aimed = next((link for link in page.links if link.number == recipe.camera.aim), None)
    return (float(aimed.prefix.xs[0]), aimed.prefix.baseline) if aimed is not None else None
