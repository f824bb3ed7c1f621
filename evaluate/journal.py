"""Finished pages, one a line, so that a stopped run goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from data.files import write_text


class Journal:
    """An append-only file of JSON lines; the first says what the others were made from.

    A file made from something else, another model say, is begun anew. A line cut off by a kill is dropped.
    """

    def __init__(self, path: Path, key: str) -> None:
        """Opens or begins the file.

        Args:
            path: the file.
            key: names everything that the pages depend on.
        """
        self._path = path
        self.pages: dict[int, Any] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        kept = [line for line in lines if _parsed(line) is not None]
        if kept and _parsed(kept[0]) == {"key": key}:
            for line in kept[1:]:
                record = json.loads(line)
                self.pages[record["page"]] = record
        else:
            kept = [json.dumps({"key": key})]
        if kept != lines:
            write_text(path, "".join(line + "\n" for line in kept))

    def add(self, page: int, record: dict[str, Any]) -> None:
        """Keeps a finished page for good."""
        self.pages[page] = {"page": page, **record}
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(self.pages[page], ensure_ascii=False, allow_nan=False) + "\n")


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None
