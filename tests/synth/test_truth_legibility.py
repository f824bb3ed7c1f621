"""Legibility is measured where ink is known to be: noise is no contrast, effects blur, what drowns is ignored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from data import LinkAnnotation
from synth import truth
from synth.pipeline import develop, render
from synth.recipe import BLACK, Block, Link, Span
from synth.sample import sample
from synth.scene import Rgb
from tests.synth.conftest import Compose
from tests.synth.landing import Scene, photographed, scenes

STEADY = (
    "camera.tilt_deg=[0,0]", "camera.x_height_px=[12,12]", "camera.whole_page_share=0", "camera.jpeg_quality=[95,95]",
    "camera.blur_px=[0.5,0.5]", "camera.motion_px=[0,0]", "camera.sharpening_share=0", "camera.shadow_share=0",
    "camera.noise=[0,0]", "paper=white", "marks=none", "link=dense", "link.empty_share=0", "link.coloured_share=0",
)  # fmt: skip


def _links(composed: Compose, *overrides: str, pages: int = 4) -> list[LinkAnnotation]:
    return [link for index in range(pages) for link in render(composed(*STEADY, *overrides), index).links]


def _values(links: Sequence[LinkAnnotation], name: str) -> np.ndarray:  # type: ignore[type-arg]
    """An attribute of those links that are wholly seen."""
    values = np.array([link.attributes[name] for link in links if link.attributes["visible"] == 1.0], float)
    assert len(values) > 5
    return values


def test_contrast_follows_the_ink(composed: Compose) -> None:
    full, third = (_values(_links(composed, f"paper.ink_density=[{d},{d}]"), "contrast") for d in ("0.9", "0.3"))
    assert np.median(full) > 0.5
    assert np.allclose(full, 3 * third, rtol=0.15)


@pytest.mark.parametrize("colour", [BLACK, (0.0, 0.15, 0.75)])
def test_a_tint_is_paper_to_the_link_on_it(composed: Compose, colour: Rgb) -> None:
    config = composed("camera=none", "paper=white", "marks=none", "link=none")
    text = "https://www.example.org/a"
    link = Link(text, "https://", "https", "roman", BLACK)
    said = Block("aside", ("A", "note", "says:", (Span(text, "roman", 0),)))
    recipe = replace(sample(config, 1), blocks=(said,), footnotes=(), links=(link,))
    bare, tinted = (
        develop(replace(recipe, layout=replace(recipe.layout, **look)), config).links[0].attributes
        for look in ({"aside_box": "bar"}, {"aside_box": "tint", "aside_ink": colour, "aside_tone": 0.2})
    )
    paper = 1 - 0.2 * (1 - float(np.dot(colour, (0.299, 0.587, 0.114))))  # brightness of the tint, share of the paper's
    assert tinted["contrast"] == pytest.approx(paper * bare["contrast"], abs=0.02)
    assert tinted["signal_to_noise"] > 0.6 * bare["signal_to_noise"]


def test_noise_is_no_contrast(composed: Compose) -> None:
    still, noisy = (_values(_links(composed, f"camera.noise=[{n},{n}]"), "contrast") for n in (0, 0.1))
    assert np.median(np.abs(noisy / still - 1)) < 0.1


def test_twice_the_noise_is_half_the_ratio(composed: Compose) -> None:
    some, twice = (_values(_links(composed, f"camera.noise=[{n},{n}]"), "signal_to_noise") for n in (0.04, 0.08))
    assert np.median(some / twice) == pytest.approx(2, rel=0.15)


def test_what_drowns_in_noise_is_ignored(composed: Compose) -> None:
    drowned = "camera.noise=[0.3,0.3]", "paper.ink_density=[0.1,0.1]", "camera.exposure=[0.2,0.2]"
    links = _links(composed, *drowned)
    assert links and all(link.ignore for link in links)
    assert _values(links, "contrast").max() < 0.15


def test_large_print_is_read_through_noise_that_drowns_small_print(composed: Compose) -> None:
    noisy = "camera.noise=[0.25,0.25]", "paper.ink_density=[0.5,0.5]"
    ratios = []
    for height in (5, 30):
        size = f"camera.x_height_px=[{height},{height}]"
        ratios.append(_values(_links(composed, *noisy, size, "camera.aim_share=1", pages=6), "signal_to_noise"))
    small, large = ratios
    assert np.median(small) < 8 < np.median(large)


@pytest.mark.parametrize("sigma", [1.5, 3.0])
def test_an_effect_that_blurs_is_measured(composed: Compose, sigma: float) -> None:
    effect = f"camera.effects=[{{name: GaussianBlur, p: 1, blur_limit: 0, sigma_limit: [{sigma}, {sigma}]}}]"
    blur = _values(_links(composed, effect, "camera.x_height_px=[14,16]"), "blur_px")
    assert np.median(blur) == pytest.approx(np.hypot(sigma, 0.5), rel=0.2)


def test_an_effect_that_does_not_blur_leaves_sharpness(composed: Compose) -> None:
    effect = "camera.effects=[{name: RandomToneCurve, p: 1, scale: 0.1}]"
    assert _values(_links(composed, effect), "blur_px") == pytest.approx(0.5, abs=0.35)


def test_a_blurring_effect_makes_links_ignored(composed: Compose) -> None:
    effect = "camera.effects=[{name: GaussianBlur, p: 1, blur_limit: 0, sigma_limit: [6, 6]}]"
    links = _links(composed, effect, pages=2)
    assert links and all(link.ignore for link in links)


@pytest.mark.parametrize(
    ("limit", "attribute"),
    [
        ("truth.min_contrast=1", "contrast"),
        ("truth.min_signal_to_noise=1000", "signal_to_noise"),
        ("truth.max_blur=0.01", "blur_px"),
        ("truth.min_x_height_px=50", "x_height_px"),
    ],
)
def test_what_cannot_be_read_is_ignored_not_dropped(composed: Compose, limit: str, attribute: str) -> None:
    usual, strict = (render(composed("link=dense", *extra), 3).links for extra in ((), (limit,)))
    assert len(usual) == len(strict) > 0
    assert all(link.ignore and attribute in link.attributes for link in strict)


def test_x_height_is_that_of_the_picture(composed: Compose) -> None:
    links = _links(composed, "link.upper_case_share=0", "link.style_weights={roman: 1}")
    for link in (link for link in links if link.attributes["visible"] == 1.0 and link.attributes["scheme"] != "www"):
        # Prefixes have ascenders and some descenders: their height is 1.3 to 2.6 times the x-height.
        assert 1.2 < link.bbox[3] / float(link.attributes["x_height_px"]) < 3.2  # type: ignore[arg-type]


def test_light_print_on_dark_has_contrast_too(composed: Compose) -> None:
    assert _values(_links(composed, "paper.inverted_share=1"), "contrast").min() > 0.3


def test_style_is_what_was_drawn_not_what_was_wished(composed: Compose) -> None:
    for scene in (next(scenes(composed(*STEADY), index))[0] for index in range(3)):
        wished = tuple(replace(link, style="smallcaps") for link in scene.recipe.links)
        drawn, told = _styles(scene), _styles(replace(scene, recipe=replace(scene.recipe, links=wished)))
        assert told == drawn


@pytest.mark.parametrize("style", ["roman", "italic", "bold", "smallcaps"])
def test_style_is_told_by_the_font(composed: Compose, style: str) -> None:
    scene, link = next(scenes(composed(*STEADY, "camera.whole_page_share=1"), 0))
    family = next(f for f in scene.families.values() if f.kind == "serif" and style in f.fonts)
    prefix = replace(link.prefix, font=family.fonts[style])
    page = replace(scene.page, links=(replace(link, prefix=prefix),))
    assert _styles(replace(scene, page=page)) == [(family.name, style)]


def _styles(scene: Scene) -> list[tuple[object, object]]:
    picture, print_ = photographed(scene.page, scene)
    view = truth.View(scene.page_map, scene.nodes, print_, picture)
    links = truth.annotate(scene.page, scene.recipe, view, scene.families, scene.limits)
    return [(link.attributes["font"], link.attributes["style"]) for link in links]
