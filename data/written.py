"""What was written into a folder, kept there in a hidden file: so that the next run replaces that, and nothing else.

Texts (annotations, tables, lists) are known again by their content: people correct them. Pictures are known by their
size, and by not being newer than the record: a hundred thousand of them need not be read again. Shards are known by
their size. The record has no time in it: the same command writes the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conf import UserError
from data.swap import is_scrap

RECORD = ".inklink"
_ABOUT = "what InkLink wrote here; it replaces nothing else in this folder, and nothing that was changed since"
_TEXTS = frozenset({".xml", ".json", ".jsonl", ".csv", ".txt", ".yaml", ".yml", ".pbtxt"})
_SHARD = ".tfrecord"
_OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that file managers leave in any folder that somebody looks at."""


@dataclass(frozen=True, slots=True)
class _Record:
    """Which command wrote, when its record was written (ns), and each file: the hash of a text, else the size."""

    by: str
    since: int
    files: Mapping[str, Any]


def record(folder: Path, by: str) -> None:
    """Writes down what lies in `folder` as written by the command `by`; call it last."""
    _write(folder, by, _described(folder))


def record_more(folder: Path, names: Iterable[str]) -> None:
    """Adds entries, written just now, to the record of a folder that has one; what is said of the others stays."""
    known = _read(folder)
    if known is None:
        return
    names = set(names)
    others = {name: said for name, said in known.files.items() if name.split("/")[0] not in names}
    added = {name: said for name, said in _described(folder).items() if name.split("/")[0] in names}
    _write(folder, known.by, others | added)
    os.utime(folder / RECORD, ns=(known.since, known.since))  # a picture changed before now was changed all the same


def refuse_foreign(folder: Path, by: str) -> None:
    """Refuses to replace a folder unless all in it is as the command `by` wrote it.

    Raises:
        UserError: naming the first file that is not, and what to do.
    """
    there = next((name for name, _ in _files(folder)), None)
    if there is None:
        return
    known = _read(folder)
    if known is None:
        raise UserError(
            f"out={folder} holds {_shown(there)}, and no record that InkLink wrote it (older versions kept none); "
            "name a new folder, or move that one away."
        )
    if known.by != by:
        raise UserError(
            f"out={folder} holds what `python -m data {known.by}` wrote, not `{by}`; "
            "name a new folder, or move that one away."
        )
    for name, path in _files(folder):
        if name not in known.files:
            raise UserError(
                f"out={folder} holds {_shown(name)}, which InkLink did not write there; "
                "name a new folder, or move that file away."
            )
        if _changed(path, known.files[name], known.since):
            raise UserError(
                f"out={folder} holds {_shown(name)}, which was changed since InkLink wrote it; "
                "name a new folder, or move that one away."
            )


def _changed(path: Path, said: Any, since: int) -> bool:
    if said != _said(path):
        return True
    picture = path.suffix.lower() not in {*_TEXTS, _SHARD}
    return picture and path.lstat().st_mtime_ns > since


def _described(folder: Path) -> dict[str, str | int]:
    return {name: _said(path) for name, path in _files(folder)}


def _said(path: Path) -> str | int:
    """What the record says of a file; of a link that it is one, and how long: its target is none of ours."""
    if path.suffix.lower() not in _TEXTS or path.is_symlink() or not path.is_file():
        return path.lstat().st_size
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """All that is no folder, in the order of the names, but for the record itself and scrap of the system's."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_passed_over(name))
        linked = (name for name in folders if Path(parent, name).is_symlink())
        for name in sorted([*names, *linked]):
            path = Path(parent, name)
            inside = path.relative_to(folder).as_posix()
            if inside != RECORD and not _is_passed_over(name):
                yield inside, path


def _is_passed_over(name: str) -> bool:
    return name in _OF_THE_SYSTEM or is_scrap(name)


def _write(folder: Path, by: str, files: Mapping[str, str | int]) -> None:
    scratch = folder / f"{RECORD}.part"
    content = {"about": _ABOUT, "by": by, "files": dict(sorted(files.items()))}
    scratch.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")
    scratch.replace(folder / RECORD)


def _read(folder: Path) -> _Record | None:
    """The record of a folder; None where there is none, or one that says nothing."""
    file = folder / RECORD
    try:
        content, since = json.loads(file.read_text(encoding="utf-8")), file.stat().st_mtime_ns
        by, files = content["by"], content["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return _Record(by, since, files) if isinstance(by, str) and isinstance(files, dict) else None


def _shown(name: str) -> str:
    return name if name.isprintable() else ascii(name)
