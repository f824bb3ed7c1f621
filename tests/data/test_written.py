"""A folder is replaced only where all in it is as the same command wrote it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from conf import UserError
from data import read_dataset, write_dataset
from data.files import replacing_folder
from data.written import RECORD, record_more
from tests.data.conftest import Run
from tests.data.pages import save_picture, save_set

COMMANDS = {
    "import": ["import", "source={set}"],
    "coco": ["export", "source={set}", "format=coco"],
    "voc": ["export", "source={set}", "format=voc"],
    "yolo": ["export", "source={set}", "format=yolo"],
    "csv": ["export", "source={set}", "format=csv"],
    "tfrecord": ["export", "source={set}", "format=tfrecord"],
    "balance": ["balance", "source={set}", "by=scheme"],
    "augment": ["augment", "source={set}", "workers=1"],
    "merge": ["merge", "sources=[{set}]", "split=[1,0,0]"],
}
KINDS = list(COMMANDS)
TEXTS = {"voc": "images/00/000000.xml", "yolo": "labels/00/000000.txt", "csv": "annotations.csv"}
TEXTS |= {"tfrecord": "label_map.pbtxt"}


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def given(tmp_path: Path) -> Path:
    write_dataset(save_set(tmp_path / "raw", 3), tmp_path / "set")
    return tmp_path / "set"


def keys(kind: str, given: Path, out: Path) -> list[str]:
    return [*(word.format(set=given) for word in COMMANDS[kind]), f"out={out}"]


def refused(run: Run, arguments: list[str], sentence: str) -> None:
    """The command ends with one sentence, and what lies in its folder is as before."""
    out = Path(arguments[-1].removeprefix("out="))
    before = content(out)
    done = run(*arguments)
    assert done.returncode == 2 and sentence in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert content(out) == before


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_command_writes_the_same_bytes_again(run: Run, given: Path, tmp_path: Path, kind: str) -> None:
    written = []
    for _ in range(2):
        done = run(*keys(kind, given, tmp_path / "out"))
        assert done.returncode == 0, done.stderr
        written.append(content(tmp_path / "out"))
    assert written[0] == written[1] and any(name.endswith(RECORD) for name in written[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_made_by_hand_is_not_replaced(run: Run, given: Path, tmp_path: Path, kind: str) -> None:
    """Its entries have the names of the command's own, and nothing else tells it from them."""
    run(*keys(kind, given, tmp_path / "made"))
    mine = tmp_path / "out"
    shutil.copytree(tmp_path / "made", mine, ignore=shutil.ignore_patterns(RECORD, "merge.json"))
    part = mine / "train" if kind == "merge" else mine
    refused(run, keys(kind, given, mine), f"out={part} holds ")
    refused(run, keys(kind, given, mine), "and no record that InkLink wrote it (older versions kept none); name a new")


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_is_not_thrown_away(run: Run, given: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    run(*keys(kind, given, out))
    corrected = (out / "train" if kind == "merge" else out) / TEXTS.get(kind, "annotations.json")
    text = corrected.read_text()
    corrected.write_text(text[:-1] + " ")  # as long as before
    again = keys(kind, given, out)
    if kind == "merge":  # a finished part of the same merge is kept as it is
        assert run(*again).returncode == 0 and corrected.read_text() != text
        again.insert(1, "images_per_shard=7")
    refused(run, again, f"{TEXTS.get(kind, 'annotations.json')}, which was changed since InkLink wrote it; name a new")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_somebody_added_is_not_thrown_away(run: Run, given: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    run(*keys(kind, given, out))
    below = {"merge": "train/images/00", "tfrecord": "shards"}.get(kind, "images/00")
    (out / below / "mine.bin").write_text("mine")
    again = keys(kind, given, out)
    again[1:1] = ["images_per_shard=7"] * (kind == "merge")
    refused(run, again, f"{below.removeprefix('train/')}/mine.bin, which InkLink did not write there; name a new")
    (out / below / "mine.bin").rename(out / below / ".DS_Store")  # what a file manager leaves is nobody's work
    assert run(*again).returncode == 0


def test_what_another_command_wrote_is_not_replaced(run: Run, given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(*keys("import", given, out))
    refused(run, keys("augment", given, out), f"out={out} holds what `python -m data import` wrote, not `augment`;")


def test_shards_added_to_a_set_belong_to_it(run: Run, given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(*keys("import", given, out))
    for _ in range(2):
        assert run("export", f"source={out}", "format=tfrecord", f"out={out}").returncode == 0
    assert run(*keys("import", given, out)).returncode == 0 and not (out / "shards").exists()


def test_a_picture_changed_before_shards_were_added_counts_as_changed(run: Run, given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(*keys("import", given, out))
    picture = out / "images/00/000001.jpg"
    later = (out / RECORD).stat().st_mtime_ns + 10**9
    os.utime(picture, ns=(later, later))
    run("export", f"source={out}", "format=tfrecord", f"out={out}")
    refused(run, keys("import", given, out), "images/00/000001.jpg, which was changed since")


def test_a_folder_without_a_record_gets_none_for_what_is_added(tmp_path: Path) -> None:
    (tmp_path / "label_map.pbtxt").write_text("")
    record_more(tmp_path, ["label_map.pbtxt"])
    assert not (tmp_path / RECORD).exists()


def test_pictures_are_known_by_size_and_age_and_links_as_links(tmp_path: Path) -> None:
    picture = save_picture(tmp_path / "a.png")
    for _ in range(2):
        with replacing_folder(tmp_path / "out", ["a.png", "b.png"], by="x") as scratch:
            shutil.copy2(picture, scratch / "a.png")
            (scratch / "b.png").symlink_to(picture)
    size = picture.stat().st_size
    picture.write_bytes(b"the target of a link is none of ours")
    for change in (lambda file: file.write_bytes(bytes(size)), lambda file: file.write_bytes(b"short")):
        with replacing_folder(tmp_path / "out", ["a.png", "b.png"], by="x") as scratch:
            (scratch / "a.png").write_bytes(bytes(size + 1))
        change(tmp_path / "out/a.png")
        later = (tmp_path / "out" / RECORD).stat().st_mtime_ns + 1
        os.utime(tmp_path / "out/a.png", ns=(later, later))
        again = replacing_folder(tmp_path / "out", ["a.png", "b.png"], by="x")
        with pytest.raises(UserError, match=r"a.png, which was changed"), again:
            pass
        shutil.rmtree(tmp_path / "out")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"by": 1, "files": {}}', '{"by": "import", "files": []}'])
def test_a_record_that_says_nothing_is_none(run: Run, given: Path, tmp_path: Path, text: str) -> None:
    out = tmp_path / "out"
    run(*keys("import", given, out))
    (out / RECORD).write_text(text)
    refused(run, keys("import", given, out), "and no record that InkLink wrote it")


def test_a_summary_of_somebody_else_is_not_written_over(run: Run, given: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/merge.json").write_text('{"branches": ["main"]}')
    refused(run, keys("merge", given, tmp_path / "out"), "merge.json is not what a merge writes; name a new folder")


def test_a_set_that_fails_to_be_replaced_is_still_known(run: Run, given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(*keys("coco", given, out))
    picture = given / "images/00/000001.jpg"
    whole = picture.read_bytes()
    picture.write_bytes(whole[:200])
    assert run(*keys("coco", given, out)).returncode == 2 and len(read_dataset(out).images) == 3
    picture.write_bytes(whole)
    assert run(*keys("coco", given, out)).returncode == 0
