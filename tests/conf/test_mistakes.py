"""Mistakes that cost a user work, each as they would make it: nothing is lost, and one sentence says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data import read_dataset
from tests.conf.test_app import command

SMALL = ("camera.width_px=128", "camera.height_px=128", "workers=1")


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """A folder with a set of six pages at sets/a."""
    done = command("synth", "count=6", "link=dense", *SMALL, "out=sets/a", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def _refused(sentence: str, *arguments: str, cwd: Path) -> None:
    done = command(*arguments, cwd=cwd)
    assert done.returncode == 2, done.stderr
    assert sentence in done.stderr and "Traceback" not in done.stderr


def test_classes_are_united_from_the_command_line(rendered: Path) -> None:
    done = command("data", "merge", "sources=[sets/a]", "classes={http: link}", "out=sets/m", cwd=rendered)
    assert done.returncode == 0, done.stderr
    assert read_dataset(rendered / "sets/m/train").categories == ("link",)


def test_a_preview_never_replaces_a_set(rendered: Path) -> None:
    truth = (rendered / "sets/a/annotations.json").read_bytes()
    _refused("must end in .png", "data", "show", "source=sets/a", "out=sets/a/annotations.json", cwd=rendered)
    assert (rendered / "sets/a/annotations.json").read_bytes() == truth


def test_a_merge_of_broken_pictures_leaves_an_earlier_one_whole(rendered: Path) -> None:
    merge = ("data", "merge", "sources=[sets/a]", "split=[0.5,0.5,0]", "out=sets/m", "shards=false")
    assert command(*merge, cwd=rendered).returncode == 0
    earlier = _contents(rendered / "sets/m")
    for picture in sorted((rendered / "sets/a/images/00").iterdir()):
        picture.write_bytes(picture.read_bytes()[:500])
    _refused("cannot be read", *merge, "seed=1", cwd=rendered)
    assert _contents(rendered / "sets/m") == earlier


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_one_picture_listed_twice_is_refused(rendered: Path) -> None:
    path = rendered / "sets/a/annotations.json"
    content = json.loads(path.read_text())
    content["images"][1]["file_name"] = "images/../" + content["images"][0]["file_name"]
    path.write_text(json.dumps(content))
    _refused("images[1]: file_name names the picture of images[0] again", "data", "show", "source=sets/a", cwd=rendered)


def test_a_mended_mistake_does_not_block_the_folder(tmp_path: Path) -> None:
    wrong = ("synth", "count=1", *SMALL, "page.text_file=gone.txt")
    _refused("gone.txt", *wrong, cwd=tmp_path)
    (tmp_path / "gone.txt").write_text("Call me Ishmael.", encoding="utf-8")
    assert command(*wrong, cwd=tmp_path).returncode == 0


def test_one_page_is_not_drawn_into_a_strangers_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.tex").write_text("irreplaceable")
    _refused("holds something else", "synth", "index=3", *SMALL, "out=thesis", cwd=tmp_path)


def test_a_type_mistake_says_what_the_key_is(tmp_path: Path) -> None:
    _refused("It is: pages to render [1 to 100,000,000]", "synth", "count=many", cwd=tmp_path)
