"""A detector is trained, killed, resumed, exported and converted, on two dozen small pages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from conf import UserError
from conf.app import composed
from conf.schema.export import ConvertConfig, ExportConfig
from conf.schema.preprocess import PreprocessConfig
from conf.schema.train import ModelConfig, TrainConfig
from data.files import read_json
from data.preprocess import apply
from tests.train.pages import page, write_dataset
from train.checkpoint import find_checkpoint, load_network, load_start
from train.convert import check, convert
from train.dataset import find
from train.experiment import network
from train.export import export, load, load_run, save_detector, save_web
from train.folder import open_run, read_config
from train.lite import convert_lite
from train.run import train
from train.task import build_network

pytestmark = pytest.mark.slow

STEPS, EVERY = 12, 6
KEYS = (
    "model=mobilenetv2_fpn_small",
    "model.width=0.25",
    "crop.size_px=64",
    "batch_size=2",
    f"steps={STEPS}",
    f"checkpoint_every_steps={EVERY}",
    f"validation.every_steps={EVERY}",
    "keep_checkpoints=9",
    "optimizer.ema_decay=0.9",
    "deterministic=true",
    "export.min_score=0",
)
ROOT = Path(__file__).parents[2]


Finished = tuple[Path, int, dict[str, Any]]


def _step(run: Path) -> int:
    """Step of the newest checkpoint that a resumed run would find."""
    newest = tf.train.latest_checkpoint(str(run / "checkpoints"))
    return int(newest.rsplit("-", 1)[1]) if newest else 0


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run that was killed and went on: its folder, the step at the kill, its metrics."""
    home = tmp_path_factory.mktemp("run")
    dataset, out = write_dataset(home / "set"), home / "out"
    command = [sys.executable, "-m", "train", f"dataset={dataset}", f"out={out}", *KEYS]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 300
    while not (out / "validations.json").is_file() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)  # the other run is not read back from a checkpoint after its validation, as this one is
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    killed_at = _step(out)
    config = read_config(out)
    return out, killed_at, train(config, find(dataset))


def test_killed_run_ends_with_the_weights_of_one_that_was_not(finished: Finished, tmp_path: Path) -> None:
    """Each number of the last checkpoint is the same: weights, their averages, the optimizer's memory."""
    out, killed_at, metrics = finished
    assert killed_at == EVERY and _step(out) == metrics["steps"] == STEPS
    assert not list(out.rglob("*_temp"))
    first, second = (_steps_logged(path) for path in sorted((out / "logs" / "train").glob("events.*")))
    assert (first, second) == ([EVERY], [STEPS])
    config = replace(read_config(out), out=str(tmp_path / "whole"))
    data = find(Path(config.dataset))
    open_run(tmp_path / "whole", config, data.classes, data.fingerprint)
    assert train(config, data)["validation"] == metrics["validation"]
    assert (tmp_path / "whole/validations.json").read_text() == (out / "validations.json").read_text()
    one, other = (_numbers(folder / "checkpoints" / f"ckpt-{STEPS}") for folder in (out, tmp_path / "whole"))
    assert one.keys() == other.keys() and len(one) > 500
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def _numbers(prefix: Path) -> dict[str, Any]:
    """All tensors of a checkpoint, by name."""
    reader = tf.train.load_checkpoint(str(prefix))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map() if name[0] != "_"}


def test_averaged_weights_are_validated_kept_and_exported(finished: Finished) -> None:
    out, _, metrics = finished
    _, _, best = load_run(out / "best")
    averaged, raw = (build_network(network(read_config(out).model, 64, classes=1)) for _ in range(2))
    prefix = str(out / "checkpoints" / f"ckpt-{metrics['best']['step']}")
    load_network(averaged, prefix)
    tf.train.Checkpoint(**raw.checkpoint_items).read(prefix).expect_partial()
    for kept, mean in zip(best.get_weights(), averaged.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, mean)
    assert any(
        abs(mean - last).max() > 1e-3 for mean, last in zip(averaged.get_weights(), raw.get_weights(), strict=True)
    )
    load_network(averaged, str(out / "checkpoints" / f"ckpt-{STEPS}"))
    exported = tf.saved_model.load(str(out / "saved_model")).weights
    for variable, mean in zip(exported, averaged.variables, strict=True):
        np.testing.assert_array_equal(variable, mean)


