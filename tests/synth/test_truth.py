"""The truth lies where the ink lies: each prefix is drawn alone, sent through the camera's map, and measured."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import map_coordinates

from conf.schema.synth import SynthConfig
from synth import camera, fonts, geometry, ink, pipeline, truth
from synth.geometry import PageMap
from synth.ink import Raster
from synth.page import GlyphRun, Page
from synth.pipeline import render
from synth.sample import sample
from synth.typeset import typeset
from tests.synth.conftest import Compose

FINE = 8  # measuring pixels in a pixel of the picture
CAMERAS = ("none", "scan", "phone", "rough")
PAGES = 500


@dataclass(frozen=True)
class Seen:
    """A page before its camera."""

    page: Page
    page_map: PageMap
    raster: Raster
    nodes: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What the truth says of a prefix, and where its ink landed: left, top, right, bottom in pixels."""

    x_height: float
    said: npt.NDArray[np.float64]
    found: npt.NDArray[np.float64] | None


def _seen(config: SynthConfig, index: int) -> Seen:
    recipe = sample(config, index)
    page = typeset(recipe, fonts.library(config.font))
    page_map = geometry.aim(recipe.camera, recipe.layout, page.body_x_height, pipeline.aimed_at(page, recipe))
    nodes = page_map.inverse_nodes()
    return Seen(page, page_map, camera.view(page_map, nodes, recipe.layout.body_pt, recipe.paper.stack_pt), nodes)


def _as_drawn(run: GlyphRun, raster: Raster) -> GlyphRun:
    """The run where its pixels stand: on a finer raster it would be moved less."""
    return replace(run, xs=raster.snapped_xs(run.xs), baseline=raster.snapped_baseline(run.baseline))


def _finer(raster: Raster, times: int) -> Raster:
    return Raster(raster.scale * times, raster.left, raster.top, raster.width * times, raster.height * times)


def _measured(seen: Seen, finely: int) -> Iterator[Measured]:
    """Each prefix wholly in the picture, drawn on a raster `finely` times as fine as the page's own."""
    width, height = seen.page_map.picture
    for link in seen.page.links:
        points = seen.page_map.points(truth.run_outline(link.prefix, seen.raster))
        said = np.concatenate([points.min(axis=0), points.max(axis=0)])
        if said.min() < 3 or said[2] > width - 3 or said[3] > height - 3:
            continue
        upright = seen.page_map.points(truth._upright(link.prefix))
        yield Measured(math.dist(*upright), said, _landed(link.prefix, said, seen, finely))


def _landed(run: GlyphRun, said: npt.NDArray[np.float64], seen: Seen, finely: int) -> npt.NDArray[np.float64] | None:
    """The box of the ink in the picture, looked at in a window around the box that was said; None without ink."""
    window = _window_around(run, seen.raster)
    raster = _finer(window, finely)
    drawn = ink.draw_runs([_as_drawn(run, seen.raster)], raster)
    (left, top), (right, bottom) = np.floor(said[:2]) - 3, np.ceil(said[2:]) + 3
    x = left + (np.arange((right - left) * FINE) + 0.5) / FINE
    y = top + (np.arange((bottom - top) * FINE) + 0.5) / FINE
    # The look-up table of the picture, as the camera makes it, but between its pixels too.
    at = (seen.nodes - [raster.left, raster.top]) * raster.scale - 0.5
    nodes = np.meshgrid(y / 16 + 0.5, x / 16 + 0.5, indexing="ij")
    table = np.stack([map_coordinates(at[..., axis], nodes, order=1) for axis in (0, 1)], axis=2).astype(np.float32)
    # Hairlines are not full ink even when drawn so finely; of the picture's own pixels they fill a small share.
    rows, columns = np.nonzero(cv2.remap(drawn, table, None, cv2.INTER_LINEAR) > (128 if finely > 1 else 77))
    if not len(rows):
        return None
    edges = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / FINE
    return edges + np.array([left, top, left, top])


