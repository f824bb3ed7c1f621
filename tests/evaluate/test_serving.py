"""A detector behind a server is asked by gRPC and by REST, and says what the model says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import ovmsclient
import pytest
import tensorflow as tf
from tensorflow_serving.apis import get_model_status_pb2

from conf import UserError
from conf.app import composed
from conf.schema.evaluate import EvaluateConfig
from conf.schema.evaluate_parity import ParityConfig
from conf.schema.export import ExportConfig
from data.model import Box
from evaluate.detectors import open_detector
from evaluate.inputs import Subject, open_subject
from tests.evaluate.pages import save_set
from tests.evaluate.servers import by_grpc, by_rest

pytestmark = pytest.mark.slow
SCHEMAS: dict[tuple[str, str], tuple[str, type]] = {
    ("train", "export"): ("train_export", ExportConfig),
    ("evaluate", ""): ("evaluate", EvaluateConfig),
    ("evaluate", "parity"): ("evaluate_parity", ParityConfig),
}
PHOTO = np.full((100, 300, 3), 255, np.uint8)
PHOTO[40:60, 30:90] = 0
BOX: Box = (30.0, 40.0, 60.0, 20.0)


@pytest.fixture(scope="module")
def signature(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Of a SavedModel that puts a box around all that is dark."""

    def find(image: tf.Tensor) -> dict[str, tf.Tensor]:
        dark = tf.where(image[0, :, :, 0] < 128)
        box = tf.concat([tf.reduce_min(dark, axis=0), tf.reduce_max(dark, axis=0) + 1], axis=0)
        return {
            "detection_boxes": tf.cast(box, tf.float32)[tf.newaxis, tf.newaxis],
            "detection_scores": tf.constant([[0.9]]),
            "detection_classes": tf.constant([[1]]),
            "num_detections": tf.constant([1]),
        }

    module, folder = tf.Module(), tmp_path_factory.mktemp("model")
    module.find = tf.function(find, input_signature=[tf.TensorSpec([1, None, None, 3], tf.uint8, name="image")])
    tf.saved_model.save(module, str(folder), signatures=module.find)
    return tf.saved_model.load(str(folder)).signatures["serving_default"]


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    save_set(tmp_path / "set")
    return open_subject(tmp_path / "set")


def test_grpc(signature: Any, subject: Subject) -> None:
    with by_grpc(signature) as (host, models):
        detector = open_detector(f"grpc://{host}/detector", subject)
        (found,) = detector.detect(subject.dataset.images[0], PHOTO)
        assert found.bbox == BOX and found.score == pytest.approx(0.9) and detector.name == "detector"
        # Another project's client reads the same server.
        client = ovmsclient.make_grpc_client(host)
        assert client.get_model_status("detector") == {3: {"state": "AVAILABLE", "error_code": 0, "error_message": ""}}
        answer = client.predict({"image": PHOTO[None]}, "detector")
        assert answer["detection_boxes"].tolist() == [[[40, 30, 60, 90]]]
        with pytest.raises(UserError, match=r"NOT_FOUND, Servable not found for request: Latest\(other\)"):
            open_detector(f"grpc://{host}/other", subject).detect(subject.dataset.images[0], PHOTO)
        models.state = get_model_status_pb2.ModelVersionStatus.LOADING
        with pytest.raises(UserError, match="is not ready: version 3 is LOADING"):
            open_detector(f"grpc://{host}/detector", subject)


def test_rest(signature: Any, subject: Subject) -> None:
    with by_rest(signature) as host:
        (found,) = open_detector(f"http://{host}/v1/models/detector", subject).detect(subject.dataset.images[0], PHOTO)
        assert found.bbox == BOX and found.score == pytest.approx(0.9)
        with pytest.raises(UserError, match=r"404, .*Could not find any versions of model"):
            open_detector(f"http://{host}/v1/models/other", subject)
    with pytest.raises(UserError, match="does not answer as a server of models does"):
        open_detector("http://127.0.0.1:9/v1/models/detector", subject)


@pytest.mark.parametrize("address", ["ftp://host/x", "grpc://host:8500", "http://host:8501/detector"])
def test_addresses_that_are_none(address: str, subject: Subject) -> None:
    with pytest.raises(UserError, match="is no address of a model; it is grpc://HOST:8500/NAME"):
        open_detector(address, subject)


def test_commands_of_the_guide_are_understood() -> None:
    page = (Path(__file__).parents[2] / "docs/serve.md").read_text()
    commands = [shlex.split(line) for line in re.findall(r"^python -m (.*)$", page, flags=re.M)]
    assert len(commands) == 4
    for words in commands:
        verb = words[1] if "=" not in words[1] else ""
        name, schema = SCHEMAS[words[0], verb]
        keys = [word for word in words[1:] if "=" in word]
        composed(name, schema, [*keys, *(["reference=a", "candidate=b"] if verb == "parity" else [])])
