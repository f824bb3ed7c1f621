"""Schema of `python -m data pdf`, and of what every command that reads books as PDF has in common."""

from __future__ import annotations

import re
from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key
from conf.errors import UserError

_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


@dataclass
class BooksConfig:
    """Which pages of which books."""

    source: str = key(MISSING, "folder with PDF files, at any depth, or one PDF file")
    out: str = key("sets/books", "folder of the set, new or from an earlier run of the same command")
    pages: str = key("all", "which pages of each book: all, or numbers from 1 on, as 1-20, or 'pages=\"1-20,35\"'")
    link_free_share: float = key(0.2, "share of the set's pages that show no link", low=0, high=0.95)
    group_by: str = key(
        "file",
        "what a split keeps together: each file, or all files of a folder (translations, paper sizes)",
        choices=["file", "folder"],
    )
    licence: str | None = key(None, "licence of the books, noted beside each picture; a file beside a book goes first")
    seed: int = key(0, "another seed, other pages without links", low=0)
    workers: int | None = key(None, "processes; as many as there are cores where not given", low=1)

    def check(self, prefix: str) -> None:
        """Refuses page numbers that are none."""
        page_ranges(self.pages, f"{prefix}pages")


@dataclass
class PdfConfig(BooksConfig):
    """Every key of the verb."""

    width_px: int = key(1024, "width of the pictures, pixels; their height follows the page", low=64, high=8192)
    format: str = key("png", "of the pictures; jpg is smaller and a little less exact", choices=["png", "jpg"])


def page_ranges(pages: str, name: str = "pages") -> list[range] | None:
    """The pages that a key names, as ranges of numbers from 1 on; None stands for all.

    Raises:
        UserError: where it is neither `all` nor a list of numbers and ranges.
    """
    if pages == "all":
        return None
    ranges = []
    for part in pages.split(","):
        match = _RANGE.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise UserError(
                f"{name}={pages!r} is not understood at {part!r}: "
                f"""write all, or numbers, as {name}=1-20 or '{name}="1-20,35"'."""
            )
        ranges.append(range(first, last + 1))
    return ranges
