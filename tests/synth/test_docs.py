"""What docs/synth.md shows works as it stands there."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from data import read_dataset
from tests.conf.test_app import command

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "synth.md").read_text()


@pytest.mark.slow
def test_the_command_makes_the_set_it_promises(tmp_path: Path) -> None:
    (line,) = re.findall(r"```sh\n(.*?)\n```", PAGE, flags=re.S)
    done = command(*shlex.split(line)[2:], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    dataset = read_dataset(tmp_path / "sets/a")
    assert len(dataset.images) == 40 and dataset.links > 20
    assert "set" in done.stderr  # the last line names the folder and how to look at it


def test_the_python_example_prints_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    exec(code, {})
    assert capsys.readouterr().out.startswith("(1024, 1024, 3) [")


def test_the_guide_shows_each_picture_there_is_and_one_of_each_sort_can_be_made() -> None:
    spec = importlib.util.spec_from_file_location("pictures", DOCS / "pictures.py")
    assert spec is not None and spec.loader is not None
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    shown = set(re.findall(r"pictures/(\w+)\.jpg", PAGE))
    assert shown == set(pictures.PICTURES) == {file.stem for file in (DOCS / "pictures").glob("*.jpg")}
    for name in ("fonts", "blocks", "truth"):  # from specimens, from typeset pages, from finished ones
        assert pictures.PICTURES[name]().width == pictures.WIDTH
