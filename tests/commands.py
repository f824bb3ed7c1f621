"""Runs a command of the house within the test process: starting one takes a second."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


def runner(
    main: Callable[[], None], program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """A function that calls `main` as its console script does: arguments, and environment variables by keyword."""

    def call(*arguments: str, **environment: str) -> Done:
        monkeypatch.setattr(sys, "argv", [*program.split(), *arguments])
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
