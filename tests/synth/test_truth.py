"""The truth lies where the ink lies: each prefix goes alone through ink, paper and camera, and is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from conf.schema.synth import SynthConfig
from data import LinkAnnotation
from data.boxes import bounds, common
from synth.geometry import PageMap, Window
from synth.ink import Raster
from synth.pipeline import render
from synth.shaping import Floats
from synth.warp import Warp
from tests.synth.conftest import Compose
from tests.synth.landing import Landed, landings, magnified_landings

CAMERAS = ("none", "scan", "phone", "rough")
PAGES = 500
SLIPS = ("link.per_page=[2,3]", "link.empty_share=0", "camera.tilt_deg=[-15,15]")
MANY = ("link=dense", "link.empty_share=0", "link.coloured_share=0.3")
Measure = Callable[[SynthConfig, int], Iterator[Landed]]


def _landed(config: SynthConfig, pages: int, measure: Measure) -> list[Landed]:
    landed = [prefix for index in range(pages) for prefix in measure(config, index)]
    assert len(landed) > pages
    missed = [prefix for prefix in landed if prefix.said is None or prefix.found is None]
    assert not missed
    return landed


def _mean_worst(landed: list[Landed]) -> float:
    return float(np.mean([prefix.worst for prefix in landed]))


def _least_overlap(landed: list[Landed]) -> float:
    return min(prefix.overlap for prefix in landed if prefix.x_height >= 6)


@pytest.mark.slow
@pytest.mark.parametrize("preset", CAMERAS)
def test_prefix_boxes_lie_on_their_ink(composed: Compose, preset: str) -> None:
    """In the picture's own pixels: a pointed end is as vague there as they are wide, a whole one at times."""
    landed = _landed(composed(f"camera={preset}", *MANY), PAGES // len(CAMERAS), landings)
    assert _mean_worst(landed) <= 0.5
    assert _least_overlap(landed) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("preset", CAMERAS)
def test_prefix_boxes_lie_on_their_ink_under_a_magnifying_glass(composed: Compose, preset: str) -> None:
    landed = _landed(composed(f"camera={preset}", *MANY), PAGES // len(CAMERAS), magnified_landings)
    assert _mean_worst(landed) <= 0.12
    assert _least_overlap(landed) >= 0.97


@pytest.mark.parametrize(("measure", "worst", "overlap"), [(landings, 0.6, 0.8), (magnified_landings, 0.12, 0.97)])
@pytest.mark.parametrize("preset", CAMERAS)
def test_prefix_boxes_of_a_few_pages_lie_on_their_ink(
    composed: Compose, preset: str, measure: Measure, worst: float, overlap: float
) -> None:
    landed = _landed(composed(f"camera={preset}", *MANY), 2, measure)
    assert _mean_worst(landed) <= worst
    assert _least_overlap(landed) >= overlap


@pytest.mark.parametrize("page", ["receipt", "card"])
def test_prefix_boxes_of_slips_lie_on_their_ink(composed: Compose, page: str) -> None:
    landed = _landed(composed(f"page={page}", *SLIPS, "paper.dotted_share=0"), 4, magnified_landings)
    assert _mean_worst(landed) <= 0.12
    assert _least_overlap(landed) >= 0.97


def test_prefix_boxes_bound_the_dots_of_a_printer(composed: Compose) -> None:
    """Half a dot, at 100 an inch, is a third of a millimetre: an outline's own edges would be off by so much."""
    landed = _landed(composed("page=receipt", *SLIPS, "paper.dotted_share=1"), 12, landings)
    assert _mean_worst(landed) <= 0.5
    assert _least_overlap(landed) >= 0.8


@pytest.mark.parametrize(("measure", "allowed"), [(landings, 0.5), (magnified_landings, 0.12)])
@pytest.mark.parametrize("shift_px", [(1.0, 0.0), (0.0, -1.0)])
def test_pixels_that_go_another_way_than_the_truth_are_noticed(
    composed: Compose, monkeypatch: pytest.MonkeyPatch, shift_px: tuple[float, float], measure: Measure, allowed: float
) -> None:
    real = Warp.__init__

    def astray(self: Warp, page_map: PageMap, nodes: Floats, raster: Raster, window: Window) -> None:
        real(self, page_map, nodes + np.array(shift_px) / page_map.scale, raster, window)

    config = composed("camera=phone", *MANY)
    assert _mean_worst(_landed(config, 2, measure)) <= allowed
    monkeypatch.setattr(Warp, "__init__", astray)
    assert _mean_worst(_landed(config, 2, measure)) > allowed


def test_a_prefix_cut_by_the_edge_is_marked_never_dropped(composed: Compose) -> None:
    config = composed("link=dense", "camera.x_height_px=[20,40]", "camera.aim_share=0", "camera.whole_page_share=0")
    links = [link for index in range(25) for link in render(config, index).links]
    cut = [link for link in links if link.attributes["visible"] < 0.95]  # type: ignore[operator]
    assert cut and all(link.ignore for link in cut)
    for link in cut:  # the box ends where the outline's part in the picture ends
        box, outline = link.bbox, bounds(link.polygon or ())
        assert common(box, outline) == pytest.approx(box)
    for link in links:
        x, y, width, height = link.bbox
        assert x >= 0 and y >= 0 and x + width <= 1024 and y + height <= 1024


def test_a_link_that_leaves_the_picture_has_unknown_text(composed: Compose) -> None:
    config = composed("link=dense", "camera.x_height_px=[20,40]", "camera.whole_page_share=0")
    links = [link for index in range(10) for link in render(config, index).links]
    leaving = [link for link in links if _leaves(link)]
    assert leaving and all(link.attributes["text_unknown"] for link in leaving)


def _leaves(link: LinkAnnotation) -> bool:
    return any(x + width > 1023.9 for x, _, width, _ in link.segments)
