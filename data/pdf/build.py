"""`python -m data pdf`: from a folder of PDF files to a set, in steps that a killed run need not do again.

Every page is looked at, then pages are chosen, then drawn. When all are drawn their records become
`annotations.json`, which says that the set is whole; `rejected.jsonl` names what was set aside, and why.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from tqdm import tqdm

from conf import UserError
from conf.schema.data_pdf import BooksConfig, page_ranges
from data.files import claim_folder, read_json, write_bytes, write_json
from data.formats import coco
from data.model import Dataset
from data.pdf import crew, steps
from data.pdf.books import Book, books
from data.pdf.flat import Develop
from data.pdf.survey import Page
from data.swap import is_scrap
from data.written import RECORD

REJECTED, ABOUT, _RECORDS = "rejected.jsonl", "books.json", ".parts"
_OURS = (*coco.ENTRIES_OF_A_SET, REJECTED, ABOUT, _RECORDS)
_PAGES_A_TASK = 16
_LAYOUT = 3
"""Counts up when the same books and keys come to give other files, so that an old set is not gone on with."""
_INFO = {"description": "Pages of books with printed links, from PDF files", "version": "1"}


class NothingUsable(UserError):
    """No page of the source can be used, so that there is nothing to make."""


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a folder of books."""

    books: int
    pictures: int
    links: int
    rejected: int


def build(config: BooksConfig, develop: Develop) -> Built:
    """Makes the set, or the rest of it.

    Args:
        config: which pages of which books.
        develop: makes a page's picture.

    Raises:
        UserError: where the source or the output folder cannot be used, or no page can.
    """
    out, found = Path(config.out), books(config)
    is_new = not out.exists()
    claim_folder(out, _OURS)
    _claim(out, config, found, develop)
    if not (out / coco.ANNOTATIONS).exists():
        try:
            _make(out, config, found, develop)
        except NothingUsable:
            _withdraw(out, is_new)
            raise
        except KeyboardInterrupt:
            # A second Ctrl-C cuts the waiting for workers short; Python would wait for them at its end, for ever.
            for child in multiprocessing.active_children():
                child.kill()
            raise
    _clear(out)
    return _counted(out, len(found))


def _make(out: Path, config: BooksConfig, found: Sequence[Book], develop: Develop) -> None:
    looks, unread, longest = _looks(found, config)
    _run(steps.look, looks, config, steps.overlooked, "looking")
    rejected = [*unread, *(entry for task in looks for entry in _set_aside(task))]
    draws = _draws(looks, config)
    if not draws:
        why = _reasons(rejected, looks) if looks or longest is None else _no_such_pages(config, longest)
        raise NothingUsable(f"No page of source={config.source} can be used: {why}.")
    write_bytes(out / REJECTED, b"".join(msgspec.json.encode(line) + b"\n" for line in rejected))
    _run(partial(steps.draw_pages, develop), draws, config, steps.undrawn, "drawing")
    _join(out, draws)


def _reasons(rejected: Sequence[dict[str, Any]], looks: Sequence[steps.Look]) -> str:
    """Each reason once, with the first page that has it, and on how many there are."""
    places: dict[str, list[str]] = {}
    for entry in rejected:
        place = f"{entry['file']} page {entry['page']}" if "page" in entry else entry["file"]
        places.setdefault(entry["reason"], []).append(place)
    for task in looks:
        free = [page for page in steps.read_pages(Path(task.record)) if not (page.fault or page.links or page.hidden)]
        if free:
            found = places.setdefault("it shows no printed link", [])
            found += [f"{task.book.name} page {page.number}" for page in free]
    told = [(f"{found[0]}{f' and {len(found) - 1} more' * (len(found) > 1)}", why) for why, found in places.items()]
    return "; ".join(f"{where}: {why}" for where, why in told)


def _no_such_pages(config: BooksConfig, longest: tuple[int, str]) -> str:
    pages, name = longest
    return f"no document has pages={config.pages}; {name} has the most, {pages}"


def _withdraw(out: Path, is_new: bool) -> None:
    """Takes back what was begun, so that the command with other keys finds the folder free."""
    _clear(out)
    for name in (REJECTED, ABOUT):
        (out / name).unlink(missing_ok=True)
    if is_new and not any(out.iterdir()):
        out.rmdir()


def _clear(out: Path) -> None:
    """Removes the records, and what killed workers left half-written."""
    shutil.rmtree(out / _RECORDS, ignore_errors=True)
    for scratch in (out / "images").rglob(".*.part"):
        scratch.unlink(missing_ok=True)


def _claim(out: Path, config: BooksConfig, found: Sequence[Book], develop: Develop) -> None:
    """Makes the folder this configuration's own.

    Raises:
        UserError: where it holds a set of other books or keys.
    """
    keys = {key: getattr(config, key) for key in ("pages", "link_free_share", "group_by", "licence", "seed")}
    about = [{"name": book.name, "group": book.group, "notes": book.notes, "digest": book.digest} for book in found]
    described = {"layout": _LAYOUT, **keys, "pictures": repr(develop), "books": about}
    if (out / ABOUT).exists():
        old = read_json(out / ABOUT)
        for key, value in described.items():
            if not isinstance(old, dict) or old.get(key) != value:
                raise UserError(f"out={out} holds a set that differs in {key} ({out / ABOUT}); name a new folder.")
        return
    there = (entry.name for entry in sorted(out.iterdir()))
    foreign = next((name for name in there if name != RECORD and not is_scrap(name)), None)
    if foreign is not None:  # pictures would be written over those of somebody else
        raise UserError(f"out={out} holds a set that this command did not make ({foreign}); name a new folder.")
    write_json(out / ABOUT, described, indent=1)


