"""Writing that survives a kill: a file appears under its name whole, or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conf import UserError
from data import swap, written


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a scratch path beside `path`; on success it is renamed into place, on failure removed.

    Raises:
        UserError: where `path` is a folder or a device, or a file stands where its folder should be.
    """
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is a {'folder' if path.is_dir() else 'device'}; name a file.")
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    scratch = Path(name)
    try:
        yield scratch
        scratch.chmod(0o644)
        scratch.replace(path)
    except OSError as error:
        if error.errno is not None and error.filename is None:  # the kernel names no file where a write fails
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        scratch.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a whole file or nothing."""
    with replacing(path) as scratch:
        scratch.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Writes a whole UTF-8 text file or nothing."""
    write_bytes(path, content.encode())


def write_json(path: Path, value: Any, *, indent: int | None = None) -> None:
    """Writes a JSON file, whole or not at all; NaN and infinity are refused, since JSON has no word for them."""
    write_text(path, json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent) + "\n")


def read_json(path: Path) -> Any:
    """Reads a JSON file.

    Raises:
        UserError: where the file is missing, unreadable, or not JSON (with line and column).
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from None
    except json.JSONDecodeError as error:
        raise UserError(f"{path} line {error.lineno} column {error.colno} is not JSON: {error.msg}.") from None


@contextmanager
def replacing_folder(folder: Path, ours: Iterable[str], *, by: str | None = None) -> Iterator[Path]:
    """Gives an empty scratch folder; on success it takes the place of `folder`, on failure it is removed.

    The old content goes only when the new is in place. A mount point, a link to a folder and `.` stay what they are,
    and get the new content.

    Args:
        folder: new, empty, or the same thing from an earlier run.
        ours: names of the entries that such an earlier run may have left.
        by: the command that writes, as a record in the folder will name it; what is there is then replaced only
            where such a record says that this command wrote all of it, and nothing was changed since.

    Raises:
        UserError: where `folder` holds anything else.
    """
    place = folder.resolve()
    swap.restore(place)
    is_new = not place.exists()
    claim_folder(folder, ours)
    if by is not None:
        written.refuse_foreign(folder, by)
    scratch = swap.scratch_of(place)
    swap.discard(scratch, place)
    scratch.mkdir()
    try:
        yield scratch
        if by is not None:
            written.record(scratch, by)
        swap.take_over(scratch, place)
    finally:
        swap.discard(scratch, place)
        if is_new and place.is_dir() and not any(place.iterdir()):
            place.rmdir()


def claim_folder(out: Path, ours: Iterable[str]) -> None:
    """Makes the folder `out`, refusing one that holds anything but entries named in `ours`.

    Raises:
        UserError: naming the folder and the first stranger in it.
    """
    if out.exists() and not out.is_dir():
        raise UserError(f"out={out} is a file; name a folder that is new, empty, or from an earlier run.")
    known = {*ours, written.RECORD}
    strangers = sorted(p.name for p in out.iterdir() if p.name not in known) if out.exists() else []
    strangers = [name for name in strangers if not swap.is_scrap(name)]
    if strangers:
        raise UserError(f"out={out} holds something else ({strangers[0]}); name a new or an empty folder.")
    make_folder(out)


def make_folder(path: Path) -> None:
    """Makes a folder and those above it, where they are not there.

    Raises:
        UserError: where a file stands in the way.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"{path} cannot be a folder: a file stands in its place or above it.") from None
    except FileNotFoundError as error:  # what the kernel says of /proc and its like
        raise UserError(f"{path} cannot be made: {error.strerror}.") from None
