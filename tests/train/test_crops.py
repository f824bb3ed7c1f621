from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from official.vision.ops.preprocess_ops import MEAN_RGB, STDDEV_RGB

from conf.schema.export import ViewConfig
from conf.schema.train import CropConfig
from tests.train.pages import Boxes, page
from train.crops import crops_from, page_of_crop, random_crop, random_window

VIEW = ViewConfig()
SEEDS = st.integers(0, 2**31 - 1)


def _decoded(height: int, width: int, boxes: Boxes, crowd: list[bool] | None = None) -> dict[str, tf.Tensor]:
    """A page as Model Garden's decoder gives it."""
    relative = [[y / height, x / width, (y + h) / height, (x + w) / width] for x, y, w, h in boxes]
    return {
        "image": tf.constant(page(height, width, boxes)),
        "groundtruth_boxes": tf.constant(relative, tf.float32, shape=[len(boxes), 4]),
        "groundtruth_classes": tf.ones([len(boxes)], tf.int64),
        "groundtruth_is_crowd": tf.constant(crowd or [False] * len(boxes), tf.bool, shape=[len(boxes)]),
    }


def _blue(image: tf.Tensor) -> np.ndarray:
    """Where a crop shows a bar: there is little red."""
    return image.numpy()[..., 0] * STDDEV_RGB[0] + MEAN_RGB[0] < 100


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, x=st.integers(0, 900), y=st.integers(0, 1200))
def test_box_surrounds_the_same_ink_after_the_crop(seed: int, x: int, y: int) -> None:
    crop = CropConfig(link_share=1.0)
    taken = random_crop(_decoded(1300, 1000, [(x, y, 80, 24)]), crop, VIEW, tf.constant([seed, 0]))
    ink = np.argwhere(_blue(taken["image"]))
    seen = np.concatenate([ink.min(axis=0), ink.max(axis=0) + 1])
    assert taken["image"].shape == (320, 320, 3)
    np.testing.assert_allclose(taken["boxes"].numpy()[0], seen, atol=1.5)
    assert not taken["ignored"].numpy()[0]  # a window drawn around a link holds it whole


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, size=st.tuples(st.integers(40, 2500), st.integers(40, 2500)))
def test_window_keeps_to_the_page_and_to_its_scales(seed: int, size: tuple[int, int]) -> None:
    crop, nowhere = CropConfig(), tf.zeros([0, 4])
    corner, side = random_window(tf.constant(size), nowhere, crop, VIEW, tf.constant([seed, 1]))
    scale = crop.size_px / int(side) / min(VIEW.width_px / size[1], VIEW.max_upscale)
    assert crop.scale_min * 0.97 <= scale <= crop.scale_max * 1.03
    overhang = np.asarray(corner) + int(side) - np.asarray(size)
    beyond = np.where(np.asarray(corner) > 0, overhang, 0)
    assert (np.asarray(corner) >= 0).all()
    assert (beyond * crop.size_px / int(side) <= 32).all()


def test_cut_link_is_ignored_and_whole_one_is_not() -> None:
    crop = CropConfig(size_px=64, link_share=1.0, scale_min=1.0, scale_max=1.0)
    decoded = _decoded(1024, 1024, [(500, 500, 40, 16), (552, 500, 40, 16), (300, 300, 40, 16)])
    outcomes = set()
    for turn in range(60):
        taken = random_crop(decoded, crop, VIEW, tf.constant([turn, 2]))
        for (top, left, bottom, right), ignored in zip(taken["boxes"].numpy(), taken["ignored"].numpy(), strict=True):
            left_over = (bottom - top) * (right - left) / (40 * 16)
            assert ignored == (left_over < crop.min_visible)
            outcomes.add(bool(ignored))
    assert outcomes == {True, False}


def test_marked_link_is_ignored_and_no_window_is_drawn_around_it() -> None:
    crop = CropConfig(size_px=64, link_share=1.0, scale_min=1.0, scale_max=1.0)
    decoded = _decoded(1024, 1024, [(500, 500, 40, 16)], crowd=[True])
    taken = [random_crop(decoded, crop, VIEW, tf.constant([turn, 3])) for turn in range(30)]
    assert sum(len(t["boxes"]) for t in taken) < 5
    whole = random_crop(_decoded(64, 64, [(10, 10, 40, 16)], [True]), CropConfig(), VIEW, tf.constant([0, 0]))
    assert whole["ignored"].numpy().tolist() == [True]


@pytest.mark.parametrize(("share", "low", "high"), [(1.0, 60, 60), (0.0, 0, 15), (0.5, 20, 45)])
def test_share_of_crops_with_a_link(share: float, low: int, high: int) -> None:
    crop, decoded = CropConfig(link_share=share), _decoded(1448, 1024, [(400, 700, 56, 16)])
    crops = [random_crop(decoded, crop, VIEW, tf.constant([turn, 4])) for turn in range(60)]
    assert low <= sum(len(taken["boxes"]) > 0 for taken in crops) <= high


def test_page_without_links_gives_no_boxes() -> None:
    taken = random_crop(_decoded(500, 400, []), CropConfig(), VIEW, tf.constant([1, 1]))
    assert taken["boxes"].shape == (0, 4)
    assert np.isfinite(taken["image"].numpy()).all()


def test_same_seed_same_crop() -> None:
    decoded = _decoded(1448, 1024, [(400, 700, 56, 16)])
    first, again, other = (random_crop(decoded, CropConfig(), VIEW, tf.constant([t, 5]))["image"] for t in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_text_keeps_its_direction() -> None:
    """A bar that is red on its left half stays so: nothing is flipped."""
    decoded = _decoded(1024, 1024, [(400, 700, 56, 16)])
    picture = decoded["image"].numpy()
    picture[700:716, 400:428] = (200, 0, 0)
    decoded["image"] = tf.constant(picture)
    for turn in range(10):
        image = random_crop(decoded, CropConfig(link_share=1.0), VIEW, tf.constant([turn, 6]))["image"].numpy()
        red = np.argwhere((image[..., 2] < 0) & (image[..., 0] > 0))[:, 1].mean()
        blue = np.argwhere(image[..., 0] < 0)[:, 1].mean()
        assert red < blue


def test_stream_of_crops_can_be_entered_anywhere() -> None:
    """From crop n on come the crops that come after n others; a link's class tells the page."""
    decoded = _decoded(96, 96, [(20, 30, 56, 16)])
    crop = CropConfig(size_px=64, per_page=3)

    def pages_from(first: int) -> tf.data.Dataset:
        numbered = tf.data.Dataset.counter(first)
        return numbered.map(lambda number: {**decoded, "groundtruth_classes": tf.reshape(number, [1])})

    def crops(first: int, count: int) -> list[dict[str, np.ndarray]]:
        return list(crops_from(first, pages_from, crop, VIEW, 7).take(count).as_numpy_iterator())

    whole = crops(0, 200)
    for first in (0, 1, 50, 131):
        for taken, expected in zip(crops(first, 20), whole[first : first + 20], strict=True):
            np.testing.assert_array_equal(taken["image"], expected["image"])
            np.testing.assert_array_equal(taken["boxes"], expected["boxes"])
    seen = [(number, taken["classes"]) for number, taken in enumerate(whole) if len(taken["classes"])]
    assert len(seen) > 100 and all(int(page[0]) == page_of_crop(number, crop) for number, page in seen)
    assert len({int(page[0]) for _, page in seen[:12]}) > 8
