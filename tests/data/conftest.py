from __future__ import annotations

import pytest

from data.__main__ import main
from tests.commands import Run, runner

__all__ = ["Run"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command of this room."""
    return runner(main, "inklink-data", monkeypatch, capsys)
