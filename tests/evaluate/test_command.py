"""The whole command on pages in real type, and what it says where something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage

from conf.schema.evaluate import EvaluateConfig
from data.files import write_json
from evaluate.journal import Journal
from evaluate.run import default_out
from tests.commands import Run
from tests.evaluate.pages import save_results, save_set, typeset

REAL = Path(__file__).parents[3] / "shared/real"


def metrics_of(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "metrics.json").read_text())
    return content


def test_a_set_from_end_to_end(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "set")
    out = tmp_path / "out"
    done = run("detector=oracle", f"dataset={tmp_path / 'set'}", f"out={out}", "cost.pages=2")
    assert done.returncode == 0, done.stderr
    assert f"report: {out / 'index.html'}" in done.stdout
    metrics = metrics_of(out)
    assert metrics["detection"]["ap"] == metrics["detection"]["ar100"] == 1.0
    assert metrics["detection"]["ap_large"] is None
    assert "96²" in metrics["reasons"]["detection.ap_large"]
    assert metrics["detection"]["false_alarms_per_empty_page"] == 0.0
    assert metrics["end_to_end"]["normalised"] == {"precision": 1.0, "recall": 1.0, "hmean": 1.0}
    assert metrics["end_to_end"]["raw"]["hmean"] == 1.0
    assert metrics["end_to_end"]["cer"] == metrics["end_to_end"]["wrong_destination_rate"] == 0.0
    assert (metrics["dataset"]["images"], metrics["dataset"]["links"]) == (2, 1)
    assert len(metrics["dataset"]["hash"]) == 64
    assert metrics["cost"]["read_ms"]["median"] > 0
    assert metrics["schema_version"] == 2
    (item,) = [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    assert (item["outcome"], item["prediction"]["text"], item["same_raw"]) == ("exact", "https://example.org/ink", True)
    (prediction,) = json.loads((out / "predictions.json").read_text())
    assert set(prediction) >= {"image_id", "category_id", "bbox", "score", "text", "link_bbox"}
    # What the command wrote is a COCO results file, which it reads back.
    again = run(f"detector={out / 'predictions.json'}", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'again'}")
    assert again.returncode == 0, again.stderr
    assert metrics_of(tmp_path / "again")["detection"] == metrics["detection"]


def test_finished_pages_are_not_done_again(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "set")
    command = ("detector=oracle", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'out'}", "report=none")
    assert run(*command).returncode == 0
    journal = tmp_path / "out/read.jsonl"
    journal.write_text(journal.read_text().replace("https://example.org/ink", "https://example.org/kept"))
    assert run(*command).returncode == 0
    assert metrics_of(tmp_path / "out")["end_to_end"]["normalised"]["recall"] == 0.0
    # Another threshold reads anew; another engine too.
    assert run(*command, "score_threshold=0.4").returncode == 0
    assert metrics_of(tmp_path / "out")["end_to_end"]["normalised"]["recall"] == 1.0
    assert run(*command, "ocr=none").returncode == 0
    none = metrics_of(tmp_path / "out")
    assert none["end_to_end"]["normalised"]["hmean"] is None
    assert none["reasons"]["end_to_end.normalised.hmean"] == "nothing was read (ocr=none)"


def test_any_number_of_workers_reads_the_same(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "set")
    for workers in (1, 2):
        entries = [{"image_id": page, "category_id": 1, "bbox": [60, 60, 120, 30], "score": 0.9} for page in (1, 2)]
        results = save_results(tmp_path / "r.json", entries)
        out = tmp_path / f"out{workers}"
        done = run(
            f"detector={results}", f"dataset={tmp_path / 'set'}", f"out={out}", f"workers={workers}", "report=none"
        )
        assert done.returncode == 0, done.stderr
    one, two = ((tmp_path / f"out{n}/predictions.json").read_bytes() for n in (1, 2))
    assert one == two


def test_photos_without_truth(run: Run, tmp_path: Path) -> None:
    """A folder of photos, one of them on its side as a phone stores it."""
    pixels, (x, y, w, h) = typeset(["look at https://example.org/ink here"], "https://")
    photos = tmp_path / "photos"
    photos.mkdir()
    sideways = PillowImage.Exif()
    sideways[0x0112] = 6
    PillowImage.fromarray(np.rot90(pixels)).save(photos / "a.jpg", exif=sideways, quality=95)
    results = save_results(tmp_path / "r.json", [{"image_id": 1, "category_id": 1, "bbox": [x, y, w, h], "score": 0.9}])
    done = run(f"detector={results}", f"dataset={photos}", f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stderr
    metrics = metrics_of(tmp_path / "out")
    assert metrics["detection"]["ap"] is metrics["end_to_end"]["cer"] is metrics["dataset"]["links"] is None
    assert metrics["reasons"]["detection.ap"] == "the pictures come without truth"
    item = json.loads((tmp_path / "out/items.jsonl").read_text())
    assert (item["outcome"], item["prediction"]["text"]) == ("seen", "https://example.org/ink")
    assert "What was found" in (tmp_path / "out/index.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["detector=oracle"], "dataset is needed"),
        (["dataset={set}"], "detector is needed"),
        (["detector=oracle", "dataset={tmp}/none"], "{tmp}/none does not exist"),
        (["detector=oracle", "dataset={tmp}/empty"], "{tmp}/empty is an empty folder"),
        (["detector=oracle", "dataset={tmp}/blank.json"], "blank.json holds no pictures"),
        (["detector=magic", "dataset={set}"], "detector=magic is not there"),
        (["detector=oracle", "dataset={set}", "out={set}"], "out={set} holds something else"),
        (["detector=oracle", "dataset={set}", "score_threshold=2"], "score_threshold=2 is out of range: 0 to 1"),
        (
            ["detector=oracle", "dataset={set}", "crossed=[style,foo]"],
            "foo is no attribute of the set's links; it can be",
        ),
        (["detector=oracle", "dataset={set}", "ocr=magic"], "ocr=magic is not known; it can be"),
        (["detector=oracle", "dataset={set}", "ocr.tessdata={tmp}"], "ocr.tessdata={tmp} has no eng.traineddata"),
        (["detector=oracle", "dataset={set}", "sore_threshold=1"], "did you mean score_threshold"),
    ],
)
def test_mistakes_are_one_sentence(run: Run, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    save_set(tmp_path / "set")
    (tmp_path / "empty").mkdir()
    write_json(tmp_path / "blank.json", {"images": [], "annotations": [], "categories": [{"id": 1, "name": "http"}]})
    places = {"tmp": str(tmp_path), "set": str(tmp_path / "set")}
    given = [argument.format(**places) for argument in arguments]
    if not any(argument.startswith("out=") for argument in given):
        given.append(f"out={tmp_path / 'out'}")
    done = run(*given)
    assert done.returncode == 2
    assert sentence.format(**places) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out/metrics.json").exists()


def test_a_broken_picture_is_named(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "set")
    picture = next((tmp_path / "set/images").rglob("*000000.png"))
    picture.write_bytes(picture.read_bytes()[:2000])
    done = run("detector=oracle", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'out'}")
    assert done.returncode == 2
    assert f"{picture} cannot be read whole" in done.stderr


def test_help_starts_soon_and_without_tensorflow() -> None:
    start = time.perf_counter()
    code = """
