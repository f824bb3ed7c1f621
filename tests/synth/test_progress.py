"""A log line and a progress bar share a terminal."""

from __future__ import annotations

import io
import logging

import pytest
from tqdm import tqdm

from synth.progress import logging_above_bars


def test_a_log_line_stands_above_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr("sys.stderr", terminal)
    handler = logging.StreamHandler(terminal)
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])  # those of other tests write elsewhere
    with tqdm(total=10, desc="pages", mininterval=0, miniters=1) as bar, logging_above_bars():
        bar.update(3)
        logging.getLogger("synth").warning("A worker died.")
    assert logging.getLogger().handlers == [handler]
    line = next(line for line in terminal.getvalue().split("\n") if "A worker died." in line)
    assert line.rpartition("\r")[2] == "A worker died.", "the bar was taken away before"
    assert "pages" in terminal.getvalue().rpartition("A worker died.\n")[2], "and came back after"
