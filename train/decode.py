"""From the network's raw maps to boxes, for pictures of any size.

Model Garden makes anchors and decodes them for sizes known when the graph is built; a page is as tall as it is.
The same formulas are written here for sizes known only when a picture arrives (tests hold both against each other),
and used wherever boxes come out: validation, SavedModel, TensorFlow.js.

Boxes are float32 (ymin, xmin, ymax, xmax).
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from official.vision.ops import box_ops

from conf.schema.export import ViewConfig
from conf.schema.train import ModelConfig
from train.signature import anchor_shapes

MAX_DETECTIONS = 100
NETWORK_SCOPE = "network"
"""In the graph, what was learnt has this in its name; anchors have not."""
_CANDIDATES = 2000


def anchors(height: tf.Tensor, width: tf.Tensor, model: ModelConfig) -> tf.Tensor:
    """All anchors of a picture whose sides are multiples of the coarsest stride.

    Returns:
        [n, 4] in pixels, in the order in which `flat_outputs` lists the network's answers: levels, rows, columns,
        sizes, aspect ratios; the boxes of `official.vision.ops.anchor.Anchor`.
    """
    return tf.concat(
        [_anchors_of_level(height, width, level, model) for level in range(model.min_level, model.max_level + 1)],
        axis=0,
    )


def _anchors_of_level(height: tf.Tensor, width: tf.Tensor, level: int, model: ModelConfig) -> tf.Tensor:
    stride = 2**level
    half = tf.constant(anchor_shapes(level, model), tf.float32) / 2
    y = (tf.range(height // stride, dtype=tf.float32) + 0.5) * stride
    x = (tf.range(width // stride, dtype=tf.float32) + 0.5) * stride
    centres = tf.stack(tf.meshgrid(y, x, indexing="ij"), axis=-1)[:, :, tf.newaxis]
    return tf.reshape(tf.concat([centres - half, centres + half], axis=-1), [-1, 4])


def flat_outputs(model: Any, images: tf.Tensor, classes: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Runs a Model Garden RetinaNet for inference, without its own post-processing.

    Args:
        model: `RetinaNetModel`.
        images: normalised float32 [batch, height, width, 3].
        classes: number of classes, the background not counted.

    Returns:
        scores [batch, n, classes] in 0…1 and encoded boxes [batch, n, 4].
    """
    with tf.name_scope(NETWORK_SCOPE):
        features = model.decoder(model.backbone(images, training=False), training=False)
        class_maps, box_maps, _ = model.head(features, training=False)
    batch = tf.shape(images)[0]
    # Model Garden keeps a column for the background, which is never asked for.
    logits = [tf.reshape(maps, [batch, -1, classes + 1])[..., 1:] for maps in class_maps.values()]
    deltas = [tf.reshape(maps, [batch, -1, 4]) for maps in box_maps.values()]
    # Of mixed precision the network's last layers give half numbers.
    return (
        tf.sigmoid(tf.cast(tf.concat(logits, axis=1), tf.float32)),
        tf.cast(tf.concat(deltas, axis=1), tf.float32),
    )


def decoded_boxes(
    deltas: tf.Tensor, anchor_boxes: tf.Tensor, size: tf.Tensor, scale: tf.Tensor | None = None
) -> tf.Tensor:
    """Boxes in pixels of the picture.

    Args:
        deltas: [..., n, 4] from `flat_outputs`.
        anchor_boxes: [n, 4].
        size: (height, width) of the picture, to which boxes are clipped.
        scale: (y, x) factors from the picture to the network's input, where they differ.
    """
    boxes = box_ops.decode_boxes(deltas, anchor_boxes)
    boxes = boxes if scale is None else boxes / tf.tile(scale, [2])
    return tf.clip_by_value(boxes, 0.0, tf.cast(tf.tile(size, [2]), tf.float32))


def detect(
    model: Any,
    page: tf.Tensor,
    scale: tf.Tensor,
    size: tf.Tensor,
    settings: ModelConfig,
    view: ViewConfig,
    classes: int,
) -> dict[str, tf.Tensor]:
    """Detections on one page.

    Each anchor speaks for its best class, and boxes of different classes suppress each other: a printed prefix
    has one class.

    Args:
        page: from `preprocess.page_input`, with its `scale`.
        size: int32 (height, width) of the original picture.

    Returns:
        `detection_boxes` float32 [1, 100, 4] in pixels of the original picture, `detection_scores` float32 [1, 100]
        falling, `detection_classes` int32 [1, 100] from 1, `num_detections` int32 [1]; the rest is zeros.
    """
    scores, deltas = flat_outputs(model, page[tf.newaxis], classes)
    best, label = tf.reduce_max(scores[0], axis=-1), tf.argmax(scores[0], axis=-1, output_type=tf.int32)
    best, chosen = tf.math.top_k(best, tf.minimum(_CANDIDATES, tf.shape(best)[0]))
    shapes = tf.gather(anchors(tf.shape(page)[0], tf.shape(page)[1], settings), chosen)
    boxes = decoded_boxes(tf.gather(deltas[0], chosen), shapes, size, scale)
    label = tf.gather(label, chosen)
    kept = tf.image.non_max_suppression(boxes, best, MAX_DETECTIONS, view.nms_iou, view.min_score)
    found = tf.shape(kept)[0]

    def padded(values: tf.Tensor) -> tf.Tensor:
        rows = tf.gather(values, kept)
        rest = [[0, MAX_DETECTIONS - found]] + [[0, 0]] * (len(values.shape) - 1)
        return tf.reshape(tf.pad(rows, rest), [1, MAX_DETECTIONS, *values.shape[1:]])

    return {
        "detection_boxes": padded(boxes),
        "detection_scores": padded(best),
        "detection_classes": padded(label + 1),
        "num_detections": found[tf.newaxis],
    }
