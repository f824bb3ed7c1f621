"""Cuts training crops out of a decoded page.

Model Garden's own scale jitter places windows blindly; a page has one link on average and most windows would be
empty. Here a share of the windows is drawn around a random link, each at a random scale relative to the scale at
which whole pages are detected later. Text is never flipped. Every draw is a pure function of its seed.

Boxes are float32 [n, 4] (ymin, xmin, ymax, xmax) in pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import tensorflow as tf

from conf.schema.export import ViewConfig
from conf.schema.train import CropConfig
from train.preprocess import PAD_MULTIPLE, detection_scale, normalise, resize

PAGES_MIXED = 16
"""Pages that neighbouring crops come from."""


def random_window(
    size: tf.Tensor, boxes: tf.Tensor, crop: CropConfig, view: ViewConfig, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Draws a square window of a page.

    It may overhang the bottom and the right edge by as much as an exported model pads.

    Args:
        size: int32 (height, width) of the page.
        boxes: links that a window may be drawn around; may be none.
        seed: int [2] of a stateless draw.

    Returns:
        int32 (top, left) and the side, in pixels of the page.
    """
    draw = tf.random.stateless_uniform([5], seed)
    jitter = tf.exp(math.log(crop.scale_min) + draw[0] * math.log(crop.scale_max / crop.scale_min))
    scale = detection_scale(size[1], view) * jitter
    side = tf.cast(tf.maximum(tf.round(crop.size_px / scale), 1), tf.int32)
    overhang = tf.cast((PAD_MULTIPLE - 1) / scale, tf.int32)
    reach = tf.cast(tf.maximum(size + overhang - side, 0), tf.float32)

    def anywhere() -> tf.Tensor:
        return reach * draw[1:3]

    def around_link() -> tf.Tensor:
        count = tf.cast(tf.shape(boxes)[0], tf.float32)
        box = boxes[tf.cast(draw[3] * count, tf.int32)]
        first, last = box[2:] - tf.cast(side, tf.float32), box[:2]
        first, last = tf.minimum(first, last), tf.maximum(first, last)
        return tf.clip_by_value(first + (last - first) * draw[1:3], 0.0, reach)

    wanted = tf.logical_and(tf.shape(boxes)[0] > 0, draw[4] < crop.link_share)
    corner = tf.cond(wanted, around_link, anywhere)
    return tf.cast(tf.round(corner), tf.int32), side


def cut(
    picture: tf.Tensor, boxes: tf.Tensor, corner: tf.Tensor, side: tf.Tensor, crop: CropConfig
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Cuts a window and scales it to the network's input.

    Args:
        picture: uint8 [height, width, 3].
        boxes: in pixels of the picture.
        corner, side: of the window, from `random_window`.

    Returns:
        normalised float32 [size_px, size_px, 3]; the boxes in its pixels, clipped to it; the share of each box's
        area that is left, 0 where it lies outside.
    """
    window = picture[corner[0] : corner[0] + side, corner[1] : corner[1] + side]
    missing = side - tf.shape(window)[:2]
    window = tf.pad(normalise(window), [[0, missing[0]], [0, missing[1]], [0, 0]])
    pixels = tf.ensure_shape(resize(window, [crop.size_px, crop.size_px]), [crop.size_px, crop.size_px, 3])

    origin = tf.tile(tf.cast(corner, tf.float32), [2])
    whole = (boxes - origin) * (crop.size_px / tf.cast(side, tf.float32))
    clipped = tf.clip_by_value(whole, 0.0, float(crop.size_px))
    return pixels, clipped, tf.math.divide_no_nan(area(clipped), area(whole))


def area(boxes: tf.Tensor) -> tf.Tensor:
    """Area of each box, in square pixels."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def random_crop(
    page: dict[str, tf.Tensor], crop: CropConfig, view: ViewConfig, seed: tf.Tensor
) -> dict[str, tf.Tensor]:
    """One training crop of a page decoded by Model Garden's `TfExampleDecoder`.

    Returns:
        `image` as the network sees it; `boxes` and `classes` of all links of which something is visible;
        `ignored`, true where a link is cut by the window or was marked to be ignored.
    """
    size = tf.shape(page["image"])[:2]
    boxes = page["groundtruth_boxes"] * tf.tile(tf.cast(size, tf.float32), [2])
    crowd = page["groundtruth_is_crowd"]
    corner, side = random_window(size, tf.boolean_mask(boxes, ~crowd), crop, view, seed)
    image, boxes, visible = cut(page["image"], boxes, corner, side, crop)
    seen = visible > 0
    return {
        "image": image,
        "boxes": tf.boolean_mask(boxes, seen),
        "classes": tf.boolean_mask(page["groundtruth_classes"], seen),
        "ignored": tf.boolean_mask(crowd | (visible < crop.min_visible), seen),
    }


def crops_of_pages(
    pages: tf.data.Dataset, crop: CropConfig, view: ViewConfig, seed: int, first_page: int = 0
) -> tf.data.Dataset:
    """Turns decoded pages into crops: `crop.per_page` of each, in turns from `PAGES_MIXED` pages at a time.

    Args:
        pages: from page `first_page` of the stream on, which must begin such a group of pages.
        crop, view: what crops are like.
        seed: with its number, it decides a crop.
        first_page: number of the first of the pages.
    """

    def crops_of(index: tf.Tensor, page: dict[str, tf.Tensor]) -> tf.data.Dataset:
        turns = tf.data.Dataset.range(crop.per_page)
        return turns.map(lambda turn: random_crop(page, crop, view, tf.stack([index * crop.per_page + turn, seed])))

    # Neighbouring crops are of different pages; each crop's number says its page, see `page_of_crop`.
    return pages.enumerate(first_page).interleave(
        crops_of, cycle_length=PAGES_MIXED, block_length=1, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
    )


def crops_from(
    first: int, pages_from: Callable[[int], tf.data.Dataset], crop: CropConfig, view: ViewConfig, seed: int
) -> tf.data.Dataset:
    """The endless stream of crops from crop `first` on, without making those before its group of pages.

    Args:
        first: number of the crop to begin with.
        pages_from: gives decoded pages from a number of a page on.
        crop, view, seed: as of `crops_of_pages`.
    """
    group = first // (PAGES_MIXED * crop.per_page)
    first_page = group * PAGES_MIXED
    crops = crops_of_pages(pages_from(first_page), crop, view, seed, first_page)
    return crops.skip(first - first_page * crop.per_page)


def page_of_crop(number: int, crop: CropConfig) -> int:
    """Number of the page that crop `number` of the stream is cut from."""
    group, place = divmod(number, PAGES_MIXED * crop.per_page)
    return group * PAGES_MIXED + place % PAGES_MIXED
