"""The ground fills the picture, whatever lies there; a hand comes in from the edge; a user's folder is checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf import UserError
from conf.checks import validate
from conf.schema.ground import KINDS, SURFACES, GroundConfig, pictures_in
from synth import textures
from synth.chance import Chance
from synth.pipeline import render
from synth.scene import Ground, Thumb
from synth.surroundings import Bytes, Surface, choose_ground, choose_thumb, fingers
from tests.synth.conftest import Compose

OAK = Ground("wood", (0.6, 0.45, 0.3), 1.0, 0, 0.4, 0.7, 1.3, 1, True)
THUMB = Thumb("left", 0.5, 0.2, 0.12, 10.0, (0.8, 0.6, 0.5), 1, 0.5, 0)


def ground(chosen: Ground, width: int, height: int, folder: str | None = None) -> Bytes:
    """All of a surface."""
    return Surface(chosen, width, height, folder)(np.s_[:, :])


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with a wide JPEG, red on its left half and blue on its right; a PNG; a file that is no picture's."""
    (tmp_path / "rooms").mkdir()
    wide = np.zeros((600, 2400, 3), np.uint8)
    wide[:, :1200], wide[:, 1200:] = (20, 20, 200), (200, 20, 20)
    cv2.imwrite(str(tmp_path / "rooms" / "wide.JPG"), wide)
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((50, 40), 128, np.uint8))
    (tmp_path / "notes.txt").write_text("where these are from")
    return tmp_path


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    left=st.floats(0, 1),
    top=st.floats(0, 1),
    zoom=st.floats(1, 8),
    turns=st.integers(0, 3),
    width=st.integers(1, 1700),
    height=st.integers(1, 900),
)
def test_the_ground_covers_the_whole_picture(
    kind: str, left: float, top: float, zoom: float, turns: int, width: int, height: int
) -> None:
    surface = ground(Ground(kind, (0.5, 0.5, 0.5), 1.0, 0, left, top, zoom, turns, False), width, height)
    assert surface.shape == (height, width, 3)
    assert surface.dtype == np.uint8
    assert surface.min() > 0, "nothing is left black"


@pytest.mark.parametrize(("kind", "number"), [(kind, n) for kind in SURFACES for n in range(textures.TILES[kind])])
def test_each_tile_scatters_around_the_middle(kind: str, number: int) -> None:
    tile = textures.tile(kind, number)
    assert tile.shape == (textures.SIDE, textures.SIDE)
    assert abs(float(tile.mean()) - 128) < 4
    assert 3 < tile.std() < 40


def test_a_ground_has_its_colour_and_its_contrast() -> None:
    mean = ground(OAK, 400, 300).mean(axis=(0, 1)) / 255
    np.testing.assert_allclose(mean[::-1], OAK.colour, atol=0.05)
    assert ground(replace(OAK, contrast=0.0), 400, 300).std(axis=(0, 1)).max() == 0


def test_a_mirrored_ground_is_the_mirror_image() -> None:
    straight = ground(replace(OAK, turns=0, mirrored=False), 300, 200)
    mirrored = ground(replace(OAK, turns=0, mirrored=True), 300, 200)
    np.testing.assert_allclose(mirrored.astype(int), straight[:, ::-1], atol=1)


def test_the_same_choice_gives_the_same_bytes_whatever_was_drawn_before() -> None:
    once = ground(OAK, 256, 256)
    textures.tile.cache_clear()
    ground(replace(OAK, kind="cloth"), 256, 256)
    np.testing.assert_array_equal(ground(OAK, 256, 256), once)


def test_choices_follow_the_weights() -> None:
    config = GroundConfig(kind_weights={"cloth": 1, "wood": 0})
    assert {choose_ground(config, Chance(0, index, "ground")).kind for index in range(30)} == {"cloth"}
    kinds = {choose_ground(GroundConfig(), Chance(0, index, "ground")).kind for index in range(200)}
    assert kinds == set(SURFACES)


def test_a_users_pictures_are_listed_sorted_and_alone(pictures: Path) -> None:
    assert pictures_in(str(pictures)) == ("grey.png", "rooms/wide.JPG")


def test_a_users_picture_covers_the_picture(pictures: Path) -> None:
    config = GroundConfig(folder=str(pictures))
    chosen = {choose_ground(config, Chance(0, index, "ground")).file for index in range(30)}
    assert chosen == set(pictures_in(str(pictures)))
    right = Ground("picture", (0.5, 0.5, 0.5), 1.0, 0, 1.0, 0.0, 2.0, 0, False, "rooms/wide.JPG")
    surface = ground(right, 320, 300, str(pictures))
    assert surface.shape == (300, 320, 3)
    np.testing.assert_allclose(surface.reshape(-1, 3), np.tile((200, 20, 20), (96000, 1)), atol=12)
    left = ground(replace(right, left=0.0), 320, 300, str(pictures))
    np.testing.assert_allclose(left[150, 160], (20, 20, 200), atol=12)


def test_some_pages_can_lie_on_tables_all_the_same(pictures: Path) -> None:
    config = GroundConfig(folder=str(pictures), folder_share=0.5)
    kinds = {choose_ground(config, Chance(0, index, "ground")).kind for index in range(40)}
    assert "picture" in kinds and "wood" in kinds


def test_a_folder_is_checked_at_the_door(tmp_path: Path, pictures: Path, composed: Compose) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"^ground\.folder=/nowhere is not a folder"):
        composed("ground=folder", "ground.folder=/nowhere")
    with pytest.raises(UserError, match=r"ground\.folder=.*empty has no pictures; put some in it \(\.jpg"):
        composed(f"ground.folder={tmp_path / 'empty'}")
    with pytest.raises(UserError, match=r"^ground\.folder is needed"):
        composed("ground=folder")
    assert composed("ground=folder", f"ground.folder={pictures}").ground.folder == str(pictures)
    (pictures / "broken.webp").write_bytes(b"not a picture")
    with pytest.raises(UserError, match=r"broken\.webp \(in ground\.folder\) cannot be read as a picture"):
        validate(GroundConfig(folder=str(pictures)), "ground.")


