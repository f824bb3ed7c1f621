"""Runs the command of this room within the test process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from data.__main__ import main


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls the command as its console script does, in this process: starting one takes a second."""

    def call(*arguments: str, **environment: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["inklink-data", *arguments])
        monkeypatch.setenv("HYDRA_FULL_ERROR", "0")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        try:
            main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        return Done(status, *capsys.readouterr())

    return call
