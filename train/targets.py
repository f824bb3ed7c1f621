"""What the network should answer for a crop, with silence where neither yes nor no would be right.

Model Garden's labeler knows boxes and background. A prefix that the crop's edge cuts, or that a person marked as
illegible, is neither: anchors on it get weight 0 unless they belong to another, whole prefix.
"""

from __future__ import annotations

import tensorflow as tf
from official.vision.ops import anchor as anchor_ops

IGNORED_OVERLAP = 0.2
"""An anchor lies on an ignored box where they share this part of the smaller of the two."""


class CropLabeler:
    """Labels crops of one size; anchors are computed once, outside the input pipeline."""

    def __init__(self, anchors: anchor_ops.Anchor) -> None:
        """Takes the anchors of a crop."""
        self._labeler = anchor_ops.AnchorLabeler()
        with tf.init_scope():
            self._anchors = {level: tf.constant(boxes.numpy()) for level, boxes in anchors.multilevel_boxes.items()}

    def __call__(self, crop: dict[str, tf.Tensor]) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """Model Garden's (features, labels) of one crop made by `train.crops.random_crop`."""
        whole = ~crop["ignored"]
        class_targets, box_targets, _, class_weights, box_weights = self._labeler.label_anchors(
            self._anchors,
            tf.boolean_mask(crop["boxes"], whole),
            tf.boolean_mask(crop["classes"], whole)[:, tf.newaxis],
        )
        silent = on_ignored(self._flat(), tf.boolean_mask(crop["boxes"], crop["ignored"]))
        labels = {
            "cls_targets": class_targets,
            "box_targets": box_targets,
            "cls_weights": tf.where(silent & (box_weights == 0.0), 0.0, class_weights),
            "box_weights": box_weights,
        }
        return crop["image"], labels

    def _flat(self) -> tf.Tensor:
        return tf.concat([tf.reshape(boxes, [-1, 4]) for boxes in self._anchors.values()], axis=0)


def on_ignored(anchors: tf.Tensor, ignored: tf.Tensor) -> tf.Tensor:
    """Which of the anchors [m, 4] lie on one of the ignored boxes [n, 4]; bool [m]."""
    near = tf.maximum(anchors[:, tf.newaxis, :2], ignored[:, :2])
    far = tf.minimum(anchors[:, tf.newaxis, 2:], ignored[:, 2:])
    shared = tf.reduce_prod(tf.maximum(far - near, 0.0), axis=-1)
    smaller = tf.minimum(
        tf.reduce_prod(anchors[:, 2:] - anchors[:, :2], axis=-1)[:, tf.newaxis],
        tf.reduce_prod(ignored[:, 2:] - ignored[:, :2], axis=-1),
    )
    return tf.reduce_any(shared > IGNORED_OVERLAP * smaller, axis=-1)
