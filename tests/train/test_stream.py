"""Rendered pages train as those of shards do, without a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from official.vision.dataloaders.tf_example_decoder import TfExampleDecoder

from conf.app import composed
from conf.schema.synth import SynthConfig
from conf.schema.train import TrainConfig
from data import read_dataset
from data.formats.tfrecord import write_shards
from synth.generate import generate
from train.crops import crops_of_pages
from train.experiment import anchors_of_crop
from train.stream import pages
from train.targets import CropLabeler

SMALL = ("camera.width_px=384", "camera.height_px=448", "link=dense", "camera.x_height_px=[6,12]")


@pytest.fixture(scope="module")
def config() -> SynthConfig:
    return composed("synth", SynthConfig, [*SMALL, "seed=5"])


def test_pages_are_those_of_the_shards_of_the_same_set(config: SynthConfig, tmp_path: Path) -> None:
    out = generate(composed("synth", SynthConfig, [*SMALL, "seed=5", "count=6", "workers=1", f"out={tmp_path}/a"]))
    shards = write_shards(read_dataset(out.folder), tmp_path / "shards")
    written = tf.data.TFRecordDataset([str(path) for path in shards]).map(
        TfExampleDecoder(regenerate_source_id=True).decode
    )
    streamed = pages(config, count=6)
    assert streamed.element_spec["image"].dtype == tf.uint8
    links = 0
    for page, other in zip(streamed.as_numpy_iterator(), written.as_numpy_iterator(), strict=True):
        assert page.keys() == other.keys()
        assert page["image"].shape == (448, 384, 3)
        np.testing.assert_array_equal(page["image"], other["image"])
        np.testing.assert_array_equal(page["groundtruth_is_crowd"], other["groundtruth_is_crowd"])
        np.testing.assert_array_equal(page["groundtruth_classes"], other["groundtruth_classes"])
        np.testing.assert_allclose(page["groundtruth_boxes"], other["groundtruth_boxes"], atol=0.011 / 384)
        links += len(page["groundtruth_boxes"])
    assert links > 6


@pytest.mark.parametrize("workers", [1, 2])
def test_batches_for_training_come_out_of_the_stream(config: SynthConfig, workers: int) -> None:
    training = TrainConfig(dataset="none", out="none")
    labeler = CropLabeler(anchors_of_crop(training.model, training.crop.size_px))

    def batches(count: int) -> list[tuple[np.ndarray, dict[str, dict[str, np.ndarray]]]]:
        crops = crops_of_pages(pages(config, workers=workers), training.crop, training.export, seed=1)
        return list(crops.map(labeler).batch(8).take(count).as_numpy_iterator())

    first, again = batches(2), batches(2)
    side = training.crop.size_px
    assert [images.shape for images, _ in first] == [(8, side, side, 3)] * 2
    positives = sum((level > 0).sum() for _, labels in first for level in labels["cls_targets"].values())
    assert positives > 8  # anchors that lie on a prefix
    for (images, labels), (same, same_labels) in zip(first, again, strict=True):
        np.testing.assert_array_equal(images, same)
        tf.nest.map_structure(np.testing.assert_array_equal, labels, same_labels)
