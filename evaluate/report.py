"""The report."""

from __future__ import annotations

from pathlib import Path

from data.files import write_text
from evaluate.results import Results


def write_report(results: Results, path: Path) -> None:
    """Writes it."""
    write_text(path, "<html></html>")
