"""The commands of docs/data.md do what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from data import read_dataset, write_dataset
from tests.data.conftest import Run
from tests.data.pages import save_picture, save_set
from tests.data.pdfs import line, save_pdf
from tests.data.test_voc import labelled

PAGE = (Path(__file__).parents[2] / "docs/data.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.S)


def test_commands_and_code_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_dataset(save_set(tmp_path / "raw", 6), tmp_path / "sets/a")
    save_picture(tmp_path / "photos/a.jpg")
    labelled(tmp_path / "photos")
    save_pdf(tmp_path / "books/a.pdf", line("see http://example.org"))
    monkeypatch.chdir(tmp_path)
    for command in "".join(blocks("sh")).splitlines():
        words = shlex.split(command)
        if words[0] == "python":
            done = run(*words[3:])
            assert done.returncode == 0, (command, done.stderr)
    made = {"books", "large", "a-voc", "a-yolo", "a-csv", "photos", "renamed", "grey", "small", "merged"}
    assert {path.name for path in Path("sets").iterdir()} >= made
    assert Path("preview.png").exists()
    assert {image.width for image in read_dataset("sets/small/train").images} == {64}
    for code in blocks("python"):
        exec(code, {})
