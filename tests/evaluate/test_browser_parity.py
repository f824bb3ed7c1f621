"""A TensorFlow.js model answers in a real browser as its SavedModel does, and the comparison says so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage

from conf import UserError
from conf.app import composed
from conf.schema.evaluate_parity import ParityConfig
from data import Dataset, Image, LinkAnnotation, write_dataset
from data.files import read_json, write_json
from data.model import Box
from evaluate.detectors import open_detector
from evaluate.detectors.browser import BrowserDetector
from evaluate.detectors.chromium import PACKAGES, Browser
from evaluate.inputs import open_subject
from evaluate.parity import parity
from evaluate.parity_pictures import pictures
from evaluate.parity_results import Matched, Spread
from train.quiet import load_tensorflow, native_quiet

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (PACKAGES / "tfjs-core").is_dir(), reason="web's packages are not here: npm ci --prefix web"
    ),
]
CELL, ROWS, COLUMNS = 32, 2, 3
SIZE = (CELL * ROWS, CELL * COLUMNS)
CELLS = [(y * CELL, x * CELL, (y + 1) * CELL, (x + 1) * CELL) for y in range(ROWS) for x in range(COLUMNS)]
DARK: Box = (32.0, 0.0, 32.0, 32.0)
SAYS = {
    "input": {"image": f"float32 [1, {SIZE[0]}, {SIZE[1]}, 3], RGB in 0…255"},
    "quantise": "float32",
    "max_upscale": 2.0,
    "min_score": 0.01,
    "nms_iou": 0.5,
    "classes": ["http"],
    "parameters": 0,
    "preprocess": None,
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`saved_model` and `tfjs` of a model whose boxes are six squares, each as likely as it is dark."""
    with native_quiet():
        load_tensorflow()
        import tensorflow as tf
        from tensorflowjs.converters import tf_saved_model_conversion_v2 as converter

    def answer(image: Any) -> dict[str, Any]:
        light = tf.reduce_mean(tf.nn.avg_pool2d(image, CELL, CELL, "VALID"), axis=-1)
        scores = 1.0 - tf.reshape(light, [1, -1, 1]) / 255.0
        # Nothing but constants would not be a box that was computed.
        return {"boxes": tf.minimum(tf.constant([CELLS], tf.float32), scores + 1000.0), "scores": scores}

    def find(image: Any) -> dict[str, Any]:
        found = answer(tf.cast(image, tf.float32))
        scores, order = tf.math.top_k(found["scores"][..., 0], len(CELLS))
        boxes, classes = tf.gather(found["boxes"], order, batch_dims=1), tf.ones([1, len(CELLS)], tf.int32)
        return {"detection_boxes": boxes, "detection_scores": scores, "detection_classes": classes}

    home, module = tmp_path_factory.mktemp("models"), tf.Module()
    pictures = {kind: tf.TensorSpec([1, *SIZE, 3], kind, name="image") for kind in (tf.uint8, tf.float32)}
    module.find = tf.function(find, input_signature=[pictures[tf.uint8]])
    module.answer = tf.function(answer, input_signature=[pictures[tf.float32]])
    tf.saved_model.save(module, str(home / "saved_model"), {"serving_default": module.find, "raw": module.answer})
    tf.saved_model.save(module, str(home / "plain"), module.answer)
    converter.convert_tf_saved_model(str(home / "plain"), str(home / "tfjs"), use_structured_outputs_names=True)
    write_json(home / "tfjs/signature.json", SAYS)
    return home


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A page with a dark square, whose edges are grey, and a page without."""
    light = np.full((*SIZE, 3), 255, np.uint8)
    dark = light.copy()
    dark[2:30, 34:62] = (10, 20, 30)
    images = []
    for name, pixels, links in (("dark", dark, (LinkAnnotation(DARK, text="https://a.org"),)), ("light", light, ())):
        PillowImage.fromarray(pixels).save(tmp_path / f"{name}.png")
        images.append(Image(tmp_path / f"{name}.png", SIZE[1], SIZE[0], links))
    write_dataset(Dataset(tuple(images)), tmp_path / "set")
    return tmp_path / "set"


def test_parity_of_a_model_that_lost_nothing(models: Path, pages: Path, tmp_path: Path) -> None:
    keys = [
        f"reference={models}/saved_model",
        f"candidate={models}/tfjs",
        f"dataset={pages}",
        f"out={tmp_path / 'out'}",
    ]
    found = parity(composed("evaluate_parity", ParityConfig, [*keys, "ocr=none", "frames=3", "resamples=20"]))
    assert found.passes and {bar.name for bar in found.bars} == {"raw scores", "raw boxes, px", "AP"}
    assert found.raw is not None and found.raw.tensors == 2 and found.raw.scores.largest < 1e-6
    assert (found.matched.reference, found.matched.matched, found.matched.unmatched) == (1, 1, 0)
    assert found.pictures is not None and len(found.pictures.decoders) == 2
    for decoder in found.pictures.decoders:  # PNG, and nothing to scale
        assert (decoder.decoded.largest, decoder.scaled.largest, decoder.both.largest) == (0, 0, 0)
    assert found.speed is not None and found.browser is not None
    assert found.browser.version.startswith("Chromium ") and found.browser.model_bytes > 500
    assert [bar["verdict"] for bar in read_json(tmp_path / "out/parity.json")["bars"]] == ["met"] * 3
    assert "| raw scores | 0.0001 |" in (tmp_path / "out/parity.md").read_text()


def test_parity_of_a_model_that_was_broken_on_the_way(models: Path, pages: Path, tmp_path: Path) -> None:
    """Weights of another conversion: a box that is two pixels off."""
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in (models / "tfjs").iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    weights = next(broken.glob("*.bin"))
    values = weights.read_bytes()
    moved = np.float32(34).tobytes()
    place = values.index(np.asarray(CELLS[1], np.float32).tobytes()) + 4
    weights.write_bytes(values[:place] + moved + values[place + 4 :])
    keys = [f"reference={models}/saved_model", f"candidate={broken}", f"dataset={pages}", f"out={tmp_path / 'out'}"]
    found = parity(composed("evaluate_parity", ParityConfig, [*keys, "ocr=none", "frames=0", "resamples=0"]))
    assert not found.passes and found.matched.unmatched == 2
    assert {bar.name: bar.verdict for bar in found.bars}["raw boxes, px"] == "missed"


def test_a_photograph_is_decoded_and_scaled_alike_by_all(models: Path, tmp_path: Path) -> None:
    """Decoders of JPEG differ by a few levels; a picture that was turned, shifted or scaled plainly by many."""
    coarse = np.random.default_rng(3).integers(0, 256, (12, 18, 3), np.uint8)
    PillowImage.fromarray(coarse).resize((18 * 16, 12 * 16)).save(tmp_path / "a.jpg", quality=90)
    write_dataset(Dataset((Image(tmp_path / "a.jpg", 18 * 16, 12 * 16),)), tmp_path / "set")
    subject = open_subject(tmp_path / "set")
    detector = open_detector(str(models / "tfjs"), subject)
    assert isinstance(detector, BrowserDetector)

    def compared(ours: Sequence[Any], theirs: Sequence[Any]) -> Matched:
        return Matched(len(ours), len(theirs), 0, 0, Spread(0, 0, 0))

    found = pictures(subject.dataset.images, detector.around, detector, compared)
    assert [decoder.name.split(" ")[0] for decoder in found.decoders] == ["our", "Chromium"]
    for decoder in found.decoders:
        assert 0 < decoder.decoded.mean < 2 and decoder.decoded.largest < 16
        assert 0 < decoder.scaled.mean < 2 and decoder.scaled.largest < 40
        assert 0 < decoder.both.mean < 3 and decoder.both.largest < 40
    assert found.decoders[0].scaled.largest <= 1  # the same filter, rounded
    assert found.boxes is not None and (found.boxes.reference, found.boxes.candidate) == (1, 1)


def test_what_is_no_model_is_told(models: Path, pages: Path, tmp_path: Path) -> None:
    subject = open_subject(pages)
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(UserError, match=r"has no signature\.json that python -m train export wrote"):
        open_detector(str(tmp_path), subject)
    (tmp_path / "signature.json").write_text(json.dumps(SAYS))
    with pytest.raises(UserError, match=r"in Chromium \d+"):
        open_detector(str(tmp_path), subject)
    with pytest.raises(UserError, match=r"holds no TensorFlow\.js: npm ci --prefix web"):
        Browser(models / "tfjs", "wasm", tmp_path)
    detector = open_detector(str(models / "tfjs"), subject)
    assert isinstance(detector, BrowserDetector) and detector.page_size == SIZE
