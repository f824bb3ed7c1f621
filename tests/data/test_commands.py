"""The verbs as a user types them: help, results, one sentence for a mistake, completion."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from data import read_dataset, write_dataset
from tests.data.conftest import Run
from tests.data.pages import save_set


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_verbs_are_listed(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 0 and re.search(r"python -m data merge +bring sources together", done.stdout)


def test_help_of_a_verb_names_its_keys(run: Run) -> None:
    done = run("merge", "--help")
    assert done.returncode == 0
    for part in (
        "sources=[sets/a,photos/]",
        "preprocess=original  What the Links Detector",
        "preprocess.max_cut",
        "[0 to 1]",
    ):
        assert part in done.stdout


def test_merge_export_show(run: Run, tmp_path: Path) -> None:
    write_dataset(save_set(tmp_path / "raw", 6), tmp_path / "set")
    merged = run("merge", f"sources=[{tmp_path}/set]", "split=[0.5,0.5,0]", f"out={tmp_path}/merged")
    assert merged.returncode == 0, merged.stderr
    assert f"{tmp_path}/merged/train: " in merged.stdout and "links" in merged.stdout
    for name, out in (("voc", "voc"), ("coco", "coco"), ("yolo", "yolo"), ("csv", "csv"), ("tfrecord", "set")):
        done = run("export", f"source={tmp_path}/set", f"format={name}", f"out={tmp_path}/{out}")
        assert done.returncode == 0, done.stderr
    assert read_dataset(tmp_path / "voc").links == read_dataset(tmp_path / "coco").links == 3
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == [
        *(".inklink", "annotations.json", "images", "label_map.pbtxt", "shards")
    ]
    shown = run("show", f"source={tmp_path}/merged/train", f"out={tmp_path}/sheet.png", "count=2")
    assert shown.returncode == 0 and (tmp_path / "sheet.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mrege"], "python -m data has no verb 'mrege'; it can be: merge, import, check, export, show"),
        (["merge", "out=x"], "sources is needed: give it as sources=VALUE.\n"),
        (["merge", "source=[a]", "out=x"], "There is no key source; did you mean sources?\n"),
        (["merge", "sources=[]", "out=x"], "sources=[] names nothing; give at least one folder or COCO file.\n"),
        (["merge", "sources=[a]", "out=x", "split=[0.8,0.3,0]"], "split=[0.8, 0.3, 0.0] must be three shares"),
        (
            ["merge", "sources=[a]", "out=x", "preprocess=grey"],
            "preprocess=grey is not known; it can be: contrast, none, original.",
        ),
        (["merge", "sources=[/nowhere]", "out=x"], "/nowhere does not exist.\n"),
        (
            ["export", "source=/nowhere", "out=x", "format=jpg"],
            "format='jpg' is not one of coco, voc, yolo, csv, tfrecord.",
        ),
        (["import"], "source is needed: give it as source=VALUE.\n"),
        (["import", "source=/nowhere", "out=x"], "/nowhere does not exist.\n"),
        (
            ["check", "source=/nowhere"],
            "/nowhere does not exist.\n",
        ),
        (["show", "source=/nowhere", "count=0"], "count=0 is out of range: 1 to 400.\n"),
    ],
)
def test_a_mistake_gets_one_sentence(run: Run, arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("inklink-data i", ["import"]),
        ("inklink-data ex", ["export"]),
        ("inklink-data merge sour", ["sources="]),
        ("inklink-data merge seed=1 pre", ["preprocess=", "preprocess."]),
        ("inklink-data merge preprocess=", ["preprocess=contrast", "preprocess=none", "preprocess=original"]),
        ("inklink-data export form", ["format="]),
    ],
)
def test_the_shell_can_complete(run: Run, line: str, words: list[str]) -> None:
    done = run("-sc", "query=bash", COMP_LINE=line, COMP_POINT=str(len(line)))
    assert sorted(done.stdout.split()) == sorted(words), done.stderr


def test_a_mistake_ends_the_real_process_with_status_2() -> None:
    command = [sys.executable, "-m", "data", "show", "source=/nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "/nowhere does not exist.\n")


def test_the_room_starts_without_heavy_packages() -> None:
    heavy = ["tensorflow", "hydra", "matplotlib", "pandas", "cv2", "google.protobuf"]
    code = f"import sys, data; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
