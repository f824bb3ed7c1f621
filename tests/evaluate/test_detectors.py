from __future__ import annotations

import gzip
import json
import os
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.files import write_json
from data.formats.coco import to_coco
from data.model import Dataset, Image
from evaluate.detectors import open_detector
from evaluate.detectors.answers import Classes, detections_of
from evaluate.detectors.location import located, operating_point_file
from evaluate.detectors.size import size_of
from evaluate.inputs import Subject, open_subject
from evaluate.predictions import Detection
from evaluate.view import as_seen, within_view
from tests.evaluate.pages import image, link, save_results, save_set
from train.quiet import load_tensorflow

GOOD: dict[str, Any] = {"image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 10], "score": 0.5}


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    save_set(tmp_path / "set")
    return open_subject(tmp_path / "set")


def test_coco_results_by_page_highest_score_first(subject: Subject, tmp_path: Path) -> None:
    entries = [GOOD, GOOD | {"score": 0.9}, GOOD | {"image_id": 2}]
    detector = open_detector(str(save_results(tmp_path / "r.json", entries)), subject)
    first, second = (detector.detect(image, None) for image in subject.dataset.images)
    assert [detection.score for detection in first] == [0.9, 0.5]
    assert [detection.bbox for detection in second] == [(10, 20, 30, 10)]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (GOOD | {"image_id": 9}, r"r\.json entry \[1\]: image_id=9 is not the id of any image"),
        (GOOD | {"category_id": 9}, r"entry \[1\]: category_id=9 is not the id of any category \(known: 1\)"),
        (GOOD | {"score": float("nan")}, r"entry \[1\]: score"),
        (GOOD | {"score": "high"}, r"entry \[1\]: score='high' must be a number"),
        (GOOD | {"bbox": [1, 2, 3]}, r"entry \[1\]: bbox=\[1, 2, 3\] must be a list of 4 numbers"),
        (GOOD | {"bbox": [1, 2, -3, 4]}, r"entry \[1\]: bbox=.* has a negative side"),
        (GOOD | {"bbox": [1, 2, float("inf"), 4]}, r"entry \[1\]: bbox"),
        ({"image_id": 1}, r"entry \[1\]: category_id is missing"),
        ([1], r"entry \[1\] must be an object"),
    ],
)
def test_a_wrong_entry_is_named(subject: Subject, tmp_path: Path, entry: Any, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        open_detector(str(save_results(tmp_path / "r.json", [GOOD, entry])), subject)


def test_a_file_that_is_no_results_list(subject: Subject, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no COCO results file"):
        open_detector(str(save_results(tmp_path / "r.json", {"images": []})), subject)
    (tmp_path / "r.json").write_text("[{")
    with pytest.raises(UserError, match=r"r\.json line 1 column \d+ is not JSON"):
        open_detector(str(tmp_path / "r.json"), subject)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1 column 1 is not JSON"),
        ("[", "line 1 column 2 is not JSON"),
        ("[{}x]", "image_id is missing"),
        (f"[{json.dumps(GOOD)}\n x]", "line 2 column 2 is not JSON: Expecting ',' or the list's end"),
        (f"[{json.dumps(GOOD)},]", "is not JSON"),
        (f"[{json.dumps(GOOD)}] x", "is not JSON"),
        (f"[{json.dumps(GOOD)}", "is not JSON"),
        ("nothing", "line 1 column 1 is not JSON"),
    ],
)
def test_a_broken_results_file_is_named_with_its_line(subject: Subject, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(UserError, match=re.escape(says)):
        open_detector(str(tmp_path / "r.json"), subject)


def test_an_empty_results_file_finds_nothing(subject: Subject, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(" [ ]\n")
    assert open_detector(str(tmp_path / "r.json"), subject).detect(subject.dataset.images[0], None) == []


def test_a_model_is_found_by_its_name(subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "models/detector"
    (home / "tiny/saved_model").mkdir(parents=True)
    (home / "weights_only").mkdir()
    (home / "weights_only/weights.index").write_bytes(b"")
    (home / "tiny/operating_point.json").write_text('{"score_threshold": 0.25}')
    monkeypatch.chdir(tmp_path)
    assert located("tiny") == Path("models/detector/tiny")
    for key in ("tiny", "models/detector/tiny", "models/detector/tiny/saved_model"):
        assert operating_point_file(key) == Path("models/detector/tiny/operating_point.json")
    assert operating_point_file("oracle") is None
    with pytest.raises(UserError, match=r"detector=tinny is not there; .*or a model by its name: .*tiny"):
        open_detector("tinny", subject)
    for key in ("weights_only", "models/detector/weights_only"):
        with pytest.raises(UserError, match="holds weights alone, to begin training with: python -m train"):
            open_detector(key, subject)


def test_ids_of_the_annotation_file_hold_for_results(subject: Subject, tmp_path: Path) -> None:
    content = to_coco(subject.dataset) | {"categories": [{"id": 7, "name": "http"}]}
    for number, entry in enumerate(content["images"]):
        entry["id"] = 40 + number
    for entry in content["annotations"]:
        entry |= {"category_id": 7, "image_id": 40}
    write_json(tmp_path / "other.json", content)
    other = open_subject(tmp_path / "other.json")
    results = save_results(tmp_path / "r.json", [GOOD | {"image_id": 41, "category_id": 7}])
    detector = open_detector(str(results), other)
    assert [len(detector.detect(image, None)) for image in other.dataset.images] == [0, 1]


def test_oracle_knows_the_truth_and_needs_it(subject: Subject) -> None:
    detector = open_detector("oracle", subject)
    assert [len(detector.detect(image, None)) for image in subject.dataset.images] == [1, 0]
    photos = open_subject(subject.dataset.images[0].path.parent)
    assert not photos.has_truth
    with pytest.raises(UserError, match="oracle needs truth"):
        open_detector("oracle", photos)


def test_unknown_detectors_are_refused(subject: Subject, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    for key, what in (
        ("no/such", "is not there"),
        (str(tmp_path), "has neither"),
        (str(tmp_path / "notes.txt"), "another kind"),
    ):
        with pytest.raises(UserError, match=rf"detector=.*{what}.*it can be a run folder"):
            open_detector(key, subject)


def test_a_box_may_reach_beyond_the_page(subject: Subject, tmp_path: Path) -> None:
    outside = GOOD | {"bbox": [-12.5, 20.25, 5000.5, 0.0]}
    detector = open_detector(str(save_results(tmp_path / "r.json", [outside])), subject)
    (found,) = detector.detect(subject.dataset.images[0], None)
    assert found.bbox == (-12.5, 20.25, 5000.5, 0.0)


def test_the_same_detection_twice_is_two(subject: Subject, tmp_path: Path) -> None:
    """Ids of results mean nothing; what a tool claims twice counts twice, and the second is a false alarm."""
    detector = open_detector(str(save_results(tmp_path / "r.json", [GOOD | {"id": 1}, GOOD | {"id": 1}])), subject)
    assert len(detector.detect(subject.dataset.images[0], None)) == 2


def test_categories_in_another_order(subject: Subject, tmp_path: Path) -> None:
    content = to_coco(subject.dataset) | {"categories": [{"id": 9, "name": "www"}, {"id": 4, "name": "http"}]}
    for entry in content["annotations"]:
        entry["category_id"] = 4
    write_json(tmp_path / "other.json", content)
    other = open_subject(tmp_path / "other.json")
    results = save_results(tmp_path / "r.json", [GOOD | {"category_id": 4}, GOOD | {"category_id": 9, "score": 0.1}])
    found = open_detector(str(results), other).detect(other.dataset.images[0], None)
    assert [detection.category for detection in found] == ["http", "www"]


FOUND = {
    "detection_boxes": np.array([[[0.1, 0.2, 0.3, 0.6], [0.0, 0.0, 0.0, 0.0], [np.nan] * 4]]),
    "detection_scores": np.array([[0.9, 0.8, np.nan]]),
    "detection_classes": np.array([[1.0, 1.0, 7.0]]),
    "num_detections": np.array([1.0]),
}


def test_boxes_as_shares_of_the_picture_and_padding_of_any_kind(subject: Subject) -> None:
    classes = Classes(Path("model"), subject, None)
    (found,) = detections_of(FOUND, (100, 200), classes, "model")
    assert found.bbox == pytest.approx((40, 10, 80, 20))
    assert (found.score, found.category) == (0.9, "http")
    # Some exports leave the number out; then a slot without a score is empty.
    fewer = {name: array[:, :2] for name, array in FOUND.items() if array.ndim > 1}
    fewer["detection_scores"] = np.array([[0.9, 0.0]])
    assert detections_of(fewer, (100, 200), classes, "model") == [found]
    # A number larger than the slots, as one evaluator of Model Garden's has it.
    many = {name: array[..., :1] if array.ndim == 2 else array for name, array in FOUND.items()} | {
        "detection_boxes": FOUND["detection_boxes"][:, :1],
        "num_detections": np.array([100]),
    }
    assert detections_of(many, (100, 200), classes, "model") == [found]


def test_boxes_in_pixels_of_the_copy_that_the_network_saw(subject: Subject) -> None:
    boxes = FOUND | {"detection_boxes": np.array([[[20.0, 40.0, 60.0, 120.0]] * 3])}
    classes = Classes(Path("model"), subject, None)
    (plain,) = detections_of(boxes, (100, 200), classes, "model")
    assert plain.bbox == pytest.approx((40, 20, 80, 40))
    info = np.array([[[100, 200], [200, 600], [2.0, 3.0], [0.0, 12.0]]])
    (scaled,) = detections_of(boxes | {"image_info": info}, (100, 200), classes, "model")
    assert scaled.bbox == pytest.approx((52 / 3, 10, 80 / 3, 20), abs=1e-3)
    (small,) = detections_of(FOUND, (100, 200), classes, "model", in_pixels=True)
    assert small.bbox == pytest.approx((0.2, 0.1, 0.4, 0.2))


def test_numbers_that_are_none_are_refused(subject: Subject) -> None:
    broken = FOUND | {"num_detections": np.array([3])}
    with pytest.raises(UserError, match=r"model on a\.png: boxes or scores are no finite numbers"):
        detections_of(broken, (100, 200), Classes(Path("model"), subject, None), "model on a.png")


def test_links_that_are_cut_off_are_not_in_the_truth() -> None:
    """Of a page 400 pixels wide and 300 high the square in the middle keeps columns 50 to 350."""
    links = [link(x=-2), link(x=20), link(x=42), link(x=180), link(x=355)]
    page = image(Path("p.png"), links)
    seen = as_seen(subject_of(page), PreprocessConfig(crop="square", width_px=200)).dataset.images[0].links
    # One is a third outside, which is more than the quarter that may be cut off; its box is what can be seen of it.
    assert [(round(each.bbox[0], 6), round(each.bbox[2], 6), each.ignore) for each in seen] == [
        (50, 10, True),
        (50, 32, False),
        (180, 40, False),
    ]
    assert [each.text for each in seen] == ["https://a.org/b"] * 3
    whole = as_seen(subject_of(page), PreprocessConfig(width_px=200))
    assert whole.dataset.images[0].links == tuple(links)


def test_detections_that_are_cut_off_do_not_count() -> None:
    page = image(Path("p.png"), [])
    found = [Detection((x, 10.0, 40.0, 10.0), 0.5, "http") for x in (0.0, 5.0, 42.0, 349.0, 351.0)]
    view = PreprocessConfig(crop="square")
    assert [each.bbox[0] for each in within_view(found, page, view)] == [42.0, 349.0]
    assert within_view(found, page, PreprocessConfig()) == found


def subject_of(page: Image) -> Subject:
    return Subject(Path("set"), Dataset((page,)), True, "hash", (1,), {"http": 1})


def test_size_of_a_model(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(bytes(100_000))
    size = size_of([tmp_path / "a", tmp_path / "b"], 7)
    assert (size.raw_bytes, size.parameters) == (200_000, 7)
    assert size.gzipped_bytes == 2 * len(gzip.compress(bytes(100_000), 6, mtime=0))


@pytest.mark.slow
def test_saved_model(subject: Subject, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model with three true slots and padding that looks like detections."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    # Its log handler keeps the standard error that it finds; the one of a test is closed with the test.
    with capsys.disabled():
        load_tensorflow()
    import tensorflow as tf

    class Model(tf.Module):  # type: ignore[misc]
        @tf.function(input_signature=[tf.TensorSpec([1, None, None, 3], tf.uint8, name="image")])
        def serve(self, image: Any) -> dict[str, Any]:
            size = tf.cast(tf.shape(image)[1:3], tf.float32)
            first = tf.stack([size[0] / 2, 10.0, size[0] / 2 + 20.0, size[1]])
            boxes = tf.concat([[first], tf.tile([[1.0, 2.0, 11.0, 42.0]], [99, 1])], axis=0)
            return {
                "detection_boxes": boxes[None],
                "detection_scores": tf.concat([[0.9, 0.95, 0.2], tf.fill([97], 0.99)], axis=0)[None],
                "detection_classes": tf.ones([1, 100], tf.int32),
                "num_detections": tf.constant([3]),
            }

    model = Model()
    tf.saved_model.save(model, str(tmp_path / "run/saved_model"), signatures=model.serve)
    detector = open_detector(str(tmp_path / "run"), subject)
    image, pixels = subject.dataset.images[0], np.zeros((100, 300, 3), np.uint8)
    found = detector.detect(image, pixels)
    assert [detection.score for detection in found] == pytest.approx([0.95, 0.9, 0.2])
    assert found[0].bbox == pytest.approx((2, 1, 40, 10))
    assert found[1].bbox == pytest.approx((10, 50, 290, 20))
    assert detector.size is not None
    assert detector.size.raw_bytes > detector.size.gzipped_bytes > 1000
    assert detector.size.parameters is None
    assert detector.name == "run"
    assert open_detector(str(tmp_path / "run/saved_model"), subject).fingerprint == detector.fingerprint
    # A model and a set of one class each agree, whatever they call it.
    write_json(tmp_path / "run/saved_model/signature.json", {"classes": ["url"]})
    assert open_detector(str(tmp_path / "run"), subject).detect(image, pixels)[0].category == "http"
    write_json(tmp_path / "run/saved_model/signature.json", {"classes": ["url", "http"]})
    with pytest.raises(UserError, match=r"answers with class 1 \(url\), which the set lacks \(http\)"):
        open_detector(str(tmp_path / "run"), subject).detect(image, pixels)
    # A model that prepares pictures is asked by another signature where they are prepared; this one has none.
    steps = asdict(PreprocessConfig(stretch=1.0))
    write_json(tmp_path / "run/saved_model/signature.json", {"classes": ["http"], "preprocess": steps})
    assert open_detector(str(tmp_path / "run"), subject).detect(image, pixels)
    with pytest.raises(UserError, match=r"prepares pictures itself.*leave preprocess=none"):
        open_detector(str(tmp_path / "run"), subject, PreprocessConfig(color=0.0))
    prepared = replace(subject, dataset=replace(subject.dataset, info={"preprocess": steps}))
    with pytest.raises(UserError, match="its signature lacks prepared"):
        open_detector(str(tmp_path / "run"), prepared)
    (tmp_path / "run/saved_model/saved_model.pb").write_bytes(b"no model")
    with pytest.raises(UserError, match="cannot be loaded as a SavedModel"):
        open_detector(str(tmp_path / "run"), subject)
