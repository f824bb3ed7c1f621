"""Models as other tools export them, and LiteRT's: small graphs that answer as those do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.files import write_json
from evaluate.detectors import open_detector
from evaluate.inputs import Subject, open_subject
from tests.evaluate.pages import save_set
from train.quiet import load_tensorflow

pytestmark = pytest.mark.slow
PHOTO = np.zeros((100, 300, 3), np.uint8)


@pytest.fixture
def tf(capsys: pytest.CaptureFixture[str]) -> Any:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    # Its log handler keeps the standard error that it finds; the one of a test is closed with the test.
    with capsys.disabled():
        load_tensorflow()
    import tensorflow

    return tensorflow


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    save_set(tmp_path / "set")
    return open_subject(tmp_path / "set")


def save(tf: Any, folder: Path, spec: Any, answer: Callable[..., Any]) -> str:
    """A SavedModel with that input and answer."""
    module = tf.Module()
    module.serve = tf.function(answer, input_signature=[spec])
    tf.saved_model.save(module, str(folder), signatures=module.serve)
    return str(folder)


def convert(tf: Any, folder: Path, file: Path) -> Path:
    """The same as LiteRT."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert())
    return file


def shares(tf: Any, found: float = 1.0) -> dict[str, Any]:
    """One box as shares of the picture, as the Object Detection API gives it, and a slot of padding."""
    return {
        "detection_boxes": tf.constant([[[0.1, 0.2, 0.3, 0.6], [0.0, 0.0, 0.0, 0.0]]]),
        "detection_scores": tf.constant([[0.75, 0.0]]),
        "detection_classes": tf.constant([[1.0, 1.0]]),
        "num_detections": tf.constant([found]),
    }


def test_an_export_of_the_object_detection_api(tf: Any, subject: Subject, tmp_path: Path) -> None:
    """Another name of the input, floats for whole numbers, and outputs that are of no use here."""
    spec = tf.TensorSpec([1, None, None, 3], tf.uint8, name="input_tensor")
    model = save(tf, tmp_path / "m", spec, lambda input_tensor: shares(tf) | {"raw": tf.cast(input_tensor, tf.float32)})
    (found,) = open_detector(model, subject).detect(subject.dataset.images[0], PHOTO)
    assert found.bbox == pytest.approx((60, 10, 120, 20), abs=1e-3)
    assert (found.score, found.category) == (0.75, "http")


def test_a_model_of_one_size_that_answers_in_its_own_pixels(tf: Any, subject: Subject, tmp_path: Path) -> None:
    def answer(inputs: Any) -> Any:
        box = tf.constant([[[5.0, 10.0, 15.0, 30.0]]]) * tf.reduce_max(inputs) / 255.0
        return {
            "detection_boxes": box, "detection_scores": tf.constant([[0.5]]), "detection_classes": tf.constant([[1]]),
        }  # fmt: skip

    model = save(tf, tmp_path / "m", tf.TensorSpec([1, 50, 50, 3], tf.float32, name="inputs"), answer)
    (found,) = open_detector(model, subject).detect(subject.dataset.images[0], PHOTO + np.uint8(255))
    assert found.bbox == pytest.approx((60, 10, 120, 20), abs=1e-3)


def test_a_model_that_takes_encoded_pictures(tf: Any, subject: Subject, tmp_path: Path) -> None:
    def answer(image_bytes: Any) -> Any:
        size = tf.cast(tf.shape(tf.io.decode_image(image_bytes[0], expand_animations=False))[:2], tf.float32)
        box = tf.stack([0.0, 0.0, size[0], size[1]])[None, None]
        return shares(tf) | {"detection_boxes": tf.tile(box, [1, 2, 1])}

    model = save(tf, tmp_path / "m", tf.TensorSpec([None], tf.string, name="image_bytes"), answer)
    (found,) = open_detector(model, subject).detect(subject.dataset.images[0], PHOTO)
    assert found.bbox == (0, 0, 300, 100)


