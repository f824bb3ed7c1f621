"""What hides print is told from what lets it show: fingers, things stuck on the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from data import LinkAnnotation
from synth import camera, surroundings, truth
from synth.layers import Layer
from synth.page import GlyphRun, PlacedLink
from synth.pipeline import render
from tests.synth.conftest import Compose
from tests.synth.landing import Scene, photographed, scenes

PLAIN = ("camera=none", "page=textbook", "link.empty_share=0", "link.per_page=[2,4]")


@pytest.fixture(scope="module")
def scene(composed: Compose) -> Scene:
    return next(scene for scene, link in scenes(composed(*PLAIN), 0) if link.complete)


def _annotated(scene: Scene, marks: Sequence[Layer] = ()) -> dict[int, LinkAnnotation]:
    """The truth of the scene's complete links, by their numbers, with these marks on the page."""
    picture, print_ = photographed(scene.page, scene)
    view = truth.View(scene.page_map, scene.nodes, print_, picture, None, marks)
    links = truth.annotate(scene.page, scene.recipe, view, scene.families, scene.limits)
    assert len(links) == len(scene.page.links)
    return {p.number: link for p, link in zip(scene.page.links, links, strict=True) if p.complete}


def _patch(scene: Scene, run: GlyphRun, first: int, kind: str = "cover") -> Layer:
    """A patch over a run's letters from the `first` on."""
    raster = scene.raster
    left, right = (float(x) for x in (run.xs[first], run.xs[-1] + run.size))
    x0, x1 = (round((x - raster.left) * raster.scale) for x in (left, right))
    y0, y1 = (round((run.baseline + rise * run.size - raster.top) * raster.scale) for rise in (-1.0, 0.4))
    return Layer(x0, y0, np.full((y1 - y0, x1 - x0), 255, np.uint8), (0.9, 0.8, 0.2), kind)


def _last(link: PlacedLink) -> GlyphRun:
    return link.segments[-1]


def test_on_a_bare_page_all_is_seen(scene: Scene) -> None:
    links = _annotated(scene)
    assert links
    for link in links.values():
        assert link.attributes["visible"] == 1.0 and not link.attributes["text_unknown"]


def test_a_patch_over_a_links_end_leaves_its_box_and_takes_its_text(scene: Scene) -> None:
    placed = next(link for link in scene.page.links if link.complete)
    link = _annotated(scene, [_patch(scene, _last(placed), len(_last(placed).xs) - 2)])[placed.number]
    assert link.attributes["visible"] == 1.0 and not link.ignore
    assert link.attributes["text_unknown"]


def test_a_stain_over_a_links_end_lets_it_show(scene: Scene) -> None:
    placed = next(link for link in scene.page.links if link.complete)
    stain = _patch(scene, _last(placed), len(_last(placed).xs) - 2, "filter")
    assert not _annotated(scene, [stain])[placed.number].attributes["text_unknown"]


def test_a_patch_over_a_prefix_hides_it(scene: Scene) -> None:
    placed = next(link for link in scene.page.links if link.complete)
    link = _annotated(scene, [_patch(scene, placed.prefix, len(placed.prefix.xs) // 2)])[placed.number]
    share = 1 - (len(placed.prefix.xs) // 2) / len(placed.prefix.xs)
    assert link.attributes["visible"] == pytest.approx(1 - share, abs=0.1)
    assert link.ignore and link.attributes["text_unknown"]


def test_fingers_over_any_part_of_a_link_take_its_text(composed: Compose) -> None:
    config = composed("link=dense", "ground.thumb_share=1", "camera.x_height_px=[8,12]")
    hidden_ends = 0
    for index in range(30):
        sample = render(config, index)
        size = (sample.recipe.camera.width, sample.recipe.camera.height)
        mask = camera.hidden(surroundings.fingers(sample.recipe.thumb, *size), size)
        assert mask is not None
        for link in sample.links:
            shares = [_share(mask, box) for box in (link.bbox, *link.segments)]
            if max(shares) > 0.15:
                assert link.attributes["text_unknown"]
                hidden_ends += shares[0] == 0
            if shares[0] > 0.2:
                assert link.ignore
    assert hidden_ends


def _share(mask: np.ndarray, box: tuple[float, float, float, float]) -> float:  # type: ignore[type-arg]
    x, y, width, height = box
    return float((mask[int(y) : int(y + height) + 1, int(x) : int(x + width) + 1] >= 128).mean())
