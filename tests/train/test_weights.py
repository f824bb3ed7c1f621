"""Pages of two sources come to the trainer in the shares that the merge was told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from conf.schema.train import CropConfig, TrainConfig
from tests.train.pages import LABEL_MAP, example
from train.dataset import find
from train.experiment import experiment
from train.task import PageDetection


def write_sources(folder: Path, weights: dict[str, float]) -> Path:
    """Red pages of one source, green ones of another that has ten times as many."""
    for name, color, count in (("a b", (200, 20, 20), 3), ("synth", (20, 200, 20), 30)):
        (folder / "shards" / name).mkdir(parents=True)
        picture = np.full((96, 96, 3), color, np.uint8)
        with tf.io.TFRecordWriter(str(folder / "shards" / name / "00000-of-00001.tfrecord")) as out:
            for _ in range(count):
                out.write(example(picture, [(10, 10, 56, 16)]))
    (folder / "shards/weights.json").write_text(json.dumps(weights))
    (folder / "label_map.pbtxt").write_text(LABEL_MAP)
    return folder


@pytest.mark.parametrize("red", [0.3, 0.8])
def test_batches_come_in_the_shares_wanted(tmp_path: Path, red: float) -> None:
    data = find(write_sources(tmp_path / "set", {"a b": red, "synth": 1 - red}))
    assert data.weights == {"a b": red, "synth": 1 - red} and len(data.train) == 2
    config = TrainConfig(dataset="set", out="run", batch_size=16, crop=CropConfig(size_px=64))
    params = experiment(config, data)
    task = PageDetection(params.task, config, 1)
    tf.random.set_seed(1)
    images = np.concatenate(
        [images for images, _ in task.build_inputs(params.task.train_data).take(50).as_numpy_iterator()]
    )
    is_red = images.mean(axis=(1, 2)).argmax(axis=1) == 0
    # 800 crops of 200 pages: the share's standard deviation is 0.03.
    assert is_red.mean() == pytest.approx(red, abs=0.12)
    assert json.dumps(params.as_dict())  # as Model Garden writes it beside the run
