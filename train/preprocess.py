"""What happens to pixels before the network sees them, said once for training, validation and export.

A picture is scaled to a common width, since the size of print follows the width of a page and not the number of
pixels of the camera; then normalised; then padded with zeros at the bottom and on the right. What was done to the
pictures of the set before (`preprocess=…` of `python -m data merge`) is done first, by the definition in `data`.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from official.vision.ops import preprocess_ops

from conf.schema.export import ViewConfig
from conf.schema.preprocess import PreprocessConfig
from data.enhance import Maths, enhanced
from data.preprocess import Placement, placement

PAD_MULTIPLE = 32
"""Every pyramid level must halve evenly: 2 to the power of the coarsest level allowed."""

TENSORS = Maths(
    floor=tf.floor,
    clip=tf.clip_by_value,
    maximum=tf.maximum,
    absolute=tf.abs,
    where=tf.where,
    sort=tf.sort,
    take=tf.gather,
    reshape=tf.reshape,
    transpose=tf.transpose,
    concatenate=tf.concat,
    arange=tf.range,
    mean=tf.reduce_mean,
    to_float=lambda values: tf.cast(values, tf.float32),
    shape=tf.shape,
)
"""TensorFlow's spelling of what `data.enhance` is written in."""


def normalise(pixels: tf.Tensor) -> tf.Tensor:
    """Zero mean and unit deviation over ImageNet, as Model Garden's published backbones expect.

    Args:
        pixels: [height, width, 3] of any numeric dtype, RGB in 0…255.

    Returns:
        float32 of the same shape.
    """
    return preprocess_ops.normalize_scaled_float_image(
        tf.cast(pixels, tf.float32), preprocess_ops.MEAN_RGB, preprocess_ops.STDDEV_RGB
    )


def normalise_rows(images: tf.Tensor) -> tf.Tensor:
    """`normalise` for pictures of one known size, at a tenth of the time on a phone's or a browser's kernels.

    They take three numbers a pixel one by one, and a whole row's by vector instructions.

    Args:
        images: float32 [1, height, width, 3], RGB in 0…255.

    Returns:
        float32 of the same shape.
    """
    _, height, width, channels = images.shape
    mean, deviation = (np.tile(values, width) for values in (preprocess_ops.MEAN_RGB, preprocess_ops.STDDEV_RGB))
    rows = tf.reshape(images, [1, height, width * channels])
    rows = preprocess_ops.normalize_scaled_float_image(rows, mean.astype(np.float32), deviation.astype(np.float32))
    return tf.reshape(rows, images.shape)


def detection_scale(width: tf.Tensor, view: ViewConfig) -> tf.Tensor:
    """Factor by which a picture of `width` pixels is scaled for detection: to `view.width_px`, within `max_upscale`."""
    return tf.minimum(view.width_px / tf.cast(width, tf.float32), view.max_upscale)


def resize(pixels: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Scales to `size` (height, width), with antialiasing where it shrinks; float32 in 0…255."""
    return tf.image.resize(pixels, size, antialias=True)


def prepared(picture: tf.Tensor, config: PreprocessConfig) -> tuple[tf.Tensor, Placement]:
    """A picture after the steps that `data.preprocess.apply` does, up to the rounding of its scaling.

    Args:
        picture: uint8 [height, width, 3], RGB, of any size.

    Returns:
        uint8 of the same rank, and where its pixels came from, in tensors.
    """
    size = tf.shape(picture)
    place = placement(size[1], size[0], config, tf.minimum, tf.maximum)
    pixels = tf.cast(picture, tf.float32)
    if config.width_px is not None:
        scaled = tf.image.resize(pixels, [place.scaled_height, place.scaled_width], "bicubic", antialias=True)
        pixels = tf.clip_by_value(tf.round(scaled), 0.0, 255.0)
    pixels = pixels[place.top : place.top + place.height, place.left : place.left + place.width]
    return tf.cast(enhanced(pixels, config, TENSORS), tf.uint8), place


def page_input(picture: tf.Tensor, view: ViewConfig) -> tuple[tf.Tensor, tf.Tensor]:
    """A whole picture as the network sees it.

    Args:
        picture: uint8 [height, width, 3], RGB, of any size.

    Returns:
        float32 [height', width', 3], both multiples of 32, and float32 (y, x) factors from the picture's pixels
        to those of the first result.
    """
    original = tf.shape(picture)[:2]
    scaled = tf.cast(tf.round(tf.cast(original, tf.float32) * detection_scale(original[1], view)), tf.int32)
    scaled = tf.maximum(scaled, 1)
    pixels = tf.cond(
        tf.reduce_all(scaled == original),
        lambda: tf.cast(picture, tf.float32),
        lambda: resize(picture, scaled),
    )
    padding = -scaled % PAD_MULTIPLE
    page = tf.pad(normalise(pixels), [[0, padding[0]], [0, padding[1]], [0, 0]])
    page.set_shape([None, None, 3])
    return page, tf.cast(scaled, tf.float32) / tf.cast(original, tf.float32)
