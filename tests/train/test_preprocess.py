from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from official.vision.ops import preprocess_ops

from conf.schema.export import ViewConfig
from train.preprocess import normalise, page_input

RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("size", "scaled"),
    [((1448, 1024), (1448, 1024)), ((3000, 2048), (1500, 1024)), ((200, 300), (400, 600)), ((7, 5000), (1, 1024))],
)
def test_page_is_scaled_to_one_width_and_padded(size: tuple[int, int], scaled: tuple[int, int]) -> None:
    picture = RNG.integers(1, 256, (*size, 3), dtype=np.uint8)
    page, scale = page_input(tf.constant(picture), ViewConfig(width_px=1024, max_upscale=2.0))
    height, width = scaled
    assert page.shape[0] == -(-height // 32) * 32
    assert page.shape[1] == -(-width // 32) * 32
    np.testing.assert_allclose(scale, [height / size[0], width / size[1]], rtol=1e-6)
    assert not page.numpy()[height:].any()
    assert not page.numpy()[:, width:].any()


def test_native_page_is_only_normalised_as_model_garden_does() -> None:
    picture = tf.constant(RNG.integers(0, 256, (64, 1024, 3), dtype=np.uint8))
    page, _ = page_input(picture, ViewConfig(width_px=1024))
    np.testing.assert_allclose(page, preprocess_ops.normalize_image(picture), atol=1e-5)
    np.testing.assert_array_equal(page, normalise(picture))
