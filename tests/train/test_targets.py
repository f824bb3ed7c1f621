from __future__ import annotations

import numpy as np
import tensorflow as tf

from conf.schema.train import TrainConfig
from train.dataset import TrainingData
from train.experiment import anchors_of_crop, experiment
from train.targets import CropLabeler, on_ignored
from train.task import PageDetection

CONFIG = TrainConfig(dataset="none")
SIDE = CONFIG.crop.size_px
ANCHORS = anchors_of_crop(CONFIG.model, SIDE)
FLAT = np.concatenate([np.reshape(boxes, [-1, 4]) for boxes in ANCHORS.multilevel_boxes.values()])


def _labels(boxes: list[list[float]], ignored: list[bool]) -> dict[str, tf.Tensor]:
    crop = {
        "image": tf.zeros([SIDE, SIDE, 3]),
        "boxes": tf.constant(boxes, tf.float32, shape=[len(boxes), 4]),
        "classes": tf.ones([len(boxes)], tf.int64),
        "ignored": tf.constant(ignored, tf.bool, shape=[len(boxes)]),
    }
    return dict(CropLabeler(ANCHORS)(crop)[1])


def _iou(box: list[float]) -> np.ndarray:
    near, far = np.maximum(FLAT[:, :2], box[:2]), np.minimum(FLAT[:, 2:], box[2:])
    shared = np.prod(np.maximum(far - near, 0), axis=1)
    area = np.prod(FLAT[:, 2:] - FLAT[:, :2], axis=1) + (box[2] - box[0]) * (box[3] - box[1])
    return shared / (area - shared)


PREFIX = [100.0, 100.0, 116.0, 156.0]


def test_anchors_on_a_link_are_positive_and_the_rest_background() -> None:
    labels = _labels([PREFIX], [False])
    positive = labels["box_weights"].numpy() > 0
    assert positive.sum() >= 2
    np.testing.assert_array_equal(positive, _iou(PREFIX) >= 0.5)
    np.testing.assert_array_equal(labels["cls_weights"], np.ones(len(FLAT)))
    classes = np.concatenate([np.ravel(maps) for maps in labels["cls_targets"].values()])
    np.testing.assert_array_equal(classes == 1, positive)


def test_ignored_link_has_no_weight_and_the_rest_is_background() -> None:
    labels = _labels([PREFIX], [True])
    weights, overlap = labels["cls_weights"].numpy(), _iou(PREFIX)
    assert labels["box_weights"].numpy().sum() == 0
    assert (weights[overlap > 0.2] == 0).all()
    assert (weights[overlap == 0] == 1).all()
    assert (weights[overlap > 0.2]).size > 10


def test_link_beside_an_ignored_one_is_still_learnt() -> None:
    neighbour = [100.0, 140.0, 116.0, 196.0]
    labels = _labels([PREFIX, neighbour], [False, True])
    positive = labels["box_weights"].numpy() > 0
    np.testing.assert_array_equal(positive, _iou(PREFIX) >= 0.5)
    assert (labels["cls_weights"].numpy()[positive] == 1).all()
    assert (labels["cls_weights"].numpy()[(_iou(neighbour) > 0.5) & ~positive] == 0).all()


def test_ignored_sliver_silences_little() -> None:
    silent = on_ignored(tf.constant(FLAT), tf.constant([[100.0, 0.0, 116.0, 3.0]])).numpy()
    assert 0 < silent.sum() < 0.02 * len(FLAT)


def test_crop_without_links_is_background_with_finite_loss() -> None:
    labels = _labels([], [])
    assert labels["cls_weights"].numpy().min() == 1
    assert labels["box_weights"].numpy().max() == 0
    task = PageDetection(experiment(CONFIG, TrainingData((), (), ("http",))).task, CONFIG, 1)
    per_place = ANCHORS.anchors_per_location
    outputs = {
        "cls_outputs": {k: tf.fill([1, *v.shape[:2], 2 * per_place], -4.6) for k, v in labels["cls_targets"].items()},
        "box_outputs": {k: tf.ones([1, *v.shape[:2], 4 * per_place]) for k, v in labels["cls_targets"].items()},
    }
    total, classes, boxes, _ = task.build_losses(outputs, tf.nest.map_structure(lambda x: x[tf.newaxis], labels))
    assert np.isfinite(total)
    assert classes > 0
    assert boxes == 0


def test_anchor_aspect_ratio_is_width_by_height() -> None:
    height, width = FLAT[:, 2] - FLAT[:, 0], FLAT[:, 3] - FLAT[:, 1]
    np.testing.assert_allclose(sorted(set(np.round(width / height, 2))), [2.2, 4.0])
