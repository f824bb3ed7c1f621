from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from official.vision.ops import preprocess_ops

from conf.schema.export import ViewConfig
from conf.schema.preprocess import PreprocessConfig
from data.preprocess import apply
from train.preprocess import normalise, normalise_rows, page_input, prepared

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


def test_rows_are_normalised_as_pixels_are() -> None:
    picture = tf.constant(RNG.uniform(0, 255, (1, 5, 7, 3)), tf.float32)
    np.testing.assert_array_equal(normalise_rows(picture)[0], normalise(picture[0]))


@pytest.mark.parametrize("size", [(480, 640), (900, 333), (64, 64), (7, 5)])
@pytest.mark.parametrize(
    "steps",
    [
        PreprocessConfig(stretch=1.0),
        PreprocessConfig(width_px=256, stretch=0.7, stretch_parts=3),
        PreprocessConfig(width_px=300, crop="square", color=0, brightness=2, contrast=1.3),
        PreprocessConfig(color=0.5, sharpness=2.0, contrast=0.7),
    ],
)
def test_the_graph_prepares_pictures_as_the_set_was_prepared(size: tuple[int, int], steps: PreprocessConfig) -> None:
    picture = text_like(*size)
    expected, _ = apply(picture, (), steps)
    graph = tf.function(
        lambda image: prepared(image, steps)[0], input_signature=[tf.TensorSpec([None, None, 3], tf.uint8)]
    )
    found = graph(picture).numpy()
    assert found.shape == expected.shape and found.dtype == expected.dtype
    difference = np.abs(found.astype(int) - expected)
    # Scaling is rounded between its two passes by Pillow and not by TensorFlow: a quarter of a grey on average, which
    # brightness and contrast enlarge, here up to 2.6 times.
    most, mean = (1, 0.02) if steps.width_px is None else (6, 0.65)
    assert difference.max() <= most and difference.mean() < mean


def text_like(height: int, width: int) -> np.ndarray:  # type: ignore[type-arg]
    """Dark strokes on paper in a shadow, with noise."""
    paper = np.full((height, width, 3), 225.0)
    paper[::5, ::3] = (40, 60, 90)
    lit = paper * np.linspace(1, 0.4, width)[None, :, None] + np.random.default_rng(3).normal(0, 3, paper.shape)
    return lit.clip(0, 255).astype(np.uint8)
