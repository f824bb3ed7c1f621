"""One command writes every format, each says what it is, and all find what the network finds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

import synth
from conf import UserError
from conf.app import composed
from conf.schema.export import FORMATS, ExportConfig
from conf.schema.synth import SynthConfig
from conf.schema.train import TrainConfig
from data.identity import file_hash
from train.folder import CHECKPOINTS, open_run
from train.release import WARM_UP, release

ROOT = Path(__file__).parents[2]
HEIGHT, WIDTH = 96, 160


@pytest.mark.parametrize(
    ("keys", "mistake"),
    [
        (["formats=[onnx]"], "formats: onnx is unknown; it can be saved_model, litert_float32,"),
        (["formats=[litert]", "width_px=500"], "width_px=500 is not a multiple of 32"),
    ],
)
def test_mistakes_are_told(keys: list[str], mistake: str) -> None:
    with pytest.raises(UserError, match=mistake.replace("[", r"\[")):
        composed("train_export", ExportConfig, ["run=r", *keys])


def test_kinds_stand_for_their_formats() -> None:
    command = composed("train_export", ExportConfig, ["run=r", "formats=[tfjs,litert_int8,tfjs_uint8]"])
    assert command.wanted == ["litert_int8", "tfjs_float32", "tfjs_float16", "tfjs_uint8"]
    assert (command.folder, ExportConfig(run="r").folder) == ("r/export", "r/saved_model")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every format of the small detector, or where there is none yet of the one that it was trained from."""
    home = tmp_path_factory.mktemp("released")
    run, weights, like = home / "run", ROOT / "models/detector/small/weights", "experiment=finetune"
    if not weights.is_dir():
        weights, like = ROOT / "models/detector/start", "model=mobilenetv2_fpn"
    open_run(run, composed("train", TrainConfig, [f"dataset={home}", f"out={run}", like]), ("http",))
    shutil.copytree(weights, run / CHECKPOINTS)
    (run / "operating_point.json").write_text('{"score_threshold": 0.4}')
    keys = ["formats=[saved_model,litert,tfjs]", f"height_px={HEIGHT}", f"width_px={WIDTH}", "calibration.pages=4"]
    return release(composed("train_export", ExportConfig, [f"run={run}", f"out={home / 'out'}", *keys]))


def _signature(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "signature.json").read_text()))


@pytest.mark.slow
def test_each_format_says_what_it_is(released: Path) -> None:
    assert {path.name for path in released.iterdir()} == set(FORMATS)
    for name in FORMATS:
        folder = released / name / "1" if name == "saved_model" else released / name
        said = _signature(folder)
        assert said["classes"] == ["http"] and said["operating_point"] == {"score_threshold": 0.4}
        assert said["score_threshold"] == 0.4 and 200_000 < said["parameters"] < 600_000 and said["width_px"] >= 1024
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert set(said["files"]) == files - {"signature.json"} and len(files) >= 2
        assert all(file_hash(folder / file) == digest for file, digest in said["files"].items())


@pytest.mark.slow
def test_warm_up_requests_are_what_the_model_takes(released: Path) -> None:
    folder = released / "saved_model/1"
    serving = tf.saved_model.load(str(folder)).signatures["serving_default"]
    records = list(tf.data.TFRecordDataset(str(folder / WARM_UP)).as_numpy_iterator())
    assert len(records) == 3 and max(map(len, records)) < 200
    request = prediction_log_pb2.PredictionLog.FromString(records[-1]).predict_log.request
    assert request.model_spec.signature_name == "serving_default"
    picture = tf.make_ndarray(request.inputs["image"])
    assert picture.shape == (1, 640, 640, 3) and picture.dtype == np.uint8 and (picture == 255).all()
    assert "detection_boxes" in serving(image=picture)


@pytest.mark.slow
def test_litert_answers_as_the_network(released: Path) -> None:
    """float32 within the bars of parity; float16 near them; integers find the same prefix."""
    picture = _prefix()[np.newaxis].astype(np.float32)
    raw = tf.saved_model.load(str(released / "saved_model/1")).signatures["raw"](image=tf.constant(picture))
    scores, boxes = raw["scores"].numpy(), raw["boxes"].numpy()
    assert scores.shape[1] == boxes.shape[1] and scores.max() > 0.5
    for stored, off, pixels in (("float32", 1e-4, 0.01), ("float16", 1e-2, 1.0)):
        found = _runner(released / f"litert_{stored}")(image=picture)
        assert np.abs(found["scores"] - scores).max() < off and np.abs(found["boxes"] - boxes).max() < pixels
    said = _signature(released / "litert_int8")
    rgb = (picture - said["preprocessing"]["mean_rgb"]) / said["preprocessing"]["deviation_rgb"]
    image = said["quantisation"]["image"]
    integers = np.clip(np.round(rgb / image["scale"]) + image["zero_point"], -128, 127).astype(np.int8)
    found = _runner(released / "litert_int8")(image=integers)
    scale = said["quantisation"]["scores"]
    close = (found["scores"].astype(np.float32) - scale["zero_point"]) * scale["scale"]
    assert np.abs(close - scores).mean() < 0.02 and np.corrcoef(close.ravel(), scores.ravel())[0, 1] > 0.9
    places = sum(level["rows"] * level["columns"] * len(level["shapes_px"]) for level in said["anchors"]["levels"])
    assert found["deltas"].shape == (1, places, 4)


def _prefix() -> npt.NDArray[np.uint8]:
    """A printed prefix in the middle of a small picture."""
    sample = synth.render(composed("synth", SynthConfig, ["link=dense", "camera=none"]), 0)
    x, y, _, _ = sample.links[0].bbox
    height, width, _ = sample.image.shape
    top, left = min(max(int(y) - HEIGHT // 2, 0), height - HEIGHT), min(max(int(x) - WIDTH // 3, 0), width - WIDTH)
    return sample.image[top : top + HEIGHT, left : left + WIDTH]


def _runner(folder: Path) -> Any:
    return tf.lite.Interpreter(model_path=str(folder / "model.tflite")).get_signature_runner()