def _window_around(run: GlyphRun, raster: Raster) -> Raster:
    """The part of the raster around a run, on its grid of pixels."""
    x0 = math.floor((run.xs[0] - run.size - raster.left) * raster.scale)
    y0 = math.floor((run.baseline - 1.5 * run.size - raster.top) * raster.scale)
    width = math.ceil((run.xs[-1] - run.xs[0] + 3 * run.size) * raster.scale)
    height = math.ceil(2.5 * run.size * raster.scale)
    return Raster(raster.scale, raster.left + x0 / raster.scale, raster.top + y0 / raster.scale, width, height)


def _overlap(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    """Intersection over union."""
    inner = np.prod(np.minimum(a, b)[2:] - np.maximum(a, b)[:2])
    return float(inner / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inner))


@pytest.mark.slow
@pytest.mark.parametrize("preset", CAMERAS)
def test_prefix_boxes_lie_on_their_ink(composed: Compose, preset: str) -> None:
    config = composed(f"camera={preset}", "link=dense", "link.empty_share=0")
    measured = [m for i in range(PAGES // len(CAMERAS)) for m in _measured(_seen(config, i), finely=6)]
    assert len(measured) > 200
    found = [(m, m.found) for m in measured if m.found is not None]
    assert len(found) == len(measured)  # none missed
    worst = np.array([np.abs(m.said - landed).max() for m, landed in found])
    assert worst.mean() <= 0.12 and worst.max() <= 0.6
    assert min(_overlap(m.said, landed) for m, landed in found if m.x_height >= 6) >= 0.95


@pytest.mark.parametrize("preset", CAMERAS)
def test_prefix_boxes_lie_on_their_pixels(composed: Compose, preset: str) -> None:
    """As above, with the pixels that the picture is made of: small print is as vague there as its pixels are wide."""
    config = composed(f"camera={preset}", "link=dense", "link.empty_share=0")
    measured = [m for i in range(10) for m in _measured(_seen(config, i), finely=1)]
    worst = np.array([np.abs(m.said - m.found).max() for m in measured if m.found is not None])
    assert len(worst) >= 20
    assert worst.mean() <= 0.5


def test_a_box_half_a_pixel_off_would_be_noticed(composed: Compose) -> None:
    config = composed("camera=phone", "link=dense", "link.empty_share=0")
    measured = [m for i in range(6) for m in _measured(_seen(config, i), finely=6)]
    shifted = [np.abs(m.said + 0.5 - m.found).max() for m in measured if m.found is not None]
    assert np.mean(shifted) > 0.35


def test_a_prefix_cut_by_the_edge_is_marked_never_dropped(composed: Compose) -> None:
    config = composed("link=dense", "camera.x_height_px=[20,40]", "camera.aim_share=0", "camera.whole_page_share=0")
    links = [link for index in range(25) for link in render(config, index).links]
    cut = [link for link in links if link.attributes["visible"] < 0.95]  # type: ignore[operator]
    assert cut and all(link.ignore for link in cut)
    for link in links:
        x, y, width, height = link.bbox
        assert x >= 0 and y >= 0 and x + width <= 1024 and y + height <= 1024


@pytest.mark.parametrize(
    ("limit", "attribute"),
    [
        ("truth.min_contrast=1", "contrast"),
        ("truth.max_blur=0.01", "blur_px"),
        ("truth.min_x_height_px=50", "x_height_px"),
    ],
)
def test_what_cannot_be_read_is_ignored_not_dropped(composed: Compose, limit: str, attribute: str) -> None:
    usual, strict = (render(composed("link=dense", *extra), 3).links for extra in ((), (limit,)))
    assert len(usual) == len(strict) > 0
    assert all(link.ignore and attribute in link.attributes for link in strict)


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


def test_a_thumb_over_a_prefix_hides_it() -> None:
    covered = np.zeros((100, 100), np.uint8)
    covered[:, 50:] = 255
    assert truth._hidden((40.0, 10.0, 20.0, 10.0), covered) == pytest.approx(0.5)
    assert truth._hidden((40.0, 10.0, 20.0, 10.0), None) == 0.0