def test_tensorboard_shows_rate_scores_and_pages(finished: Finished) -> None:
    out, _, _ = finished
    tags = {
        part: {
            value.tag
            for path in (out / "logs" / part).glob("events.*")
            for event in tf.compat.v1.train.summary_iterator(str(path))
            for value in event.summary.value
        }
        for part in ("train", "validation")
    }
    assert {"learning_rate", "total_loss", "cls_loss", "box_loss", "steps_per_second"} <= tags["train"]
    assert {"AP", "AP50", "best_AP", "pages/00", "pages/02"} <= tags["validation"]


def _steps_logged(events: Path) -> list[int]:
    """Steps of which TensorBoard knows the loss, in one session's file."""
    return [
        event.step
        for event in tf.compat.v1.train.summary_iterator(str(events))
        for value in event.summary.value
        if value.tag == "training_loss"
    ]


def test_run_folder_tells_the_story(finished: Finished) -> None:
    out, _, metrics = finished
    assert {path.name for path in out.iterdir()} == {
        *("checkpoints", "logs", "saved_model", "config.yaml", "params.yaml"),
        *("metrics.json", "clock.json", "data.json", "label_map.pbtxt", "validations.json", "best"),
    }
    assert json.loads((out / "metrics.json").read_text()) == metrics
    assert set(metrics["validation"]) == {"ap", "ap50", "ap75", "ar100"}
    assert all(0 <= value <= 1 for value in metrics["validation"].values())
    assert metrics["images_per_second"] > 0
    assert 50_000 < metrics["parameters"] < 400_000
    told = json.loads((out / "validations.json").read_text())
    assert [entry["step"] for entry in told] == [EVERY, STEPS] and metrics["best"] in told
    assert (out / "best/saved_model/saved_model.pb").is_file()


@pytest.mark.parametrize("size", [(300, 200), (517, 1400)])
def test_saved_model_answers_on_any_size(finished: Finished, size: tuple[int, int]) -> None:
    out, _, _ = finished
    detector = tf.saved_model.load(str(out / "saved_model")).signatures["serving_default"]
    picture = page(*size, [(20, 30, 56, 16)])
    found = detector(image=tf.constant(picture[np.newaxis]))
    assert {name: (tuple(v.shape), v.dtype) for name, v in found.items()} == {
        "detection_boxes": ((1, 100, 4), tf.float32),
        "detection_scores": ((1, 100), tf.float32),
        "detection_classes": ((1, 100), tf.int32),
        "num_detections": ((1,), tf.int32),
    }
    count = int(found["num_detections"][0])
    scores, boxes = found["detection_scores"].numpy()[0], found["detection_boxes"].numpy()[0]
    assert (np.diff(scores) <= 0).all()
    assert (scores[:count] > 0).all() and not scores[count:].any()
    assert (boxes >= 0).all() and (boxes <= [*size, *size]).all()
    assert set(found["detection_classes"].numpy()[0, :count]) <= {1}
    about = json.loads((out / "saved_model" / "signature.json").read_text())
    assert about["classes"] == ["http"]
    assert about["width_px"] == 1024


def test_export_again_gives_the_same_answers(finished: Finished, tmp_path: Path) -> None:
    out, _, _ = finished
    export(ExportConfig(run=str(out), out=str(tmp_path / "again")))
    picture = tf.constant(page(400, 300, [(20, 30, 56, 16)])[np.newaxis])
    first, again = (
        tf.saved_model.load(str(folder)).signatures["serving_default"](image=picture)
        for folder in (out / "saved_model", tmp_path / "again")
    )
    for name, values in first.items():
        np.testing.assert_allclose(values, again[name], atol=1e-4)


