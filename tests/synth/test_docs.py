"""What docs/synth.md shows works as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from data import read_dataset
from tests.conf.test_app import command

PAGE = (Path(__file__).parents[2] / "docs/synth.md").read_text()


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
