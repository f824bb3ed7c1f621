"""Steps of training without a run around them: what moves, what does not, and what a broken loss leaves."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tf_keras
from official.core import train_utils

from conf import UserError
from conf.app import composed
from conf.schema.train import TrainConfig
from tests.train.pages import write_set
from train.dataset import find
from train.decode import anchors, flat_outputs
from train.experiment import experiment
from train.finite import LossWatch
from train.folder import open_run
from train.run import train
from train.task import PageDetection, page_order, used_weights

pytestmark = pytest.mark.slow

TINY = (
    *("model.width=0.1", "model.fpn_channels=16", "model.head_convs=1", "batch_size=2", "steps=20"),
    *("crop.size_px=64", "crop.scale_max=1", "crop.link_share=1", "export.max_upscale=1"),
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_set(tmp_path_factory.mktemp("pages") / "set", 6, (200, 160), seed=3)


def _one_step(pages: Path, *overrides: str) -> tuple[PageDetection, Any, list[np.ndarray], dict[str, Any]]:
    """A fresh network, its weights, and the losses of one step of it, taken without tracing a graph."""
    config = composed("train", TrainConfig, [f"dataset={pages}", "out=unused", *TINY, *overrides])
    data = find(pages)
    params = experiment(config, data)
    task = PageDetection(params.task, config, len(data.classes))
    tf_keras.utils.set_random_seed(1)
    model = task.build_model()
    optimizer = train_utils.create_optimizer(task, params)
    before = [weight.numpy() for weight in model.variables]
    losses = task.train_step(next(iter(task.build_inputs(params.task.train_data))), model, optimizer)
    return task, model, before, losses


def test_frozen_part_does_not_move(pages: Path) -> None:
    """Neither its kernels nor the averages of its batch norms; all other parts learn."""
    _, model, before, losses = _one_step(pages, "freeze=[backbone]", "optimizer.warmup_share=0")
    frozen = {id(weight) for weight in model.backbone.variables}
    moved = {id(weight) for weight, old in zip(model.variables, before, strict=True) if (weight.numpy() != old).any()}
    assert np.isfinite(losses["loss"])
    assert len(frozen) > 200 and not frozen & moved
    assert all(any(id(weight) in moved for weight in part.variables) for part in (model.decoder, model.head))


def test_bfloat16_computes_in_it_and_keeps_weights_whole(pages: Path) -> None:
    tf_keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        _, model, before, losses = _one_step(pages, "precision=bfloat16", "optimizer.warmup_share=0")
    finally:
        tf_keras.mixed_precision.set_global_policy("float32")
    assert np.isfinite(losses["loss"])
    assert {weight.dtype for weight in model.trainable_variables} == {tf.float32}
    assert model.backbone.output["3"].dtype == tf.bfloat16
    assert any((weight.numpy() != old).any() for weight, old in zip(model.variables, before, strict=True))


def test_another_network_of_model_garden_learns_and_answers_on_any_size(pages: Path) -> None:
    small = "{backbone: {resnet: {model_id: 10, depth_multiplier: 0.25}}, decoder: {fpn: {num_filters: 16}}, "
    small += "head: {num_filters: 16, num_convs: 1}}"
    keys = ["model=garden", f"model.garden_overrides={small}", "optimizer.warmup_share=0"]
    _, model, before, losses = _one_step(pages, *keys)
    assert np.isfinite(losses["loss"])
    moved = [(weight.numpy() != old).any() for weight, old in zip(model.variables, before, strict=True)]
    assert sum(moved) > 0.9 * len(moved)
    settings = composed("train", TrainConfig, [f"dataset={pages}", "out=unused", *TINY, *keys]).model
    scores, deltas = flat_outputs(model, tf.zeros([1, 64, 96, 3]), 1)
    assert scores.shape[1] == deltas.shape[1] == len(anchors(64, 96, settings))
    assert len(used_weights(model, settings)) > 30


def test_half_precision_wants_a_graphics_card(pages: Path, tmp_path: Path) -> None:
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is one")
    config = composed("train", TrainConfig, [f"dataset={pages}", f"out={tmp_path}", "precision=float16", *TINY])
    with pytest.raises(UserError, match="precision=float16 needs a graphics card, and there is none"):
        train(config, find(pages))


def test_gradient_that_overflows_where_the_loss_does_not_is_noted(pages: Path) -> None:
    """Seen at the next step alone, another batch would be blamed."""
    watch = LossWatch(tf.Variable(7, dtype=tf.int64))
    good, broken = tf.Variable([1.0, 2.0]), tf.Variable([1.0, float("nan")])
    watch.note(tf.constant(0.3), [good])
    assert watch.first is None
    watch.note(tf.constant(0.3), [good, broken])
    assert watch.first == 7


def test_several_hosts_learn_from_what_one_would(pages: Path) -> None:
    """Each has every second page, its part of the batch, and crops of its own."""
    config = composed("train", TrainConfig, [f"dataset={pages}", "out=unused", *TINY, "batch_size=8"])
    params = experiment(config, find(pages))
    task = PageDetection(params.task, config, 1)
    order = page_order(params.task.train_data)
    hosts = []
    for host in range(2):
        context = tf.distribute.InputContext(2, host, 2)
        images, _ = next(iter(task.build_inputs(params.task.train_data, context)))
        assert images.shape[0] == 4
        again, _, names = task.batch_of(0)  # the batch that this host saw, should it be to blame
        np.testing.assert_array_equal(again, images)
        hosts.append(set(names))
    seen = [{str(order.place(number)) for number in range(host, 32, 2)} for host in range(2)]
    assert hosts[0] <= seen[0] and hosts[1] <= seen[1] and hosts[0] != hosts[1]


def test_damaged_page_is_named(pages: Path, tmp_path: Path) -> None:
    """TensorFlow reads it in a thread of its own; its error says nothing to a user."""
    shutil.copytree(pages, tmp_path / "set")
    for shard in (tmp_path / "set" / "shards").glob("*.tfrecord"):
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 1
        shard.write_bytes(content)
    config = composed("train", TrainConfig, [f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'run'}", *TINY])
    data = find(tmp_path / "set")
    open_run(tmp_path / "run", config, data.classes, data.fingerprint)
    with pytest.raises(UserError, match=r"\.tfrecord record \d is damaged or cut short"):
        train(config, data)


def test_loss_that_is_no_number_stops_the_run_and_leaves_its_batch(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    keys = ["optimizer=sgd", "optimizer.learning_rate=10", "optimizer.clip_norm=1e30", "optimizer.warmup_share=0"]
    config = composed("train", TrainConfig, [f"dataset={pages}", f"out={out}", *TINY, *keys])
    data = find(pages)
    open_run(out, config, data.classes, data.fingerprint)
    with pytest.raises(UserError, match=r"The loss of step \d+, or .* is not a finite number: .* in .*bad_batch\.npz"):
        train(config, data)
    assert not list((out / "checkpoints").glob("*.index"))
    batch = np.load(out / "bad_batch.npz")
    step = int(batch["step"])
    assert 0 < step < 20
    params = experiment(config, data)
    task = PageDetection(params.task, config, 1)
    images, labels = next(iter(task.build_inputs(params.task.train_data).skip(step)))
    np.testing.assert_array_equal(batch["images"], images)
    np.testing.assert_array_equal(batch["cls_targets_3"], labels["cls_targets"]["3"])
    np.testing.assert_array_equal(batch["box_weights"], labels["box_weights"])
    assert len(batch["pages"]) == 2 and all(".tfrecord record " in page for page in batch["pages"])