def test_wrong_weights_are_refused() -> None:
    with pytest.raises(UserError, match=r"^ground\.kind_weights has no entry sand; it can have plain, wood"):
        validate(GroundConfig(kind_weights={"sand": 1.0}), "ground.")
    with pytest.raises(UserError, match=r"^ground\.kind_weights are all 0"):
        validate(GroundConfig(kind_weights={"wood": 0.0}), "ground.")


def test_a_picture_that_has_gone_is_named(pictures: Path) -> None:
    gone = Ground("picture", (0.5, 0.5, 0.5), 1.0, 0, 0.0, 0.0, 1.0, 0, False, "gone.jpg")
    with pytest.raises(UserError, match=r"gone\.jpg, which is not in ground\.folder"):
        ground(gone, 100, 100, str(pictures))
    with pytest.raises(UserError, match=r"ground\.folder"):
        ground(gone, 100, 100)


@settings(max_examples=40, deadline=None)
@given(
    side=st.sampled_from(("left", "right", "bottom")),
    along=st.floats(0, 1),
    reach=st.floats(0.02, 0.5),
    lean=st.floats(-30, 30),
    count=st.integers(1, 3),
    shape=st.integers(0, 3),
    width=st.integers(60, 700),
    height=st.integers(60, 700),
)
def test_fingers_come_in_from_their_edge(
    side: str, along: float, reach: float, lean: float, count: int, shape: int, width: int, height: int
) -> None:
    hand = replace(THUMB, side=side, along=along, reach=reach, lean=lean, count=count, shape=shape)
    flesh = np.zeros((height, width), np.uint8)
    for left, top, patch, alpha in fingers(hand, width, height):
        rows, columns = alpha.shape
        assert patch.shape == (rows, columns, 3)
        assert 0 <= left <= width - columns and 0 <= top <= height - rows
        if patch.any():
            part = flesh[top : top + rows, left : left + columns]
            np.maximum(part, alpha, out=part)
    edges = {"left": flesh[:, 0], "right": flesh[:, -1], "bottom": flesh[-1]}
    far = {"left": flesh[:, width // 2 + 60 :], "right": flesh[:, : max(width // 2 - 60, 0)], "bottom": flesh[:1]}
    if 0.3 < along < 0.7 and abs(lean) < 10:
        assert edges[side].max() > 200, "no finger floats"
    if reach < 0.35:
        assert far[side].max(initial=0) == 0


@pytest.mark.parametrize("side", ["left", "right", "bottom"])
def test_a_finger_reaches_as_far_and_where_it_was_chosen_to(side: str) -> None:
    *_, (left, top, _, alpha) = fingers(replace(THUMB, side=side, along=0.4, lean=0.0), 600, 500)
    rows, columns = np.nonzero(alpha > 127)
    x, y = columns + left, rows + top
    reach = {"left": x.max() + 1, "right": 600 - x.min(), "bottom": 500 - y.min()}[side]
    middle = {"left": y.mean(), "right": y.mean(), "bottom": x.mean()}[side]
    assert abs(reach - 0.2 * 500) < 4
    assert abs(middle - 0.4 * (600 if side == "bottom" else 500)) < 4


def test_a_finger_has_its_skins_colour_and_throws_a_shadow() -> None:
    (_, _, black, shadow), (_, _, patch, alpha) = fingers(THUMB, 500, 500)
    assert not black.any()
    assert 0 < shadow.max() <= 0.5 * 255 + 1
    flesh = patch[alpha == 255].mean(axis=0)[::-1] / 255
    np.testing.assert_allclose(flesh, THUMB.skin, atol=0.12)


def test_thumbs_are_as_rare_as_they_should_be() -> None:
    config = GroundConfig(thumb_share=0.2)
    thumbs = [choose_thumb(config, Chance(0, index, "thumb")) for index in range(500)]
    assert 70 < sum(thumb is not None for thumb in thumbs) < 130
    assert fingers(None, 100, 100) == []


@pytest.mark.parametrize("index", [0, 3])
def test_without_a_camera_paper_fills_the_picture(composed: Compose, index: int) -> None:
    picture = render(composed("camera=none", "paper=white", "marks=none", "link=none"), index).image
    edges = np.concatenate([picture[:8].reshape(-1, 3), picture[:, :8].reshape(-1, 3), picture[:, -8:].reshape(-1, 3)])
    assert edges.min() > 200 and np.ptp(edges.mean(axis=0)) < 12


def test_on_a_lid_lies_no_shadow(composed: Compose) -> None:
    seen = [
        render(composed("camera=scan", "camera.whole_page_share=1", "camera.curl_share=0", "paper.board_share=0",
                        "paper.stack_share=0", "camera.tilt_deg=0", "camera.light_gradient=0", *more), 0).image
        for more in ((), ("ground=plain",))
    ]  # fmt: skip
    assert {render(composed("camera=scan"), index).recipe.ground.kind for index in range(3)} == {"lid"}
    lid, table = (_darkening(picture) for picture in seen)
    assert lid < 6 < table


def _darkening(picture: Bytes) -> float:
    """How much darker the ground is beside the book than at the picture's edge, on the side where it is more."""
    sides = picture[200:-200, :102], picture[200:-200, ::-1][:, :102]  # the page begins at 108
    profiles = [side.astype(int).mean(axis=(0, 2)) for side in sides]
    return max(float(profile[:20].mean() - profile.min()) for profile in profiles)
