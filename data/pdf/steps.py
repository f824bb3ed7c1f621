"""What a worker does with a few pages of a book: look at them, or draw them; and the records that say that it is done.

A record is written last, whole or not at all; work with a record is never done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import msgspec

from conf import UserError
from data.files import write_bytes
from data.formats import coco
from data.model import Dataset, Image, LinkAnnotation
from data.pdf.books import Book
from data.pdf.crew import alone
from data.pdf.flat import Develop
from data.pdf.survey import Page, opened, survey
from data.pictures import image_name

_CRASH = "the PDF library crashes on it"


class Look(msgspec.Struct, frozen=True):
    """Pages of a book to be looked at, by their numbers from 1 on; `record` is where what they show is written."""

    book: Book
    numbers: tuple[int, ...]
    record: str


class Draw(msgspec.Struct, frozen=True):
    """Pages of a book to be drawn, the first of them as picture number `first` of the `count` in the set `out`."""

    book: Book
    pages: tuple[Page, ...]
    out: str
    first: int
    count: int
    record: str


def counted(book: Book) -> int | str:
    """The number of pages of a book, or why it cannot be read."""
    try:
        with opened(Path(book.path)) as document:
            return len(document) or "it has no pages"
    except UserError as error:
        return str(error).removeprefix(f"{book.path} ").removesuffix(".")


def uncounted(book: Book) -> int | str:
    """What is said of a book that kills whoever opens it."""
    return _CRASH


def look(task: Look) -> int:
    """Looks at pages; gives their number back."""
    with opened(Path(task.book.path)) as document:
        write_pages(Path(task.record), [survey(document, number) for number in task.numbers])
    return len(task.numbers)


def overlooked(task: Look) -> int:
    """Looks at pages that killed a worker, each in a process of its own."""
    record = Path(task.record)
    if len(task.numbers) == 1:
        write_pages(record, [Page(task.numbers[0], 0.0, 0.0, fault=_CRASH)])
        return 1
    single = [record.with_suffix(f".{number}.json") for number in task.numbers]
    for number, part in zip(task.numbers, single, strict=True):
        alone(look, Look(task.book, (number,), str(part)), overlooked)
    write_pages(record, [page for part in single for page in read_pages(part)])
    for part in single:
        part.unlink()
    return len(task.numbers)


def write_pages(record: Path, pages: list[Page]) -> None:
    """Writes what pages show."""
    write_bytes(record, msgspec.json.encode(pages))


def read_pages(record: Path) -> list[Page]:
    """Reads it back."""
    return msgspec.json.decode(record.read_bytes(), type=list[Page])


def draw_pages(develop: Develop, task: Draw) -> int:
    """Draws pages into the set; gives their number back."""
    cv2.setNumThreads(1)  # the workers share the cores among them
    with opened(Path(task.book.path)) as document:
        images = tuple(_drawn(document, develop, task))
    content = coco.to_coco(Dataset(images), Path(task.out))
    record = {"images": content["images"], "annotations": content["annotations"]}
    write_bytes(Path(task.record), msgspec.json.encode(record))
    return len(task.pages)


def undrawn(task: Draw) -> int:
    """Records that pages which killed their worker have no pictures."""
    write_bytes(Path(task.record), msgspec.json.encode({"images": [], "annotations": []}))
    return len(task.pages)


def _drawn(document: Any, develop: Develop, task: Draw) -> Iterator[Image]:
    for index, facts in enumerate(task.pages, start=task.first):
        page = document[facts.number - 1]
        picture, links = develop(page, facts, index)
        page.close()
        path = Path(task.out) / image_name(index, picture.suffix, task.count)
        write_bytes(path, picture.content)
        yield _image(path, (picture.width, picture.height), links, task.book, facts, index)


def _image(
    path: Path, size: tuple[int, int], links: tuple[LinkAnnotation, ...], book: Book, facts: Page, index: int
) -> Image:
    return Image(
        path=path,
        width=size[0],
        height=size[1],
        links=links,
        source="pdf",
        group=book.group,
        id=index + 1,
        extra={"document": book.name, "page": facts.number, **book.notes},
    )
