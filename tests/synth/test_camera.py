"""The photograph: light falls where it should, blur moves nothing, layers lie where they were laid."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf import app
from conf.schema.synth import SynthConfig
from synth import beyond, camera, geometry, lens, noise, paper
from synth.geometry import Window
from synth.ink import Ink, Raster
from synth.layers import Layer
from synth.light import Light
from synth.recipe import Recipe
from synth.sample import sample
from synth.scene import Shadow
from synth.warp import Warp

FLAT = sample(app.composed("synth", SynthConfig, ["camera=none", "paper=white", "marks=none", "link=none"]), 0)


def _recipe(**changes: object) -> Recipe:
    """A page without camera, of a picture of 200 × 160 pixels, with some of its paper or camera changed."""
    paper_fields = {k: v for k, v in changes.items() if hasattr(FLAT.paper, k)}
    camera_fields = {k: v for k, v in changes.items() if hasattr(FLAT.camera, k)}
    plain_paper = replace(FLAT.paper, colour=(0.8, 0.8, 0.8), grain=0.0, ink_density=1.0, ink_gain_px=0.0)
    small = replace(FLAT.camera, width=200, height=160, x_height_px=9.0)
    return replace(
        FLAT,
        paper=replace(plain_paper, **paper_fields),  # type: ignore[arg-type]
        camera=replace(small, **camera_fields),  # type: ignore[arg-type]
    )


def _photographed(recipe: Recipe, dark: float = 0.0, layers: tuple[Layer, ...] = ()) -> np.ndarray:
    page_map = geometry.aim(recipe.camera, recipe.layout, 4.5, None)
    nodes = page_map.inverse_nodes()
    raster = camera.view(page_map, nodes, recipe.layout.body_pt)
    black = np.full((raster.height, raster.width), round(255 * dark), np.uint8)
    sheet = paper.print_on(Ink(raster, black, ()), layers, recipe.paper, 1.0)
    ground = np.zeros((recipe.camera.height, recipe.camera.width, 3), np.uint8)
    return camera.photograph(sheet, page_map, nodes, recipe, lambda window: ground[window], ())


def test_bare_paper_has_its_own_brightness_and_full_ink_that_of_ink() -> None:
    assert np.abs(_photographed(_recipe()).astype(int) - round(0.8 * 255)).max() <= 1
    assert _photographed(_recipe(), dark=1.0).max() <= round(0.03 * 255)


def test_exposure_colour_cast_and_stray_light_act_on_each_channel() -> None:
    blue, green, red = _photographed(_recipe(cast=(1.1, 1.0, 0.9), exposure=0.5)).mean(axis=(0, 1))
    assert (red, green, blue) == pytest.approx((0.8 * 0.55 * 255, 0.4 * 255, 0.8 * 0.45 * 255), abs=1)
    assert _photographed(_recipe(flare=0.2), dark=1.0).min() >= round(0.2 * 255)


def test_dark_paper_with_light_ink_is_the_other_way_round() -> None:
    inverted = _recipe(inverted=True, colour=(0.1, 0.1, 0.1), ink=(0.9, 0.9, 0.9))
    assert _photographed(inverted).mean() == pytest.approx(25, abs=2)
    assert _photographed(inverted, dark=1.0).mean() == pytest.approx(230, abs=2)


def test_a_filter_dims_what_lies_below_and_a_cover_replaces_it() -> None:
    everywhere = np.full((400, 600), 255, np.uint8)
    yellow = _photographed(_recipe(), layers=(Layer(0, 0, everywhere, (1.0, 1.0, 0.5)),))
    assert yellow.mean(axis=(0, 1)) == pytest.approx([102, 204, 204], abs=3)
    white = _photographed(_recipe(), dark=1.0, layers=(Layer(0, 0, everywhere, (1.0, 1.0, 1.0), "cover"),))
    assert white.min() >= 250


@pytest.mark.parametrize("window", [np.s_[0:160, 0:200], np.s_[32:150, 48:200]])
@pytest.mark.parametrize(("left", "top"), [(60, 40), (93, 71), (121, 58)])
def test_a_layer_lies_where_the_same_print_on_the_sheet_would(window: Window, left: int, top: int) -> None:
    recipe = replace(_recipe(yaw=8.0, tilt=5.0, lens=0.03))
    page_map = geometry.aim(recipe.camera, recipe.layout, 4.5, None)
    nodes = page_map.inverse_nodes()
    raster = camera.view(page_map, nodes, recipe.layout.body_pt)
    warp = Warp(page_map, nodes, raster, window)
    patch = np.random.default_rng(1).integers(0, 256, (30, 50), np.uint8)
    whole = np.zeros((raster.height, raster.width), np.uint8)
    whole[top : top + 30, left : left + 50] = patch
    found = warp.layer(Layer(left, top, patch, (0.0, 0.0, 0.0)))
    assert found is not None
    left, top, seen = found
    expected = warp.image(whole)
    rows, columns = seen.shape
    np.testing.assert_array_equal(seen, expected[top : top + rows, left : left + columns])
    assert expected.astype(int).sum() == seen.astype(int).sum()  # nothing of it lies outside its window


def test_a_window_of_the_picture_shows_what_the_whole_shows_there() -> None:
    recipe = replace(_recipe(yaw=8.0, tilt=5.0, lens=0.03, gutter="left", curl=40.0))
    page_map = geometry.aim(recipe.camera, recipe.layout, 4.5, None)
    nodes = page_map.inverse_nodes()
    raster = camera.view(page_map, nodes, recipe.layout.body_pt)
    print_ = np.random.default_rng(1).integers(0, 256, (raster.height, raster.width), np.uint8)
    whole, part = np.s_[0:160, 0:200], np.s_[32:150, 48:200]
    shown, alone = (Warp(page_map, nodes, raster, window).image(print_) for window in (whole, part))
    np.testing.assert_array_equal(alone, shown[part])


@pytest.mark.parametrize("board", [None, (0.2, 0.3, 0.4)])
def test_whatever_is_not_drawn_as_paper_is_covered_by_the_ground(board: tuple[float, float, float] | None) -> None:
    untouched, chance, windows = (1, 254, 3), np.random.default_rng(1), []
    for _ in range(60):
        angles = dict(zip(("yaw", "pitch", "tilt"), chance.uniform(-25, 25, 3), strict=True))
        offset = tuple(chance.uniform(-0.6, 0.6, 2))
        recipe = _recipe(**angles, lens=chance.uniform(-0.04, 0.1), curl=40.0, curl_width=0.4, board=board,
                         gutter=str(chance.choice(["none", "left", "right"])), aim_offset=offset, width=513, height=470,
                         x_height_px=chance.uniform(2, 9))  # fmt: skip
        page_map = geometry.aim(recipe.camera, recipe.layout, 4.5, None)
        nodes = page_map.inverse_nodes()
        off, light = beyond.off_the_pages(page_map, nodes, 0.0), Light(page_map, nodes, recipe.camera, recipe.paper)
        window = beyond.window_of_pages(off, page_map.picture)
        picture = np.full((470, 513, 3), untouched, np.uint8)
        picture[window] = 128
        surface, laid = np.full((470, 513, 3), 200, np.uint8), np.zeros((470, 513), int)

        def ground(part: Window, surface: np.ndarray = surface, laid: np.ndarray = laid) -> np.ndarray:
            laid[part] += 1
            return surface[part]

        beyond.lay_ground(picture, ground, off, page_map.scale, light, recipe)
        assert not (picture == untouched).all(axis=2).any()
        assert laid.max(initial=0) <= 1, "what is mixed twice at the paper's edge is mixed wrongly"
        windows.append((window[0].stop - window[0].start) * (window[1].stop - window[1].start) / picture[..., 0].size)
    assert min(windows) < 0.3 and max(windows) == 1


def test_a_window_of_the_light_is_that_of_the_whole() -> None:
    recipe = _recipe(
        gutter="left", curl=40.0, shadow=Shadow(direction=0.7, edge=0.1, turn=0.4, softness=0.01, depth=0.4)
    )
    page_map = geometry.aim(recipe.camera, recipe.layout, 4.5, None)
    light = Light(page_map, page_map.inverse_nodes(), recipe.camera, recipe.paper)
    lit = light.window(np.s_[0:160, 0:200])
    for part in (np.s_[0:7, 3:9], np.s_[31:160, 2:200], np.s_[128:141, 77:78]):
        np.testing.assert_array_equal(light.window(part), lit[part])
    squares = lit.reshape(20, 8, 25, 8)[:, 3:5, :, 3:5].mean(axis=(1, 3))
    np.testing.assert_allclose(light.of_squares(8), squares, atol=1e-6)


def test_windows_of_the_ground_have_all_that_is_marked_and_none_lies_over_another() -> None:
    chance = np.random.default_rng(1)
    for share in (0.02, 0.1, 0.5) * 20:
        marked = chance.random((32, 35)) < share
        picture, seen = np.zeros((470, 513, 3), np.uint8), np.zeros((470, 513), int)
        for part in beyond._strips(marked, picture):
            seen[part] += 1
        at_nodes = geometry.upsample(marked.astype(np.float32), (513, 470))
        assert seen.max() <= 1 and (seen[at_nodes > 0] == 1).all()


def test_the_grain_of_paper_is_the_pictures_whatever_lies_around_the_book() -> None:
    recipe = _recipe(grain=0.05, x_height_px=None, width=300)
    page_map = geometry.aim(recipe.camera, recipe.layout, 4.5, None)
    off = beyond.off_the_pages(page_map, page_map.inverse_nodes(), 0.0).max(axis=0)
    inside = geometry.upsample((off < -4).astype(np.float32), page_map.picture) == 1
    grounds = [replace(recipe, ground=replace(recipe.ground, kind=kind)) for kind in ("paper", "wood")]
    bare, lying = (_photographed(each)[inside] for each in grounds)
    assert 0.1 < inside.mean() < 0.8 and bare.std() > 1
    np.testing.assert_array_equal(lying, bare)


def test_a_window_of_the_shade_on_the_ground_is_that_of_the_whole() -> None:
    shade = np.random.default_rng(1).integers(0, 256, (22, 27), np.uint8)
    whole = beyond._enlarged(shade, np.s_[0:160, 0:200])
    assert (whole[4::8, 4::8].astype(int) - shade[1:-1, 1:-1]).std() < 30
    for part in (np.s_[32:150, 48:200], np.s_[128:160, 0:16]):
        np.testing.assert_array_equal(beyond._enlarged(shade, part), whole[part])


def test_a_shadow_takes_its_share_of_the_light_on_its_side_only() -> None:
    recipe = _recipe(shadow=Shadow(direction=0.0, edge=0.1, turn=0.0, softness=0.02, depth=0.4))
    row = _photographed(recipe)[80, :, 0].astype(float)
    assert row[:100] == pytest.approx(204, abs=2) and row[140:] == pytest.approx(0.6 * 204, abs=3)


def test_the_gutter_is_dark_on_the_book_alone() -> None:
    recipe = _recipe(gutter="left", curl=45.0, curl_width=0.3, x_height_px=None, aim_offset=(0.0, 0.3))
    page_map = geometry.aim(recipe.camera, recipe.layout, 4.5, None)
    nodes = page_map.inverse_nodes()
    lit = Light(page_map, nodes, recipe.camera, recipe.paper).window(np.s_[0:160, 0:200])
    x, y = geometry.upsample(nodes, page_map.picture).transpose(2, 0, 1)
    on_page = (y > 50) & (y < recipe.layout.height - 50)
    assert lit[on_page & (np.abs(x) < 8)].max() < 0.75
    assert lit[on_page & (x > 0.5 * recipe.layout.width)].min() > 0.9
    assert lit[y < -50].min() > 0.9


@settings(max_examples=50, deadline=None)
@given(x=st.floats(-12, 12), y=st.floats(-12, 12))
def test_movement_blurs_without_moving(x: float, y: float) -> None:
    kernel = lens._motion_kernel((x, y))
    reach = kernel.shape[0] // 2
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    assert (kernel * columns).sum() == pytest.approx(0, abs=1e-4)
    assert (kernel * rows).sum() == pytest.approx(0, abs=1e-4)
    # A uniform path of length m has the standard deviation m / √12; bilinear spreading adds at most 1/4 px² a side.
    even = math.hypot(x, y) ** 2 / 12
    variance = (kernel * (rows**2 + columns**2)).sum()
    assert even - 1e-3 <= variance <= 1.08 * even + 0.51  # sampled with both its ends, it is a little longer


def test_noise_has_the_strength_that_was_asked_for() -> None:
    grey = _photographed(_recipe(noise=0.02, colour=(0.5, 0.5, 0.5))).astype(float)
    assert grey.std() / 255 == pytest.approx(0.02, rel=0.15)


@pytest.mark.parametrize("shape", [(8, 8), (1536, 1536), (2000, 3200)])
def test_texture_is_as_large_as_asked(shape: tuple[int, int]) -> None:
    assert noise.fibres(shape, (65535, 12345)).shape == shape
    picture = np.full((*shape, 3), 128, np.uint8)
    noise.add_sensor_noise(picture, 0.05, (65535, 12345))
    for corner in (picture[:8, :8], picture[-8:, -8:]):
        assert corner.std() / 255 == pytest.approx(0.05, rel=0.4)


def test_no_two_bands_of_sensor_noise_are_alike() -> None:
    picture = np.full((512, 256, 3), 128, np.uint8)
    noise.add_sensor_noise(picture, 0.1, (0, 0))
    bands = [picture[first : first + 128].astype(float).ravel() for first in range(0, 512, 128)]
    assert np.abs(np.corrcoef(bands) - np.eye(4)).max() < 0.02


def test_ink_fades_wears_and_spreads() -> None:
    black = np.zeros((200, 200), np.uint8)
    black[:, 60:140] = 255
    raster = Raster(2.0, 0.0, 0.0, 200, 200)

    def printed(**changes: object) -> np.ndarray:
        return paper.print_on(Ink(raster, black, ()), (), _recipe(**changes).paper, 1.0).dark.astype(float)

    assert printed().sum() == black.sum()
    assert printed(ink_gain_px=1.0).sum() > black.sum()
    for weaker in ({"ink_density": 0.7}, {"fade": 0.6}, {"specks": 1.0}, {"halftone": True}):
        assert 0.3 * black.sum() < printed(**weaker).sum() < 0.99 * black.sum()
    assert printed(show_through=0.2)[:, :50].max() == 0  # the mirror image of a middle stripe is the stripe


def test_a_printers_dots_stand_on_the_sheets_grid() -> None:
    pitch = 4  # pixels: 72 dots an inch at 4 pixels a point

    def printed(left: float, top: float) -> np.ndarray:
        raster = Raster(4.0, left, top, 160, 120)
        corner = np.array([top, left]).reshape(2, 1, 1) * 4.0
        y, x = np.mgrid[:120, :160] + corner + 0.5  # pixels from the sheet's corner
        disc = np.where(np.hypot(x - 120, y - 90) < 40, 255, 0).astype(np.uint8)
        return paper.print_on(Ink(raster, disc, ()), (), _recipe(dots_per_inch=72.0).paper, 1.0).dark

    whole, moved = printed(10.0, 8.0), printed(12.75, 9.5)  # a window 11 pixels to the right, 6 further down
    np.testing.assert_array_equal(whole[8:-8, 16:-8][6:, 11:], moved[8:-14, 16:-19])
    middles = whole[pitch // 2 :: pitch, pitch // 2 :: pitch].astype(int)
    assert ((middles < 40) | (middles > 215)).mean() > 0.99  # a dot is black or it is not
    assert whole.sum() / 255 == pytest.approx(np.pi * 40**2, rel=0.1)


def test_dots_keep_thin_strokes_and_finer_ones_than_pixels_are_not_seen() -> None:
    black = np.zeros((80, 80), np.uint8)
    black[:, 41:43] = 255  # half as wide as a dot, across two of them or in one
    raster = Raster(4.0, 0.0, 0.0, 80, 80)

    def printed(dots_per_inch: float) -> np.ndarray:
        return paper.print_on(Ink(raster, black, ()), (), _recipe(dots_per_inch=dots_per_inch).paper, 1.0).dark

    assert (printed(72.0).max(axis=1) > 200).all()
    np.testing.assert_array_equal(printed(300.0), black)
