"""What a run computes on. Devices are set once in a process, so that each case here has one of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from data.files import read_json
from tests.train.pages import page, write_dataset

ROOT = Path(__file__).parents[2]
REFUSED = """
import os
from conf import UserError
from conf.schema.devices import DevicesConfig
import train
from train.devices import claim

def refused(batch_size, **keys):
    try:
        return str(claim(DevicesConfig(**keys), batch_size).num_replicas_in_sync)
    except UserError as error:
        return str(error)

os.environ.pop("TF_CONFIG", None)
print(refused(8, strategy="mirrored"))
print(refused(8, strategy="multi_worker"))
print(refused(3, strategy="mirrored", virtual_cpus=2, threads=1))
print(refused(8, strategy="mirrored", virtual_cpus=2, threads=1))
print(refused(8, strategy="mirrored", virtual_cpus=4))
print(refused(8, threads=2))
"""


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="says what is refused without a graphics card")
def test_devices_that_are_not_there_are_told_of() -> None:
    done = subprocess.run([sys.executable, "-c", REFUSED], cwd=ROOT, capture_output=True, text=True, check=True)
    no_card, no_cluster, odd_batch, two, other_parts, other_threads = done.stdout.splitlines()
    assert no_card.startswith("devices.strategy=mirrored needs graphics cards, and there is none;")
    assert no_cluster.startswith("devices.strategy=multi_worker needs the environment variable TF_CONFIG")
    assert odd_batch == "batch_size=3 cannot be split among 2 devices."
    assert two == "2"
    assert other_parts == other_threads and other_parts.startswith("devices: TensorFlow runs in this process already")


@pytest.mark.slow
def test_two_devices_share_the_work(tmp_path: Path) -> None:
    """Half a batch each: the loss falls, whole pages are validated in one place, and the export answers."""
    dataset, out = write_dataset(tmp_path / "set"), tmp_path / "run"
    command = [
        *(sys.executable, "-m", "train", f"dataset={dataset}", "devices.strategy=mirrored", "devices.virtual_cpus=2"),
        *("model=mobilenetv2_fpn_small", "model.width=0.1", "model.fpn_channels=8", "crop.size_px=64", "batch_size=4"),
        *("optimizer.learning_rate=3e-3", "optimizer.ema_decay=0.9", "steps=60", "export.width_px=256", f"out={out}"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    metrics = read_json(out / "metrics.json")
    assert metrics["replicas"] == 2
    assert 0 < metrics["input_wait_share"] < 1
    assert metrics["validation"]["ap"] is not None  # three pages, two devices
    (events,) = (out / "logs" / "train").glob("events.*")
    logged = {
        (value.tag, event.step): float(tf.make_ndarray(value.tensor))
        for event in tf.compat.v1.train.summary_iterator(str(events))
        for value in event.summary.value
    }
    assert logged["training_loss", 60] < 0.9 * logged["training_loss", 10]
    assert all(0 <= logged["input_wait_share", step] <= 1 for step in range(10, 61, 10))
    detector = tf.saved_model.load(str(out / "saved_model")).signatures["serving_default"]
    found = detector(image=tf.constant(page(320, 256, [(20, 30, 56, 16)])[np.newaxis]))
    assert found["detection_boxes"].shape == (1, 100, 4) and np.isfinite(found["detection_scores"]).all()
