"""Finished pages, one a line, so that a stopped run goes on where it was, and memory does not grow with the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from data.files import write_text


class Journal:
    """An append-only file of JSON lines; the first says what the others were made from.

    A file made from something else, another model say, is begun anew. A line cut off by a kill is dropped. In memory
    there is only where each page's line begins.

    Attributes:
        pages: byte at which the line of each finished page begins, by page.
    """

    def __init__(self, path: Path, key: str) -> None:
        """Opens or begins the file.

        Args:
            path: the file.
            key: names everything that the pages depend on.
        """
        self._path = path
        self.pages: dict[int, int] = {}
        head = json.dumps({"key": key})
        if not (path.is_file() and self._find(head)):
            self.pages.clear()
            write_text(path, head + "\n")
        self._end = path.stat().st_size

    def _find(self, head: str) -> bool:
        """Finds the pages in the file and cuts off what a kill left at its end; False where another key made it."""
        place = 0
        with self._path.open("rb") as stream:
            if stream.readline() != head.encode() + b"\n":
                return False
            place = stream.tell()
            for line in stream:
                page = _page_of(line)
                if page is None:
                    break
                self.pages[page] = place
                place += len(line)
        with self._path.open("r+b") as stream:
            stream.truncate(place)
        return True

    def add(self, page: int, record: dict[str, Any]) -> None:
        """Keeps a finished page for good."""
        line = json.dumps({"page": page, **record}, ensure_ascii=False, allow_nan=False).encode() + b"\n"
        with self._path.open("ab") as stream:
            stream.write(line)
        self.pages[page] = self._end
        self._end += len(line)

    def record(self, page: int) -> dict[str, Any]:
        """What was kept of a finished page."""
        with self._path.open("rb") as stream:
            stream.seek(self.pages[page])
            found: dict[str, Any] = json.loads(stream.readline())
        return found


def _page_of(line: bytes) -> int | None:
    """The page that a line is about; None for a line that was cut off."""
    try:
        return int(json.loads(line)["page"]) if line.endswith(b"\n") else None
    except ValueError:
        return None