def _looks(
    found: Sequence[Book], config: BooksConfig
) -> tuple[list[steps.Look], list[dict[str, Any]], tuple[int, str] | None]:
    """What is to be looked at, a few pages a task; the books that cannot be read; pages and name of the longest."""
    ranges = page_ranges(config.pages)
    looks: list[steps.Look] = []
    unread: list[dict[str, Any]] = []
    with closing(crew.each(steps.counted, found, _workers(config, len(found)), steps.uncounted)) as counts:
        sizes = list(tqdm(counts, "opening", len(found), unit="book", disable=None))
    for book, size in zip(found, sizes, strict=True):
        if isinstance(size, str):
            unread.append({"file": book.name, "reason": size})
            continue
        wanted = [n for n in range(1, size + 1) if ranges is None or any(n in numbers for numbers in ranges)]
        for first in range(0, len(wanted), _PAGES_A_TASK):
            record = Path(config.out, _RECORDS, "seen", f"{len(looks):07d}.json")
            looks.append(steps.Look(book, tuple(wanted[first : first + _PAGES_A_TASK]), str(record)))
    longest = max(
        ((size, book.name) for book, size in zip(found, sizes, strict=True) if isinstance(size, int)), default=None
    )
    return looks, unread, longest


def _run(function: Any, tasks: Sequence[Any], config: BooksConfig, lost: Any, doing: str) -> None:
    """Does the tasks that have no record yet, with a bar that counts pages."""
    missing = [task for task in tasks if not Path(task.record).exists()]
    pages = [sum(map(_size, chosen)) for chosen in (tasks, missing)]
    bar = tqdm(total=pages[0], initial=pages[0] - pages[1], desc=doing, unit="page", disable=None)
    # Closed at once where somebody stops the run: else the workers would be waited for, and they for work.
    with bar, closing(crew.each(function, missing, _workers(config, len(missing)), lost)) as results:
        for done in results:
            bar.update(done)


def _size(task: steps.Look | steps.Draw) -> int:
    return len(task.numbers if isinstance(task, steps.Look) else task.pages)


def _workers(config: BooksConfig, tasks: int) -> int:
    return max(min(config.workers or os.cpu_count() or 1, tasks), 1)


def _set_aside(task: steps.Look) -> Iterator[dict[str, Any]]:
    """Pages and links of a record that go into no set, or are ignored there."""
    for page in steps.read_pages(Path(task.record)):
        place = {"file": task.book.name, "page": page.number}
        if page.fault:
            yield {**place, "reason": page.fault}
        for text, reason in page.hidden:
            yield {**place, "text": text, "reason": reason}
        for link in page.links:
            if link.fault:
                yield {**place, "text": link.text, "reason": link.fault}


def _draws(looks: Sequence[steps.Look], config: BooksConfig) -> list[steps.Draw]:
    """What is to be drawn: all pages with links, and of those without as many as are wanted, by lot."""
    usable = [(task.book, page) for task in looks for page in steps.read_pages(Path(task.record)) if not page.fault]
    linked = [entry for entry in usable if any(not link.fault for link in entry[1].links)]
    free = [entry for entry in usable if not entry[1].links]
    share = config.link_free_share
    wanted = round(len(linked) * share / (1 - share))
    free = sorted(free, key=lambda entry: _lot(entry[0], entry[1].number, config.seed))[:wanted]
    pages = sorted(linked + free, key=lambda entry: (entry[0].name, entry[1].number))
    return list(_divided(pages, config))


def _lot(book: Book, number: int, seed: int) -> bytes:
    """A page's lot: of its book's content and its number alone, so that another book changes nobody's."""
    return hashlib.sha256(f"{seed} {book.digest} {number}".encode()).digest()


def _divided(pages: Sequence[tuple[Book, Page]], config: BooksConfig) -> Iterator[steps.Draw]:
    first = 0
    for _, entries in groupby(pages, key=lambda entry: entry[0].name):
        group = list(entries)
        for start in range(0, len(group), _PAGES_A_TASK):
            part = group[start : start + _PAGES_A_TASK]
            record = Path(config.out, _RECORDS, "drawn", f"{first:09d}.json")
            drawn = tuple(page for _, page in part)
            yield steps.Draw(part[0][0], drawn, config.out, first, len(pages), str(record))
            first += len(part)


def _join(out: Path, draws: Sequence[steps.Draw]) -> None:
    """Makes one set of the records."""
    whole = coco.to_coco(Dataset((), info=_INFO))
    for task in draws:
        record = msgspec.json.decode(Path(task.record).read_bytes())
        whole["images"] += record["images"]
        for annotation in record["annotations"]:
            whole["annotations"].append({**annotation, "id": len(whole["annotations"]) + 1})
    write_json(out / coco.ANNOTATIONS, whole)


def _counted(out: Path, found: int) -> Built:
    whole = read_json(out / coco.ANNOTATIONS)
    rejected = (out / REJECTED).read_bytes().count(b"\n")
    return Built(found, len(whole["images"]), len(whole["annotations"]), rejected)
