"""Where links are lost on the way from print to address, the levels of sameness, and the schema of the numbers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conf import UserError
from data import Dataset, LinkAnnotation
from data.files import write_json
from evaluate import metrics as schema
from evaluate.links import Item
from evaluate.metrics import SCHEMA_VERSION, Metrics, read_metrics, value_of
from evaluate.predictions import Detection
from evaluate.url import host, merged
from evaluate.waterfall import STEPS, waterfall, with_true_text
from tests.commands import Run
from tests.evaluate.cases import evaluated, items_of, random_case, read_as
from tests.evaluate.pages import image, link, save_set

TEXT = "https://example.org/a"
LINE = (10.0, 10.0, 160.0, 10.0)
PRINTED = link(text=TEXT, link_bbox=LINE, segments=(LINE,))


def found(text: str, raw: str | None = None, line: tuple[float, ...] = LINE, score: float = 0.9) -> Detection:
    read = read_as(Detection((10.0, 10.0, 40.0, 10.0), score, "http"), text)
    return replace(read, raw_text=text if raw is None else raw, link_bbox=(line[0], line[1], line[2], line[3]))


def item(printed: LinkAnnotation, *detections: Detection) -> Item:
    dataset = Dataset((image(Path("a.png"), [printed]),))
    (only,) = items_of(dataset, [detections])
    return only


LOST: list[tuple[list[Detection], str | None]] = [
    ([], "detection"),
    ([found(TEXT, score=0.3)], "threshold"),
    ([found(TEXT[:12], line=(10, 10, 90, 10))], "crop"),
    ([found("", line=(40, 10, 200, 10))], "crop"),
    ([found("https://exarnple.org/a", line=(10, 10, 156, 10))], "characters"),
    ([found("", "hxxps: //exarnple.org/a")], "characters"),
    ([found("", f"see {TEXT} there")], "extraction"),
    ([found(TEXT + "there", f"{TEXT}there")], "link"),
    ([found("https://example.org", "https://example.org/ a")], "link"),
    ([found(TEXT)], None),
    ([found(TEXT + "/.")], None),
    ([found(TEXT, line=(10, 10, 156, 10))], None),
]


@pytest.mark.parametrize(("detections", "stage"), LOST)
def test_a_link_is_lost_at_one_stage(detections: list[Detection], stage: str | None) -> None:
    assert item(PRINTED, *detections).lost_at == stage


def test_the_waterfall_falls_step_by_step() -> None:
    items = [item(PRINTED, *detections) for detections, _ in LOST]
    steps = waterfall(items)
    assert steps is not None
    assert [step["name"] for step in steps] == [name for name, _ in STEPS]
    assert [step["count"] for step in steps] == [12, 10, 8, 6, 5, 3]
    assert steps[-1]["share"] == pytest.approx(sum(one.same for one in items) / 12)
    true = with_true_text(items)
    assert true is not None
    assert [step["count"] for step in true] == [12, 10, 10, 10, 10, 10]
    assert waterfall([]) is with_true_text([]) is None


def test_a_wrapped_link_may_be_lost_in_joining() -> None:
    text = "https://example.org/books/about_ink.html"
    printed = link(text=text, segments=((10, 10, 200, 10), (5, 22, 200, 10)))
    half = replace(found(text[:20], line=(10, 10, 200, 10)), line_text=text[:20])
    assert item(printed, half).lost_at == "link"


def test_a_page_read_whole_has_no_crop_to_lose() -> None:
    whole = replace(found("https://exarnple.org/a", line=(10, 10, 20, 10)), raw_text=None)
    assert item(PRINTED, whole).lost_at == "characters"


@pytest.mark.parametrize(
    ("printed", "answer", "same"),
    [
        ("https://example.org/l0", "https://example.org/1O", True),
        ("https://go0gle.com/I", "https://gooGle.com/l", True),
        ("https://WIKI.org", "https://WlKI.org", True),
        ("https://example.org/a", "https://example.org/A", False),
        ("https://example.org/a", "https://example.org/b", False),
        ("http://example.org", "https://example.org", False),
    ],
)
def test_letters_that_look_alike(printed: str, answer: str, same: bool) -> None:
    one = item(link(text=printed), replace(found(answer), link_bbox=None, raw_text=None))
    assert one.same_merged is same
    assert (merged(printed) == merged(answer)) is same
    assert not one.same


@pytest.mark.parametrize(
    ("answer", "astray", "elsewhere"),
    [
        ("https://example.org/a.", False, False),
        ("https://example.org/b", True, False),
        ("http://EXAMPLE.org/a", True, False),
        ("https://exarnple.org/a", True, True),
        ("https://exampl", False, False),
        ("", False, False),
    ],
)
def test_wrong_destinations_and_wrong_hosts(answer: str, astray: bool, elsewhere: bool) -> None:
    one = item(PRINTED, found(answer))
    assert (one.leads_astray, one.wrong_host) == (astray, elsewhere)


def test_hosts() -> None:
    assert host("https://user@Example.org:8080/a?b#c") == "example.org:8080"
    assert host("www.Example.org/a") == host("http://www.example.org") == "www.example.org"
    assert host("nonsense") == ""


def test_links_are_matched_at_0_3_too_and_never_by_text() -> None:
    """Two links and two loose boxes (IoU 1/3) whose texts are swapped."""
    links = [link(10, text="https://a.org"), link(200, text="https://b.org")]
    boxes = [replace(found("https://b.org"), bbox=(30.0, 10.0, 40.0, 10.0)),
             replace(found("https://a.org"), bbox=(220.0, 10.0, 40.0, 10.0))]  # fmt: skip
    results = evaluated(Dataset((image(Path("a.png"), links),)), [boxes])
    detection, end_to_end = results.metrics["detection"], results.metrics["end_to_end"]
    assert (detection["recall"], detection["recall_iou30"], detection["ap30"]) == (0.0, 1.0, 1.0)
    assert (detection["ap40"], detection["ap50"], detection["ap_loose"]) == (0.0, 0.0, pytest.approx(0.2))
    assert end_to_end["normalised"]["recall"] == end_to_end["normalised_iou30"]["recall"] == 0.0


def test_the_right_edge_is_measured_in_x_heights() -> None:
    known = link(10, attributes={"x_height_px": 4.0})
    boxes = [Detection((10, 10, 44, 10), 0.9, "http"), Detection((200, 10, 30, 10), 0.9, "http")]
    edge = evaluated(Dataset((image(Path("a.png"), [known, link(200)]),)), [boxes]).metrics["detection"]["right_edge"]
    assert edge == {"links": 2, "median": -0.5, "median_off": 1.5, "p95_off": pytest.approx(1.95), "within_half": 0.0}


@pytest.mark.parametrize("seed", range(8))
def test_numbers_fit_the_schema(seed: int, tmp_path: Path) -> None:
    dataset, pages = random_case(seed)
    results = evaluated(dataset, pages, tmp_path, engine="none", resamples=200)
    metrics = read_metrics(tmp_path / "metrics.json")
    assert json.loads(msgspec.json.encode(metrics)) == json.loads((tmp_path / "metrics.json").read_text())
    for name, (low, high) in metrics.intervals.items():
        assert low <= high, name
        assert value_of(metrics, name) == value_of(results.metrics, name)
    nulls = {name for name in metrics.reasons if name.count(".") == 1}
    assert all(value_of(metrics, name) is None for name in nulls)
    assert not nulls & metrics.intervals.keys()


def test_a_set_without_pages_or_links_or_detections_has_reasons_for_its_nulls() -> None:
    for images in ((), (image(Path("a.png"), []),)):
        metrics = evaluated(Dataset(images), [[] for _ in images]).metrics
        assert metrics["detection"]["ap"] is metrics["end_to_end"]["normalised"]["hmean"] is None
        assert metrics["reasons"]["detection.ap30"] == "the set has no link that counts"
        assert "-1" not in json.dumps(metrics["detection"])


def test_every_field_of_the_schema_is_explained() -> None:
    structs = [each for each in vars(schema).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    for struct in (
        each for each in structs if each.__module__ == schema.__name__ and not each.__name__.startswith("_")
    ):
        text = struct.__doc__ or ""
        assert text, struct
        if "Attributes:" in text:
            words = set(re.findall(r"\w+", text))
            assert set(struct.__struct_fields__) <= words, set(struct.__struct_fields__) - words
    assert Metrics in structs


def test_other_versions_are_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "metrics.json", {"schema_version": SCHEMA_VERSION - 1})
    with pytest.raises(UserError, match="is not of schema version"):
        read_metrics(tmp_path / "metrics.json")
    with pytest.raises(UserError, match="cannot be read"):
        read_metrics(tmp_path / "none.json")


def test_oracles_say_where_the_loss_is(run: Run, tmp_path: Path) -> None:
    """A detector that finds nothing: with the true boxes everything is read."""
    save_set(tmp_path / "set")
    (tmp_path / "r.json").write_text("[]")
    done = run(f"detector={tmp_path / 'r.json'}", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'out'}",
               "oracles=true", "report=none")  # fmt: skip
    assert done.returncode == 0, done.stderr
    falls: dict[str, Any] = json.loads((tmp_path / "out/metrics.json").read_text())["waterfalls"]
    assert [step["count"] for step in falls["as_run"]] == [1, 0, 0, 0, 0, 0]
    assert [step["count"] for step in falls["oracle_box"]] == [1] * 6
    assert [step["count"] for step in falls["oracle_crop"]] == [1] * 6
    assert [step["count"] for step in falls["oracle_text"]] == [1, 0, 0, 0, 0, 0]
    lines = [json.loads(line) for line in (tmp_path / "out/items.jsonl").read_text().splitlines()]
    assert [(line["lost_at"], line["link"], line["slices"]["scheme"]) for line in lines] == [("detection", 0, "https")]
