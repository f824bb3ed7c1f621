"""Truth goes where the pixels go: a drawn mark is found again where its box says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage
from PIL import ImageEnhance, ImageOps

from conf.schema.preprocess import PreprocessConfig
from data import LinkAnnotation
from data.preprocess import apply, changes_nothing
from tests.data.pages import link

ORIGINAL = PreprocessConfig(width_px=1024, crop="square", color=0, brightness=2, contrast=1.3)


def marked(width: int, height: int, box: tuple[int, int, int, int]) -> np.ndarray:  # type: ignore[type-arg]
    pixels = np.full((height, width, 3), 255, np.uint8)
    x, y, w, h = box
    pixels[y : y + h, x : x + w] = 0
    return pixels


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(60, 400), st.integers(60, 400), st.none() | st.integers(40, 300), st.booleans())
def test_a_mark_lands_where_its_box_says(
    data: st.DataObject, width: int, height: int, target: int | None, crop: bool
) -> None:
    w, h = data.draw(st.integers(10, 50)), data.draw(st.integers(10, 50))
    x, y = data.draw(st.integers(0, width - w)), data.draw(st.integers(0, height - h))
    corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    one = LinkAnnotation((x, y, w, h), polygon=corners, segments=((x, y, w, h),))
    config = PreprocessConfig(width_px=target, crop="square" if crop else "none")
    pixels, links = apply(marked(width, height, (x, y, w, h)), [one], config)
    assert target is None or pixels.shape[1] <= target
    assert not crop or pixels.shape[0] == pixels.shape[1]
    # Ink of each column and row, 0 to 1; its sum is the mark's extent to fractions of a pixel.
    ink = 1 - pixels[..., 0] / 255
    assume(ink.max() > 0.9)
    across, down = ink.max(axis=0), ink.max(axis=1)
    (found,) = links
    left, top, mark_width, mark_height = found.bbox
    assert across.sum() == pytest.approx(mark_width, abs=0.75)
    assert down.sum() == pytest.approx(mark_height, abs=0.75)
    assert (across * (np.arange(len(across)) + 0.5)).sum() / across.sum() == pytest.approx(
        left + mark_width / 2, abs=0.6
    )
    assert (down * (np.arange(len(down)) + 0.5)).sum() / down.sum() == pytest.approx(top + mark_height / 2, abs=0.6)
    for carried in (found.segments[0], _bounds(found.polygon)):
        assert carried == pytest.approx(found.bbox, abs=1e-6)


def _bounds(points: tuple[tuple[float, float], ...]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def test_defaults_change_nothing() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8)
    after, links = apply(pixels, [link()], PreprocessConfig())
    assert changes_nothing(PreprocessConfig()) and not changes_nothing(ORIGINAL)
    assert np.array_equal(after, pixels) and links == (link(),)


def test_original_is_what_pillow_gives_step_by_step() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (900, 1300, 3), np.uint8)
    image = PillowImage.fromarray(pixels).resize((1024, 708)).crop((158, 0, 866, 708))
    image = ImageOps.grayscale(image).convert("RGB")
    image = ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(2)).enhance(1.3)
    assert np.array_equal(apply(pixels, [], ORIGINAL)[0], np.asarray(image))


def test_smaller_pictures_are_not_enlarged() -> None:
    assert apply(np.zeros((60, 80, 3), np.uint8), [], ORIGINAL)[0].shape == (60, 60, 3)


SQUARE = PreprocessConfig(crop="square", max_cut=0.25)
"""Cuts columns 0–20 and 80–100 off a picture of 100 × 60."""


def cropped(one: LinkAnnotation) -> tuple[LinkAnnotation, ...]:
    return apply(np.zeros((60, 100, 3), np.uint8), [one], SQUARE)[1]


def box_only(x: float, width: float, **changes: object) -> LinkAnnotation:
    return replace(LinkAnnotation((x, 5.0, width, 10.0), segments=((x, 5.0, width, 10.0),)), **changes)  # type: ignore[arg-type]


def test_links_outside_the_crop_are_dropped() -> None:
    assert cropped(box_only(0, 20)) == ()
    assert cropped(box_only(80, 15)) == ()


@pytest.mark.parametrize(
    ("x", "visible", "ignored"), [(18, 18, False), (16, 16, False), (14, 14, True), (20, 20, False)]
)
def test_a_link_that_loses_too_much_is_ignored(x: int, visible: int, ignored: bool) -> None:
    (found,) = cropped(box_only(x, 20))
    assert found.bbox == (0 if x < 20 else x - 20, 5, visible, 10)
    assert found.ignore is ignored
    assert found.attributes.get("text_unknown", False) is (x < 20)


def test_text_of_a_link_whose_second_line_is_cut_is_unknown() -> None:
    one = box_only(30, 20, segments=((30.0, 5.0, 50.0, 9.0), (5.0, 20.0, 12.0, 9.0)), text="https://a.b/c")
    (found,) = cropped(one)
    assert found.segments == ((10.0, 5.0, 50.0, 9.0),)
    assert found.attributes["text_unknown"] is True and not found.ignore


def test_a_cut_slanted_prefix_gets_the_box_of_what_is_left() -> None:
    one = LinkAnnotation((10, 10, 20, 20), polygon=((10, 10), (30, 30), (26, 30), (10, 14)))
    (found,) = cropped(one)
    assert found.bbox == pytest.approx((0, 10, 10, 10)) or found.bbox[1] > 10
    assert found.bbox == pytest.approx(_bounds(found.polygon))
    assert found.ignore


def test_facts_in_pixels_shrink_with_the_picture_and_masks_go() -> None:
    one = link(extra={"segmentation": [], "area": 3, "mood": "good"})
    (found,) = apply(np.zeros((60, 80, 3), np.uint8), [one], PreprocessConfig(width_px=40))[1]
    assert found.attributes == {"scheme": "https", "x_height_px": 2.75, "underline": False, "note": "7"}
    assert found.extra == {"mood": "good"}


def test_every_enhancement_is_pillows() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (41, 57, 3), np.uint8)
    steps = (
        ("color", ImageEnhance.Color),
        ("brightness", ImageEnhance.Brightness),
        ("contrast", ImageEnhance.Contrast),
        ("sharpness", ImageEnhance.Sharpness),
    )
    for name, enhancer in steps:
        for factor in (0.0, 0.3, 1.7, 4.0):
            expected = np.asarray(enhancer(PillowImage.fromarray(pixels)).enhance(factor))
            found, _ = apply(pixels, (), PreprocessConfig(**{name: factor}))
            assert np.array_equal(found, expected), (name, factor)


def pale_page(height: int = 400, width: int = 300) -> np.ndarray:  # type: ignore[type-arg]
    """Print of 60 greys below its paper, in a shadow that takes away half of the light from left to right."""
    paper = np.full((height, width, 3), 230.0)
    paper[::6, ::4] = 170.0
    return (paper * np.linspace(1, 0.5, width)[None, :, None]).astype(np.uint8)


def test_stretching_evens_out_shadow_and_pale_print() -> None:
    after, _ = apply(pale_page(), (), PreprocessConfig(stretch=1.0))
    ink, paper = after[::6, ::4, 0].astype(float), after[3::6, 2::4, 0].astype(float)
    assert paper.std() < pale_page()[3::6, 2::4, 0].std() / 1.5
    assert paper.mean() > 210 and ink.mean() < 60
    half, _ = apply(pale_page(), (), PreprocessConfig(stretch=0.5))
    np.testing.assert_allclose(half, (pale_page().astype(float) + after) / 2, atol=1)


def test_empty_paper_keeps_its_calm() -> None:
    noise = np.random.default_rng(4).normal(200, 2, (300, 300, 1)).clip(0, 255).astype(np.uint8).repeat(3, axis=2)
    after, _ = apply(noise, (), PreprocessConfig(stretch=1.0, stretch_least=64))
    assert after.std() < 4 * noise.std()


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 900), (900, 5), (33, 32)])
def test_pictures_of_any_shape_can_be_enhanced(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (*size, 3), np.uint8)
    after, _ = apply(pixels, (), PreprocessConfig(sharpness=2.0, stretch=1.0))
    assert after.shape == pixels.shape and after.dtype == np.uint8


def test_stretching_keeps_the_relative_distance_of_greys() -> None:
    pixels = np.full((128, 128, 3), 200, np.uint8)
    pixels[::4] = 40
    pixels[2::16] = 120
    after, _ = apply(pixels, (), PreprocessConfig(stretch=1.0))
    # From 40…200 to 10…245: the grey in the middle comes to the middle.
    assert [int(after[row, 64, 0]) for row in (0, 2, 1)] == pytest.approx([10, 128, 245], abs=1)
