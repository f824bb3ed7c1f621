"""What docs/train.md shows in Python works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs/train.md").read_text()


@pytest.mark.slow
def test_pages_without_files(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    exec(code, {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and all(line.startswith("(1024, 1024, 3) [") for line in lines)