def test_what_was_done_to_the_set_is_done_inside_the_model(finished: Finished, tmp_path: Path) -> None:
    config, classes, model = load_run(finished[0])
    steps = PreprocessConfig(width_px=300, crop="square", stretch=1.0)
    save_detector(model, config, classes, tmp_path / "model", steps)
    signatures = tf.saved_model.load(str(tmp_path / "model")).signatures
    picture = page(400, 600, [(200, 130, 112, 32)])
    small, _ = apply(picture, (), steps)
    assert small.shape == (200, 200, 3)
    raw = signatures["serving_default"](image=picture[np.newaxis])
    done = signatures["prepared"](image=small[np.newaxis])
    assert raw["detection_scores"].numpy()[0, 0] == pytest.approx(done["detection_scores"].numpy()[0, 0], abs=0.02)
    # Half the size, and 50 of its columns cut off on either side.
    expected = done["detection_boxes"].numpy()[0, 0] * 2 + [0, 100, 0, 100]
    np.testing.assert_allclose(raw["detection_boxes"].numpy()[0, 0], expected, atol=3)
    count = int(raw["num_detections"].numpy()[0])
    assert not raw["detection_boxes"].numpy()[0, count:].any()
    assert json.loads((tmp_path / "model/signature.json").read_text())["preprocess"]["stretch"] == 1


def test_web_graph_agrees_with_the_saved_model(finished: Finished, tmp_path: Path) -> None:
    """One size at which nothing is scaled: the best box of both is the same."""
    out, _, _ = finished
    save_web(load(out), (64, 1024), tmp_path / "web")
    picture = page(64, 1024, [(300, 20, 56, 16)])[np.newaxis]
    raw = tf.saved_model.load(str(tmp_path / "web")).signatures["serving_default"](image=picture.astype(np.float32))
    found = tf.saved_model.load(str(out / "saved_model")).signatures["serving_default"](image=tf.constant(picture))
    scores = raw["scores"].numpy()[0, :, 0]
    assert scores.max() == pytest.approx(found["detection_scores"].numpy()[0, 0], abs=1e-4)
    np.testing.assert_allclose(raw["boxes"][0, scores.argmax()], found["detection_boxes"][0, 0], atol=1e-2)


def test_conversion_to_tensorflow_js_is_whole(finished: Finished, tmp_path: Path) -> None:
    out, _, _ = finished
    sizes = convert(ConvertConfig(run=str(out), out=str(tmp_path / "web"), quantise="uint8", height_px=64, width_px=64))
    assert sizes.weights > 50_000
    assert sizes.gzipped_bytes < sizes.raw_bytes
    manifest = json.loads((tmp_path / "web" / "model.json").read_text())["weightsManifest"]
    quantised = [w for group in manifest for w in group["weights"] if "quantization" in w]
    assert quantised and all("/network/" in weight["name"] for weight in quantised)
    for path in (tmp_path / "web").glob("*.bin"):
        path.write_bytes(path.read_bytes()[:16])
    with pytest.raises(RuntimeError, match="the converter wrote"):
        check(tmp_path / "web", 1)
    (tmp_path / "web" / "model.json").write_text('{"weightsManifest": []}')
    with pytest.raises(RuntimeError, match="the converter wrote 0 weights"):
        check(tmp_path / "web", 1)


@pytest.mark.parametrize("quantise", ["float32", "float16"])
def test_conversion_to_litert_answers_as_the_network(finished: Finished, tmp_path: Path, quantise: str) -> None:
    """At a size at which nothing is scaled, its best box is that of the SavedModel."""
    out, _, _ = finished
    command = ConvertConfig(run=str(out), out=str(tmp_path / "lite"), quantise=quantise, height_px=64, width_px=1024)
    sizes = convert_lite(command)
    model = tmp_path / "lite" / "model.tflite"
    assert 50_000 < sizes.weights == read_json(tmp_path / "lite" / "signature.json")["parameters"]
    assert sizes.gzipped_bytes < sizes.raw_bytes == model.stat().st_size
    picture = page(64, 1024, [(300, 20, 56, 16)])[np.newaxis]
    answer = tf.lite.Interpreter(model_path=str(model)).get_signature_runner()(image=picture.astype(np.float32))
    found = tf.saved_model.load(str(out / "saved_model")).signatures["serving_default"](image=tf.constant(picture))
    scores = answer["scores"][0, :, 0]
    assert scores.max() == pytest.approx(found["detection_scores"].numpy()[0, 0], abs=1e-2)
    np.testing.assert_allclose(answer["boxes"][0, scores.argmax()], found["detection_boxes"][0, 0], atol=0.5)


