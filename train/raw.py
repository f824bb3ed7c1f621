"""The network for one picture size, as phones and browsers run it: all boxes, decoded, and nothing suppressed.

Beside the network itself, time goes where memory does, so that maps are not cut into columns and put together again.
The last convolutions are made anew from the weights that were learnt: without the background, which nobody asks for,
and with a box's numbers listed as its four sides need them, the centre's twice and the size's twice. A side is then
one expression over a whole map and small constants, and reshaping moves nothing.

Boxes are float32 (ymin, xmin, ymax, xmax); the same that `decode.decoded_boxes` gives (a test holds both together).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from official.vision.modeling.heads.dense_prediction_heads import RetinaNetHead
from official.vision.ops import box_ops

from conf.schema.train import ModelConfig
from train.decode import NETWORK_SCOPE
from train.signature import anchor_shapes

_PER_BOX = 4
"""dy, dx, dh, dw."""
_BOXES = "boxes"
"""Model Garden's name of the layer that gives them."""
ENCODED = ((0, 1, 2, 3),)
"""A box as it was learnt."""
SIDES = ((0, 1, 0, 1), (2, 3, 2, 3))
"""For the sides of each anchor in turn: all that moves its centre, then all that changes its size."""


def slim_head(model: Any, classes: int, order: Sequence[Sequence[int]]) -> RetinaNetHead:
    """The head of a RetinaNet without the background's scores.

    Args:
        model: Model Garden's `RetinaNetModel`.
        classes: number of classes, the background not counted.
        order: which of dy, dx, dh, dw the maps of boxes hold: a group after the other, each for all anchors.

    Returns:
        A head whose class maps have `anchors * classes` channels, and its box maps those of `order`.
    """
    old = model.head
    told = {**old.get_config(), "num_classes": classes, "num_params_per_anchor": sum(map(len, order))}
    new = RetinaNetHead.from_config(told)
    new({level: tf.zeros([1, 1, 1, shape[-1]]) for level, shape in model.decoder.output_shape.items()})
    new.trainable = old.trainable  # it decides the order in which weights are listed
    anchors = told["num_anchors_per_location"]
    for mine, learnt in zip(new.weights, old.weights, strict=True):
        values = learnt.numpy()
        if mine.shape != learnt.shape:
            is_box = f"/{_BOXES}/" in learnt.name
            values = _in_order(values, anchors, order) if is_box else _without_background(values, classes)
        mine.assign(values)
    return new


def _in_order(values: npt.NDArray[Any], anchors: int, order: Sequence[Sequence[int]]) -> npt.NDArray[Any]:
    boxes = values.reshape(*values.shape[:-1], anchors, _PER_BOX)
    groups = [boxes[..., list(group)].reshape(*values.shape[:-1], -1) for group in order]
    return np.concatenate(groups, axis=-1)


def _without_background(values: npt.NDArray[Any], classes: int) -> npt.NDArray[Any]:
    return values.reshape(*values.shape[:-1], -1, classes + 1)[..., 1:].reshape(*values.shape[:-1], -1)


def raw_maps(model: Any, head: RetinaNetHead, images: tf.Tensor) -> tuple[dict[int, tf.Tensor], dict[int, tf.Tensor]]:
    """Class maps and box maps by pyramid level.

    Args:
        model: Model Garden's `RetinaNetModel`.
        head: from `slim_head`.
        images: normalised float32 [1, height, width, 3].
    """
    with tf.name_scope(NETWORK_SCOPE):
        features = model.decoder(model.backbone(images, training=False), training=False)
        class_maps, box_maps, _ = head(features, training=False)
    return {int(level): maps for level, maps in class_maps.items()}, {int(n): maps for n, maps in box_maps.items()}


def raw_outputs(
    model: Any, head: RetinaNetHead, images: tf.Tensor, settings: ModelConfig, classes: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Scores and boxes of all anchors, in the order of `decode.anchors`.

    Args:
        model: Model Garden's `RetinaNetModel`.
        head: from `slim_head`, in the order `SIDES`.
        images: normalised float32 [1, height, width, 3], of a size that is known.
        settings: for the anchors.
        classes: number of classes, the background not counted.

    Returns:
        scores [1, n, classes] in 0…1 and boxes [1, n, 4] in pixels, clipped to the picture.
    """
    height, width = int(images.shape[1]), int(images.shape[2])
    class_maps, side_maps = raw_maps(model, head, images)
    logits = [tf.reshape(maps, [1, -1, classes]) for maps in class_maps.values()]
    boxes = [
        tf.reshape(_sides(maps, level, (height, width), settings), [1, -1, 4]) for level, maps in side_maps.items()
    ]
    return tf.sigmoid(tf.concat(logits, axis=1)), tf.concat(boxes, axis=1)


def _sides(maps: tf.Tensor, level: int, size: tuple[int, int], settings: ModelConfig) -> tf.Tensor:
    """[1, rows, columns, anchors * 4]: sides of the boxes of one level."""
    stride = 2**level
    shapes = np.asarray(anchor_shapes(level, settings), np.float32)
    moves, growth = tf.split(maps, 2, axis=-1)
    rows, columns = (np.arange(side // stride, dtype=np.float32) * stride + stride / 2 for side in size)
    y, x = np.zeros((rows.size, 1, len(shapes), 4), np.float32), np.zeros((columns.size, len(shapes), 4), np.float32)
    y[..., 0::2], x[..., 1::2] = rows[:, None, None, None], columns[:, None, None]
    # Rows with the centre, columns with the size: side by side the converter would add them up to one large map.
    centre = moves * np.tile(shapes, 2).ravel() + y.reshape(rows.size, 1, -1)
    half = np.concatenate([-shapes, shapes], axis=1).ravel() / 2
    reach = tf.exp(tf.minimum(growth, box_ops.BBOX_XFORM_CLIP)) * half + x.reshape(columns.size, -1)
    ends = np.tile(np.asarray(size, np.float32), 2 * len(shapes))
    return tf.minimum(tf.maximum(centre + reach, 0.0), ends)