import sys
sys.argv = ["evaluate", "--help"]
from evaluate.__main__ import main
try:
    main()
finally:
    assert "tensorflow" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "score_threshold" in done.stdout
    assert "ocr=oracle" in done.stdout
    assert time.perf_counter() - start < 20


def test_a_journal_survives_a_kill(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl", "key")
    journal.add(0, {"ms": 1})
    journal.add(1, {"ms": 2})
    with (tmp_path / "j.jsonl").open("a") as stream:
        stream.write('{"page": 2, "m')
    again = Journal(tmp_path / "j.jsonl", "key")
    assert set(again.pages) == {0, 1}
    again.add(2, {"ms": 3})
    assert set(Journal(tmp_path / "j.jsonl", "key").pages) == {0, 1, 2}
    assert Journal(tmp_path / "j.jsonl", "other").pages == {}


class Loads(HTMLParser):
    """Everything that a page would fetch, and what it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [
            value or "" for name, value in attrs if name in {"src", "href", "srcset", "xlink:href", "data"}
        ]


def test_the_report_is_one_file_that_needs_no_network(run: Run, tmp_path: Path) -> None:
    """Also where a printed text holds what would be markup."""
    save_set(tmp_path / "set")
    annotations = json.loads((tmp_path / "set/annotations.json").read_text())
    annotations["annotations"][0]["text"] = "https://example.org/<script>alert(1)</script>"
    write_json(tmp_path / "set/annotations.json", annotations)
    done = run("detector=oracle", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'out'}")
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "out/index.html").read_text()
    page = Loads()
    page.feed(html)
    assert page.fetched
    assert all(value.startswith(("data:image/", "#")) for value in page.fetched)
    assert not page.tags & {"link", "iframe", "object", "embed"}
    style = html[html.index("<style>") : html.index("</style>")]
    assert "@import" not in style
    assert "url(" not in style
    assert "<script>alert(1)</script>" in page.text
    assert len(html) < 10_000_000
    done = run("detector=oracle", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'out'}", "report=none")
    assert done.returncode == 0 and not (tmp_path / "out/index.html").exists()  # it would tell of the time before


def test_evaluations_of_different_things_go_to_different_folders() -> None:
    named = ("runs/a/best", "runs/b/best", "runs/v1.5", "runs/v1.6", "a/results.json", "b/results.json", "small", "..")
    folders = [default_out(EvaluateConfig(detector, "sets/test")) for detector in named]
    assert len(set(folders)) == len(named)
    assert folders[0] == "outputs/evaluate/runs-a-best-sets-test-tesseract"
    assert default_out(EvaluateConfig("small", "/a/b/c/d/test/")) == "outputs/evaluate/small-c-d-test-tesseract"


@pytest.mark.slow
def test_real_photos_and_pages(run: Run, tmp_path: Path) -> None:
    """Reading alone, on pictures nobody made for it; the floors lie a little under what was measured."""
    if not REAL.is_dir():
        pytest.skip("no real pictures in ../shared/real")
    for name, floor in (("photos", 0.5), ("pdf", 0.68)):
        out = tmp_path / name
        done = run("detector=oracle", f"dataset={REAL / name}", f"out={out}", "workers=2")
        assert done.returncode == 0, done.stderr
        metrics = metrics_of(out)
        assert metrics["detection"]["recall"] == 1.0
        assert metrics["end_to_end"]["normalised"]["recall"] >= floor
        assert (out / "index.html").stat().st_size < 10_000_000
