from __future__ import annotations

import pytest

from evaluate.__main__ import main
from tests.commands import Run, runner


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command with one worker and without measuring its cost, unless told otherwise."""
    monkeypatch.setenv("COLUMNS", "200")
    return runner(main, "inklink-evaluate workers=1 cost.pages=0", monkeypatch, capsys)
