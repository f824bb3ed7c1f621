"""Files and folders appear whole or not at all, and never over something that is not ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conf import UserError
from data.files import claim_folder, read_json, replacing, replacing_folder, write_json, write_text


def test_a_failed_write_leaves_the_old_file_and_no_scrap(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_text(file, "old")
    with pytest.raises(ZeroDivisionError), replacing(file) as scratch:
        scratch.write_text("half")
        raise ZeroDivisionError
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replacing_folder(out, ["a"]) as scratch:
        write_text(scratch / "a/one.txt", "1")
    with pytest.raises(ZeroDivisionError), replacing_folder(out, ["a"]) as scratch:
        write_text(scratch / "a/two.txt", "2")
        raise ZeroDivisionError
    assert [path.name for path in out.rglob("*.txt")] == ["one.txt"]
    with replacing_folder(out, ["a"]) as scratch:
        write_text(scratch / "a/three.txt", "3")
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["three.txt"]


def test_a_failed_first_write_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), replacing_folder(tmp_path / "out", []):
        raise ZeroDivisionError
    assert not any(tmp_path.iterdir())


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "mine")
    write_text(tmp_path / "folder/file", "mine")
    with pytest.raises(UserError, match=r"out=.*file is a file"):
        claim_folder(tmp_path / "file", [])
    with pytest.raises(UserError, match=r"holds something else \(file\)"):
        claim_folder(tmp_path / "folder", ["images"])
    with pytest.raises(UserError, match=r"folder is a folder; name a file"):
        write_text(tmp_path / "folder", "x")
    # A fifo stands for every special file: renaming over /dev/null would replace the device.
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match=r"pipe is a device; name a file"):
        write_text(tmp_path / "pipe", "x")
    for write in (lambda: write_text(tmp_path / "file/x", "x"), lambda: claim_folder(tmp_path / "file/x", [])):
        with pytest.raises(UserError, match=r"a file stands in its place or above it"):
            write()


def test_json_faults_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    with pytest.raises(UserError, match=r"a.json does not exist"):
        read_json(file)
    file.write_text('{"a": 1,}')
    with pytest.raises(UserError, match=r"a.json line 1 column \d+ is not JSON"):
        read_json(file)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(file, float("nan"))
    write_json(file, {"ä": 1})
    assert file.read_text() == '{"ä": 1}\n'
