"""Rendered pages train as those of shards do, without a file."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from official.vision.dataloaders.tf_example_decoder import TfExampleDecoder

from conf.app import composed
from conf.schema.stream import StreamConfig
from conf.schema.synth import SynthConfig
from conf.schema.train import TrainConfig
from data import read_dataset
from data.formats.tfrecord import write_shards
from synth.generate import generate
from train.crops import crops_of_pages
from train.dataset import training_data
from train.experiment import anchors_of_crop, experiment
from train.rendered import first_page, records, validation_shard
from train.stream import pages
from train.targets import CropLabeler
from train.task import PageDetection
from train.trainer import PageTrainer

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


def test_resumed_stream_goes_on_at_the_page_it_had_come_to() -> None:
    """The batch of step 9 is the same whether or not those before it were made; pages are numbered, not counted."""
    keys = dict(item.split("=") for item in SMALL)
    training = composed("train", TrainConfig, ["out=none", "dataset=stream", "batch_size=8", "crop.size_px=64"])
    training.stream = StreamConfig({**keys, "camera.x_height_px": [6, 12]}, workers=1)
    data = training_data(training)
    params = experiment(training, data)
    task = PageDetection(params.task, training, 1, stream=data.stream)
    through = list(task.batches(params.task.train_data, 0).take(10).as_numpy_iterator())
    (resumed,) = task.batches(params.task.train_data, 9).take(1).as_numpy_iterator()
    tf.nest.map_structure(np.testing.assert_array_equal, through[9], resumed)
    assert not np.array_equal(through[8][0], resumed[0])
    _, _, names = task.batch_of(9)
    assert {int(name.split()[1]) for name in names} == {16 * (72 // 64) + place for place in range(8, 16)}
    half = tf.distribute.InputContext(num_input_pipelines=1, input_pipeline_id=0, num_replicas_in_sync=2)
    images, _ = next(iter(task.batches(params.task.train_data, 9, half)))
    np.testing.assert_array_equal(images, resumed[0][:4])


def test_pages_to_validate_on_are_rendered_once_and_are_not_learnt_from(config: SynthConfig, tmp_path: Path) -> None:
    shard = validation_shard(config, 2, tmp_path / "validation" / "pages.tfrecord")
    first = shard.read_bytes()
    assert len(list(tf.data.TFRecordDataset([str(shard)]))) == 2
    written = shard.stat().st_mtime_ns
    assert validation_shard(config, 2, shard) == shard and shard.stat().st_mtime_ns == written
    learnt = next(iter(records(config, count=1)))
    assert learnt not in first
    assert first_page(0, 7) == 7 and first_page(1, 0) > 10**6


def test_waiting_for_a_late_batch_is_counted() -> None:
    """Three batches that take a tenth of a second each."""

    def late() -> Iterator[float]:
        while True:
            time.sleep(0.1)
            yield 1.0

    trainer = PageTrainer.__new__(PageTrainer)  # of all that a trainer is, the clock alone is asked
    trainer._waited = tf.Variable(0.0, dtype=tf.float64)
    batches = iter(tf.data.Dataset.from_generator(late, output_signature=tf.TensorSpec([])))
    tf.function(lambda: [trainer.next_train_inputs(batches) for _ in range(3)])()
    assert 0.25 < float(trainer._waited) < 3


@pytest.mark.slow
def test_the_command_learns_from_pages_that_it_renders(tmp_path: Path) -> None:
    """From the command line to a run that can be evaluated, with pages to validate on of its own, without a set."""
    pages_of = "{link: dense, camera.width_px: 384, camera.height_px: 448, camera.x_height_px: [6, 12]}"
    command = ("dataset=stream", f"stream.synth={pages_of}", "stream.validation_pages=6", f"out={tmp_path / 'run'}",
               f"cache={tmp_path / 'cache'}", "steps=2", "batch_size=2", "crop.size_px=64", "model.width=0.25",
               "model.fpn_channels=16", "model.head_convs=1")  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "train", *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "waiting=" in done.stderr
    assert (tmp_path / "run/saved_model/saved_model.pb").is_file()
    metrics = json.loads((tmp_path / "run/metrics.json").read_text())
    assert metrics["steps"] == 2 and 0 <= metrics["validation"]["ap50"] <= 1