def test_what_is_no_detector_is_told_by_its_signature(tf: Any, subject: Subject, tmp_path: Path) -> None:
    flat = tf.TensorSpec([None, 7], tf.float32, name="features")
    with pytest.raises(UserError, match=r"takes .*float32 \(None, 7\); a detector takes one picture"):
        open_detector(save(tf, tmp_path / "a", flat, lambda features: shares(tf)), subject)
    picture = tf.TensorSpec([1, None, None, 3], tf.uint8, name="image")
    with pytest.raises(UserError, match="its signature lacks detection_boxes, detection_classes, detection_scores"):
        open_detector(save(tf, tmp_path / "b", picture, lambda image: {"logits": tf.cast(image, tf.float32)}), subject)


def test_litert_of_the_object_detection_api(tf: Any, subject: Subject, tmp_path: Path) -> None:
    """Squeezed to one size; outputs without names; classes from 0; −1 for black, as its float models take it."""

    def answer(image: Any) -> Any:
        black = -tf.reduce_min(image)
        return {
            "a": tf.constant([[0.75, 0.25]]) * black, "b": tf.constant([[[0.1, 0.2, 0.3, 0.6], [0, 0, 1, 1]]]) * black,
            "c": tf.constant([1.0]) * black, "d": tf.constant([[0.0, 0.0]]) * black,
        }  # fmt: skip

    save(tf, tmp_path / "m", tf.TensorSpec([1, 32, 64, 3], tf.float32, name="image"), answer)
    file = convert(tf, tmp_path / "m", tmp_path / "ssd.tflite")
    detector = open_detector(str(file), subject)
    (found,) = detector.detect(subject.dataset.images[0], PHOTO)
    assert found.bbox == pytest.approx((60, 10, 120, 20), abs=1e-3)
    assert (found.score, found.category, detector.name) == (0.75, "http", "ssd")


def test_litert_of_ours(tf: Any, subject: Subject, tmp_path: Path) -> None:
    """Scaled to fit, not squeezed; of two boxes on one prefix the stronger is left; nothing below the least score."""
    boxes = [[2.0, 8.0, 6.0, 24.0], [2.0, 8.0, 6.0, 23.0], [10.0, 8.0, 14.0, 24.0], [20.0, 8.0, 24.0, 24.0]]

    def answer(image: Any) -> Any:
        zero = 0 * tf.reduce_sum(image)
        return {"boxes": tf.constant([boxes]) + zero, "scores": tf.constant([[[0.6], [0.9], [0.3], [0.001]]]) + zero}

    save(tf, tmp_path / "m", tf.TensorSpec([1, 32, 32, 3], tf.float32, name="image"), answer)
    convert(tf, tmp_path / "m", tmp_path / "lite/model.tflite")
    own = {"classes": ["url"], "max_upscale": 2.0, "min_score": 0.01, "nms_iou": 0.5, "parameters": 42}
    write_json(tmp_path / "lite/signature.json", own | {"preprocess": None})
    detector = open_detector(str(tmp_path / "lite"), subject)
    found = detector.detect(subject.dataset.images[0], np.zeros((64, 32, 3), np.uint8))
    assert [round(each.score, 6) for each in found] == [0.9, 0.3]
    assert found[0].bbox == pytest.approx((16, 4, 16, 8), abs=1e-3)  # the rest of it lies beside the picture
    assert detector.size is not None
    assert (detector.size.parameters, detector.name) == (42, "lite")
    # Of a picture that is enlarged at most to the double, the boxes are so much smaller.
    (small, _) = detector.detect(subject.dataset.images[0], np.zeros((8, 8, 3), np.uint8))
    assert small.bbox == pytest.approx((4, 1, 4, 2), abs=1e-3)
    # A model that cuts the square in the middle by itself gives boxes on the whole picture.
    square = {"preprocess": {"width_px": None, "crop": "square"}}
    write_json(tmp_path / "lite/signature.json", own | square)
    cropping = open_detector(str(tmp_path / "lite"), subject)
    (cut, _) = cropping.detect(subject.dataset.images[0], np.zeros((64, 32, 3), np.uint8))
    assert cut.bbox == pytest.approx((8, 18, 15, 4), abs=1e-3)
    with pytest.raises(UserError, match="prepares pictures itself"):
        open_detector(str(tmp_path / "lite"), subject, PreprocessConfig(color=0.0))
    (tmp_path / "broken.tflite").write_bytes(b"no model")
    with pytest.raises(UserError, match="cannot be loaded as a LiteRT model"):
        open_detector(str(tmp_path / "broken.tflite"), subject)
