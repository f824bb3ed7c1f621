"""The PDF files of a folder: what they are called in a set, what a note beside them says, how many pages they have."""

from __future__ import annotations

from pathlib import Path

import msgspec

from conf import UserError
from conf.schema.data_pdf import BooksConfig
from data.files import read_json
from data.identity import file_hash
from data.pictures import visible_files
from data.rejected import is_unreadable, readable


class Book(msgspec.Struct, frozen=True):
    """A PDF file.

    Attributes:
        name: its path within the source.
        path: where it lies.
        group: what a split keeps together.
        notes: licence and whatever else is to be noted beside each picture.
        digest: SHA-256 of the file and of what is noted about it.
    """

    name: str
    path: str
    group: str
    notes: dict[str, str]
    digest: str


def books(config: BooksConfig) -> list[Book]:
    """The PDF files below the source, by name.

    Raises:
        UserError: where there is none, or a note beside one cannot be used.
    """
    source = Path(config.source)
    if not source.exists():
        raise UserError(f"source={source} does not exist.")
    root = source if source.is_dir() else source.parent
    files = sorted(visible_files(source)) if source.is_dir() else [source]
    paths = [path for path in files if path.suffix.lower() == ".pdf"]
    if not paths:
        raise UserError(f"source={source} holds no PDF file (.pdf).")
    for path in paths:
        if is_unreadable(str(path)):
            raise UserError(f"{readable(str(path))} has a name that is not one line of UTF-8; rename the file.")
    return [_book(path, path.relative_to(root), config) for path in paths]


def _book(path: Path, name: Path, config: BooksConfig) -> Book:
    notes = _notes(path.with_suffix(".json"))
    if config.licence is not None:
        notes = {"licence": config.licence, **notes}
    place = name.parent if config.group_by == "folder" and name.parent != Path() else name.with_suffix("")
    group = notes.pop("group", place.as_posix())
    digest = file_hash(path) if path.is_file() else ""
    return Book(name.as_posix(), str(path), group, notes, digest)


def _notes(path: Path) -> dict[str, str]:
    """What `BOOK.json` says beside `BOOK.pdf`: an object of texts; `group` and `licence` have a meaning here."""
    if not path.is_file():
        return {}
    notes = read_json(path)
    if not isinstance(notes, dict) or not all(isinstance(value, str) for value in notes.values()):
        raise UserError(f'{path} must be an object of texts, as {{"licence": "MIT", "group": "manuals"}}.')
    taken = sorted(set(notes) & _TAKEN)
    if taken:
        raise UserError(f"{path}: {taken[0]} is written by this command itself; choose another key.")
    return notes


_TAKEN = {"id", "file_name", "width", "height", "source", "document", "page"}
