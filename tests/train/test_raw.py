"""The graph for one picture size answers as the network and the formulas of `decode` do."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from conf.schema.train import ModelConfig
from train.decode import anchors, decoded_boxes, flat_outputs
from train.experiment import network
from train.raw import ENCODED, SIDES, raw_maps, raw_outputs, slim_head
from train.task import build_network

MODEL = ModelConfig(width=0.25, fpn_channels=16, head_convs=1, anchor_aspect_ratios=[0.7, 2.2, 4.0])


# With the background as many as a box has numbers; without it as many as a box has numbers for its sides.
@pytest.mark.parametrize("classes", [3, 8])
def test_cheap_graph_equals_the_plain_one(classes: int) -> None:
    size, rng = (64, 96), np.random.default_rng(1)
    model = build_network(network(MODEL, 64, classes))
    for weight in model.head.trainable_variables:  # those of a fresh head answer alike everywhere
        weight.assign_add(rng.normal(0, 0.5, weight.shape).astype(np.float32))
    images = tf.constant(rng.normal(0, 1, (1, *size, 3)), tf.float32)
    scores, boxes = raw_outputs(model, slim_head(model, classes, SIDES), images, MODEL, classes)
    expected, deltas = flat_outputs(model, images, classes)
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    np.testing.assert_allclose(
        boxes, decoded_boxes(deltas, anchors(*size, MODEL), tf.constant(size)), atol=1e-3, rtol=0
    )
    assert np.ptp(scores) > 0.2 and np.asarray(boxes).std(axis=1).min() > 1
    model.head.trainable = False  # as after training with a frozen head: weights are listed in another order
    logits, encoded = raw_maps(model, slim_head(model, classes, ENCODED), images)
    assert list(logits) == [3, 4, 5]
    listed = tf.concat([tf.reshape(maps, [1, -1, 4]) for maps in encoded.values()], axis=1)
    np.testing.assert_allclose(listed, deltas, atol=1e-5)
