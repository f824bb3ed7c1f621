"""The truth is where the pixels are: each prefix is drawn alone, photographed, and measured."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from conf.schema.synth import SynthConfig
from synth import camera, fonts, geometry, ink, truth, typeset
from synth.pipeline import aimed_at, render
from synth.sample import sample
from tests.synth.conftest import Compose


def _measured(config: SynthConfig, index: int) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """(box said, box measured) as left, top, right, bottom of each prefix wholly in the picture."""
    recipe = sample(config, index)
    page = typeset.typeset(recipe, fonts.library(config.font))
    page_map = geometry.aim(recipe.camera, recipe.layout, page.body_x_height, aimed_at(page, recipe))
    nodes = page_map.inverse_nodes()
    raster = camera.view(page_map, nodes, recipe.layout.body_pt)
    at = geometry.upsample((nodes - [raster.left, raster.top]) * raster.scale - 0.5, page_map.picture)
    pairs = []
    for link in page.links:
        seen = page_map.points(truth.run_outline(link.prefix, raster))
        said = np.concatenate([seen.min(axis=0), seen.max(axis=0)])
        if said.min() > 2 and said[2] < page_map.picture[0] - 2 and said[3] < page_map.picture[1] - 2:
            drawn = cv2.remap(ink.draw_runs([link.prefix], raster), at, None, cv2.INTER_LINEAR)
            ys, xs = np.nonzero(drawn > 0.25 * drawn.max())
            pairs.append((said, np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], float)))
    return pairs


@pytest.mark.parametrize("preset", ["none", "scan", "phone", "rough"])
def test_prefix_boxes_lie_on_their_ink(composed: Compose, preset: str) -> None:
    config = composed(f"camera={preset}", "link=dense", "link.empty_share=0")
    pairs = [pair for index in range(12) for pair in _measured(config, index)]
    worst = np.array([np.abs(said - measured).max() for said, measured in pairs])
    assert len(pairs) >= 25
    # Ink is measured in whole pixels: of four edges, the worst is half a pixel off on average by that alone.
    assert worst.mean() < 0.62
    assert worst.max() < 1.3


def _page(config: SynthConfig, index: int) -> typeset.Page:
    return typeset.typeset(sample(config, index), fonts.library(config.font))


def test_text_is_what_was_drawn_even_where_it_wraps(composed: Compose) -> None:
    config = composed("camera=none", "link=dense", "link.wrap_share=1")
    wrapped = 0
    for index in range(15):
        recipe = sample(config, index)
        page = typeset.typeset(recipe, fonts.library(config.font))
        for link in page.links:
            wrapped += len(link.segments) > 1
            drawn = np.concatenate([run.glyphs for run in link.segments])
            text = recipe.links[link.number].text
            # A ligature is one glyph for two characters or more; otherwise glyphs and characters are as many.
            assert 0.8 * len(text) <= len(drawn) <= len(text) or not link.complete
    assert wrapped >= 5


def test_links_wrap_about_as_often_as_printed_ones(composed: Compose) -> None:
    config = composed()
    placed = [link for i in range(150) for link in _page(config, i).links]
    wrapped = [link for link in placed if len(link.segments) > 1]
    # 845 links counted in 56 books: 24 % wrapped, 2 % broken right after the prefix.
    assert 0.14 < len(wrapped) / len(placed) < 0.32
    bare = [link for link in wrapped if len(link.segments[0].glyphs) == len(link.prefix.glyphs)]
    assert len(bare) / len(placed) < 0.05


def test_a_link_that_may_not_wrap_stays_on_one_line(composed: Compose) -> None:
    config = composed("link=dense", "link.wrap_share=0", "page.margin_pt=[50,50]")
    whole = [link for i in range(30) for link in _page(config, i).links if len(link.segments) == 1]
    broken = [link for i in range(30) for link in _page(config, i).links if len(link.segments) > 1]
    assert len(whole) > 20 * len(broken)  # only what is longer than a line is broken


def test_a_prefix_cut_by_the_edge_is_marked_never_dropped(composed: Compose) -> None:
    config = composed("link=dense", "camera.x_height_px=[20,40]", "camera.aim_share=0", "camera.whole_page_share=0")
    links = [link for index in range(25) for link in render(config, index).links]
    cut = [link for link in links if link.attributes["visible"] < 0.95]  # type: ignore[operator]
    assert cut and all(link.ignore for link in cut)
    assert all(not link.ignore for link in links if link.attributes["visible"] == 1.0)
    for link in links:
        x, y, width, height = link.bbox
        assert x >= 0 and y >= 0 and x + width <= 1024 and y + height <= 1024


def test_a_link_that_leaves_the_picture_has_unknown_text(composed: Compose) -> None:
    config = composed("link=dense", "camera.x_height_px=[20,40]", "camera.whole_page_share=0")
    links = [link for index in range(10) for link in render(config, index).links]
    leaving = [link for link in links if any(x + w > 1023.9 for x, _, w, _ in link.segments)]
    assert leaving and all(link.attributes["text_unknown"] for link in leaving)


def test_contrast_and_x_height_are_those_of_the_picture(composed: Compose) -> None:
    flat = ("camera=none", "paper=white", "link.empty_share=0", "link.coloured_share=0")
    links = [link for index in range(4) for link in render(composed(*flat), index).links]
    assert links and all(link.attributes["contrast"] > 0.35 for link in links)  # type: ignore[operator]
    for link in (link for link in links if link.attributes["scheme"] != "www"):
        # Prefixes have ascenders and some descenders: their height is 1.3 to 2.6 times the x-height.
        assert 1.3 < link.bbox[3] / link.attributes["x_height_px"] < 2.6  # type: ignore[operator]
