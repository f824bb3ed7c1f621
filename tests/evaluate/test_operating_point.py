"""The threshold: the best of all by brute force, within the budget, on other pages than those that are scored."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf import UserError
from conf.schema.evaluate import EvaluateConfig
from data import Dataset
from evaluate.metrics import OperatingPoint
from evaluate.operating_point import (
    chosen,
    operating_point,
    place_beside_model,
    read_operating_point,
    refuse_validation,
)
from evaluate.predictions import Detection
from tests.commands import Run
from tests.evaluate.cases import Pages, items_of, random_case, read_as
from tests.evaluate.pages import image, link, save_results, save_set, save_validation

TEXT = "https://example.org/a"


def with_texts(dataset: Dataset, pages: Pages) -> tuple[Dataset, Pages]:
    """All links print the same; of the detections, some were read rightly."""
    images = tuple(replace(page, links=tuple(replace(one, text=TEXT) for one in page.links)) for page in dataset.images)
    texts = (TEXT, "", "https://example.org/b")
    read = [[read_as(one, texts[place % 3]) for place, one in enumerate(page)] for page in pages]
    return replace(dataset, images=images), read


def at(dataset: Dataset, pages: Pages, threshold: float, by: str) -> tuple[float, float, int]:
    """F1, false alarms a page without links, and right answers, by scoring the whole set."""
    items = items_of(dataset, pages, threshold, was_read=by == "end_to_end")
    if by == "end_to_end":
        right, answers = sum(item.same for item in items), sum(bool(item.answer) and item.scored for item in items)
    else:
        right = sum(item.truth is not None and item.detection is not None for item in items)
        answers = sum(item.detection is not None for item in items)
    links = sum(item.truth is not None for item in items)
    empty = [found for page, found in zip(dataset.images, pages, strict=True) if not page.links]
    loud = sum(one.score >= threshold for found in empty for one in found) / max(len(empty), 1)
    return 2 * right / max(answers + links, 1), loud, right


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["end_to_end", "detection"]), st.sampled_from([None, 0.0, 0.5]))
def test_no_threshold_within_the_budget_is_better(seed: int, by: str, budget: float | None) -> None:
    dataset, pages = with_texts(*random_case(seed, ("http",)))
    point = chosen(dataset, pages, by, budget)
    tried = [at(dataset, pages, one.score, by) for page in pages for one in page]
    useful = [(value, loud) for value, loud, right in tried if right]
    if point is None:
        assert not useful
        return
    value, loud, _ = at(dataset, pages, point.score_threshold, by)
    assert (point.value, point.false_alarms_per_empty_page or 0.0) == pytest.approx((value, loud))
    kept = [each for each in useful if budget is None or each[1] <= budget]
    assert point.within_budget is bool(kept)
    if kept:
        assert value == pytest.approx(max(each[0] for each in kept))
        assert budget is None or loud <= budget
    else:
        assert loud == min(each[1] for each in useful)


def test_the_threshold_lies_half_way_to_what_is_left_out() -> None:
    dataset = Dataset((image(Path("a.png"), [link(text=TEXT)]), image(Path("b.png"), [])))
    hit = read_as(Detection((10, 10, 40, 10), 0.8, "http"), TEXT)
    point = chosen(dataset, [[hit], [replace(hit, score=0.4)]], "end_to_end", 0.0)
    assert point is not None
    assert point.score_threshold == pytest.approx(0.6)
    assert (point.value, point.chosen_by) == (1.0, "end_to_end")
    assert chosen(dataset, [[], []], "end_to_end", None) is None


def test_detections_of_equal_score_stand_or_fall_together() -> None:
    """Two links read right and two wrong, all at one score; a third right one below."""
    dataset = Dataset(tuple(image(Path(f"{page}.png"), [link(text=TEXT)]) for page in range(5)))
    hit = read_as(Detection((10, 10, 40, 10), 0.5, "http"), TEXT)
    miss = read_as(hit, "https://example.org/b")
    point = chosen(dataset, [[hit], [hit], [miss], [miss], [replace(hit, score=0.4)]], "end_to_end", None)
    assert point is not None
    assert point.value == pytest.approx(2 * 3 / (5 + 5))
    assert point.score_threshold < 0.4
    alone = chosen(dataset, [[hit], [hit], [miss], [miss], []], "end_to_end", None)
    assert alone is not None
    assert alone.value == pytest.approx(2 * 2 / (4 + 5))


def test_a_run_keeps_the_threshold_that_its_validation_set_chose(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "test")
    save_validation(tmp_path / "val")
    truth = json.loads((tmp_path / "test/annotations.json").read_text())["annotations"][0]["bbox"]
    entries = [{"image_id": 1, "category_id": 1, "bbox": truth, "score": 0.3},
               {"image_id": 2, "category_id": 1, "bbox": truth, "score": 0.2}]  # fmt: skip
    results = save_results(tmp_path / "r.json", entries)
    command = (f"detector={results}", f"dataset={tmp_path / 'test'}", f"out={tmp_path / 'out'}", "report=none")
    done = run(*command, f"validation={tmp_path / 'val'}", "ocr=oracle", "false_alarm_budget=0")
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "out/metrics.json").read_text())
    point = metrics["operating_point"]
    assert (point["score_threshold"], point["chosen_by"], point["value"]) == (pytest.approx(0.25), "end_to_end", 1.0)
    assert point["validation"] == str(tmp_path / "val")
    assert point["validation_hash"] != metrics["dataset"]["hash"]
    assert metrics["config"]["score_threshold"] == point["score_threshold"]
    assert metrics["detection"]["recall"] == metrics["end_to_end"]["normalised"]["recall"] == 1.0
    assert metrics["detection"]["false_alarms_per_empty_page"] == 0.0
    assert (tmp_path / "out/validation/metrics.json").exists()
    assert read_operating_point(tmp_path / "out/operating_point.json").score_threshold == point["score_threshold"]
    for wrong, sentence in (("test", "is the set that is scored"), ("absent", "absent")):
        refused = run(*command, f"validation={tmp_path / wrong}", "ocr=oracle", f"out={tmp_path / wrong / 'no'}")
        assert refused.returncode == 2 and sentence in refused.stderr
        assert not (tmp_path / wrong / "no").exists()  # said before anything is begun


def test_a_model_brings_its_operating_point_along(tmp_path: Path) -> None:
    """Unless a threshold is given; never on the set that it was chosen on."""
    (tmp_path / "model.tflite").write_bytes(b"")
    file = tmp_path / "operating_point.json"
    file.write_text('{"score_threshold": 0.3, "chosen_by": "end_to_end", "validation_hash": "val"}')
    config = EvaluateConfig(str(tmp_path), "set")

    def point(config: EvaluateConfig, scored: str) -> OperatingPoint:
        return operating_point(config, lambda _: pytest.fail("nothing is to be evaluated"), tmp_path, scored)

    assert (point(config, "test").score_threshold, point(config, "test").chosen_by) == (0.3, "end_to_end")
    assert point(replace(config, score_threshold=0.7), "val") == OperatingPoint(0.7)
    assert point(replace(config, detector="oracle"), "test") == OperatingPoint(0.5)
    with pytest.raises(UserError, match=r"would flatter it\. Give score_threshold=0.3 to use it all the same"):
        point(config, "val")
    with pytest.raises(UserError, match="leave one of them out"):
        refuse_validation(replace(config, score_threshold=0.7, validation="val"), "test")
    file.write_text('{"score_threshold": 3}')
    with pytest.raises(UserError, match="score_threshold=3 is out of range"):
        point(config, "test")
    file.write_text("{}")
    with pytest.raises(UserError, match="is no operating point"):
        point(config, "test")


@pytest.mark.slow
def test_a_chosen_threshold_is_kept_beside_the_model(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "test")
    save_validation(tmp_path / "val")
    model = tmp_path / "mine/model.tflite"
    model.parent.mkdir()
    shutil.copy("models/detector/small/litert_float16/model.tflite", model)
    shutil.copy("models/detector/small/litert_float16/signature.json", model.parent)
    command = (f"detector={model}", f"dataset={tmp_path / 'test'}", "report=none", "ocr=none", "cost.pages=0")
    done = run(*command, f"validation={tmp_path / 'val'}", f"out={tmp_path / 'a'}", "store_operating_point=true",
               "false_alarm_budget=null")  # fmt: skip
    assert done.returncode == 0, done.stderr
    kept = read_operating_point(model.with_name("operating_point.json"))
    assert kept == read_operating_point(tmp_path / "a/operating_point.json")
    assert kept.validation == str(tmp_path / "val")
    done = run(*command, f"out={tmp_path / 'b'}")
    assert done.returncode == 0, done.stderr
    assert read_operating_point(tmp_path / "b/operating_point.json") == kept


def test_a_threshold_is_kept_only_where_one_is_chosen_and_has_a_place(tmp_path: Path) -> None:
    config = EvaluateConfig(str(tmp_path), "set", store_operating_point=True, validation="val")
    assert place_beside_model(config) == tmp_path / "operating_point.json"
    assert place_beside_model(replace(config, store_operating_point=False)) is None
    format_ = tmp_path / "litert_float16"  # a model in several formats keeps one threshold for all
    format_.mkdir()
    (format_ / "model.tflite").touch()
    inner = replace(config, detector=str(format_ / "model.tflite"))
    assert place_beside_model(inner) == format_ / "operating_point.json"
    (tmp_path / "operating_point.json").write_text("{}")
    assert place_beside_model(inner) == tmp_path / "operating_point.json"
    with pytest.raises(UserError, match="name that set"):
        place_beside_model(replace(config, validation=None))
    with pytest.raises(UserError, match=r"detector=oracle is no folder and no \.tflite file"):
        place_beside_model(replace(config, detector="oracle"))


def test_a_validation_set_without_truth_is_refused(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "test")
    save_validation(tmp_path / "other")
    results = save_results(tmp_path / "r.json", [])
    photos = next((tmp_path / "other/images").iterdir())
    done = run(f"detector={results}", f"dataset={tmp_path / 'test'}", f"validation={photos}", "ocr=none",
               f"out={tmp_path / 'out'}")  # fmt: skip
    assert done.returncode == 2
    assert "holds pictures without truth" in done.stderr
    done = run(f"detector={results}", f"dataset={tmp_path / 'test'}", f"validation={tmp_path / 'other'}", "ocr=none",
               f"out={tmp_path / 'out'}")  # fmt: skip
    assert done.returncode == 2
    assert "nothing is right on it" in done.stderr