@pytest.fixture(scope="module")
def trained(finished: Finished) -> tuple[TrainConfig, Any]:
    """Configuration and network of the finished run."""
    config, _, model = load_run(finished[0])
    return config, model


@pytest.fixture(scope="module")
def fresh(trained: tuple[TrainConfig, Any]) -> Any:
    """The same network for more classes, with weights of its own."""
    return build_network(network(trained[0].model, 64, classes=5))


def test_run_of_the_same_shape_is_loaded_whole(
    finished: Finished, trained: tuple[TrainConfig, Any], tmp_path: Path
) -> None:
    config, model = trained
    same = build_network(network(config.model, 64, classes=1))
    assert set(load_start(same, str(finished[0]), str(tmp_path)).values()) == {"loaded"}
    for ours, theirs in zip(same.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_run_for_other_classes_gives_all_but_its_head(
    finished: Finished, fresh: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = fresh.head.get_weights()
    outcome = load_start(fresh, find_checkpoint(finished[0]), str(tmp_path))
    assert (outcome["backbone"], outcome["decoder"]) == ("loaded", "loaded")
    assert "head not loaded (it has other shapes)" in capsys.readouterr().err
    for ours, theirs in zip(fresh.head.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_checkpoint_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    model = build_network(network(ModelConfig(width=0.1), 64, classes=1))
    tf.train.Checkpoint(**model.checkpoint_items).write(str(tmp_path / "cut"))
    data = tmp_path / "cut.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:1000])
    with pytest.raises(UserError, match="cut is damaged or cut short"):
        load_start(model, str(tmp_path / "cut"), str(tmp_path))
    index = tmp_path / "cut.index"
    whole = index.read_bytes()
    index.write_bytes(whole[:1000])
    with pytest.raises(UserError, match="cut is damaged or cut short"):
        load_start(model, str(tmp_path / "cut"), str(tmp_path))
    index.write_bytes(whole)
    data.unlink()
    with pytest.raises(UserError, match=r"cut\.index has no weights beside it"):
        load_start(model, str(tmp_path / "cut"), str(tmp_path))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        session.run(tf.compat.v1.get_variable("MobilenetV2/weights", initializer=[1.0], use_resource=False).initializer)
        tf.compat.v1.train.Saver().save(session, str(tmp_path / "old"))
    with pytest.raises(UserError, match="old was written by TensorFlow 1"):
        load_start(model, str(tmp_path / "old"), str(tmp_path))


def test_shipped_model_is_known_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small = composed("train", TrainConfig, ["experiment=finetune", "dataset=none", "out=unused"])
    model = build_network(network(small.model, 64, classes=1))
    assert small.init_checkpoint == "small"
    assert set(load_start(model, "small", str(tmp_path)).values()) == {"loaded"}


def test_backbone_alone_is_loaded(trained: tuple[TrainConfig, Any], fresh: Any, tmp_path: Path) -> None:
    """As in Model Garden's checkpoints for ImageNet."""
    tf.train.Checkpoint(backbone=trained[1].backbone).write(str(tmp_path / "ckpt"))
    outcome = load_start(fresh, str(tmp_path / "ckpt"), str(tmp_path))
    assert outcome["backbone"] == "loaded"
    assert outcome["head"] == "not loaded (the checkpoint has none)"


def test_start_that_fits_nothing_is_refused(fresh: Any, tmp_path: Path) -> None:
    tf.train.Checkpoint(backbone=tf.Module(), step=tf.Variable(1)).write(str(tmp_path / "ckpt"))
    with pytest.raises(UserError, match="fits no part of this model"):
        load_start(fresh, str(tmp_path / "ckpt"), str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds no TensorFlow checkpoint"):
        find_checkpoint(tmp_path / "empty")
