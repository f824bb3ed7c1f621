from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from official.vision.modeling.layers.detection_generator import MultilevelDetectionGenerator
from official.vision.ops.anchor import Anchor
from official.vision.utils.object_detection import box_list, faster_rcnn_box_coder

from conf.schema.export import ViewConfig
from conf.schema.train import ModelConfig
from train.decode import anchors, decoded_boxes, detect

MODEL = ModelConfig()
VIEW = ViewConfig()


def _model_garden(height: int, width: int, model: ModelConfig) -> dict[str, tf.Tensor]:
    return dict(
        Anchor(
            model.min_level,
            model.max_level,
            model.anchor_scales,
            model.anchor_aspect_ratios,
            model.anchor_size,
            [height, width],
        ).multilevel_boxes
    )


@pytest.mark.parametrize("size", [(320, 320), (1472, 1024), (64, 1600)])
def test_anchors_of_a_size_known_late_are_model_gardens(size: tuple[int, int]) -> None:
    model = ModelConfig(anchor_aspect_ratios=[0.7, 2.2, 4.0])
    late = tf.function(lambda hw: anchors(hw[0], hw[1], model))(tf.constant(size))
    expected = tf.concat([tf.reshape(boxes, [-1, 4]) for boxes in _model_garden(*size, model).values()], axis=0)
    np.testing.assert_allclose(late, expected, atol=1e-4)


def test_decoding_is_model_gardens() -> None:
    """Raw maps through Model Garden's own generator, and through ours."""
    height, width, rng = 96, 128, np.random.default_rng(1)
    levels = _model_garden(height, width, MODEL)
    deltas = {k: tf.constant(rng.normal(0, 0.5, (1, *v.shape)), tf.float32) for k, v in levels.items()}
    logits = {k: tf.zeros([1, *v.shape[:2], v.shape[2] // 2]) for k, v in levels.items()}
    generator = MultilevelDetectionGenerator(apply_nms=False)
    theirs = generator(deltas, logits, {k: v[tf.newaxis] for k, v in levels.items()}, tf.constant([[height, width]]))
    flat = tf.concat([tf.reshape(v, [1, -1, 4]) for v in deltas.values()], axis=1)
    ours = decoded_boxes(flat, anchors(height, width, MODEL), tf.constant([height, width]))
    np.testing.assert_allclose(ours, np.reshape(theirs["decoded_boxes"], ours.shape), atol=1e-3)


def test_decoding_undoes_the_encoding_of_training() -> None:
    boxes = tf.constant([[10.0, 20.0, 26.0, 76.0]])
    places = anchors(64, 96, MODEL)
    coder = faster_rcnn_box_coder.FasterRcnnBoxCoder()
    deltas = coder.encode(box_list.BoxList(tf.repeat(boxes, len(places), axis=0)), box_list.BoxList(places))
    np.testing.assert_allclose(
        decoded_boxes(deltas, places, tf.constant([64, 96])), np.repeat(boxes, len(places), axis=0), atol=1e-3
    )


class _Answers:
    """A network that answers as told: logits at given anchors, boxes at their anchors."""

    def __init__(self, size: tuple[int, int], logits: dict[int, list[float]], classes: int) -> None:
        self._levels = _model_garden(*size, MODEL)
        total = sum(v.shape[0] * v.shape[1] * 6 for v in self._levels.values())
        self._logits = np.full((total, classes + 1), -20.0, np.float32)
        self._logits[:, 0] = 20.0  # the background's column must not be read
        for place, values in logits.items():
            self._logits[place, 1:] = values

    def backbone(self, images: tf.Tensor, training: bool) -> tf.Tensor:
        return images

    decoder = backbone

    def head(self, features: tf.Tensor, training: bool) -> tuple[dict[str, tf.Tensor], dict[str, tf.Tensor], None]:
        scores, start = {}, 0
        for level, boxes in self._levels.items():
            count = boxes.shape[0] * boxes.shape[1] * 6
            scores[level] = tf.reshape(self._logits[start : start + count], [1, *boxes.shape[:2], -1])
            start += count
        return scores, {level: tf.zeros([1, *boxes.shape]) for level, boxes in self._levels.items()}, None


def test_detections_follow_the_contract() -> None:
    size = (96, 128)
    places = anchors(*size, MODEL).numpy()
    inside = np.flatnonzero((places[:, :2] > 0).all(axis=1) & (places[:, 2] < 96) & (places[:, 3] < 128))
    first, last = int(inside[0]), int(inside[-1])
    model = _Answers(size, {first: [1.0, -20.0], first + 1: [0.5, 2.0], last: [-20.0, 3.0]}, classes=2)
    scale = tf.constant([0.5, 0.5])
    found = detect(model, tf.zeros([*size, 3]), scale, tf.constant([192, 256]), MODEL, VIEW, 2)
    assert {name: (tuple(v.shape), v.dtype) for name, v in found.items()} == {
        "detection_boxes": ((1, 100, 4), tf.float32),
        "detection_scores": ((1, 100), tf.float32),
        "detection_classes": ((1, 100), tf.int32),
        "num_detections": ((1,), tf.int32),
    }
    assert found["num_detections"].numpy().tolist() == [2]  # two of the three overlap
    np.testing.assert_allclose(found["detection_scores"][0, :3], tf.sigmoid([3.0, 2.0, -99.0]), atol=1e-6)
    assert found["detection_classes"].numpy()[0, :3].tolist() == [2, 2, 0]
    np.testing.assert_allclose(found["detection_boxes"][0, 0], places[last] * 2, atol=1e-3)
    assert not found["detection_boxes"].numpy()[0, 2:].any()


def test_boxes_end_at_the_edge_of_the_picture() -> None:
    size = (96, 128)
    last = len(anchors(*size, MODEL)) - 1
    found = detect(
        _Answers(size, {last: [3.0]}, 1), tf.zeros([*size, 3]), tf.ones([2]), tf.constant([90, 120]), MODEL, VIEW, 1
    )
    assert found["detection_boxes"].numpy()[0, 0, 2:].tolist() == [90.0, 120.0]
