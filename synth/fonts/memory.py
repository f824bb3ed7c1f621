"""A library once read is remembered on disk: to open and judge 160 faces takes a tenth of a second of each start.

Nothing depends on what is remembered: it holds what reading the same files by the same code would give again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import freetype
import msgspec
import uharfbuzz

from synth.fonts.files import Found

Read = TypeVar("Read")
_KEPT = 16
"""Libraries that are kept, the last used; each takes some 30 kB."""


def remembered(files: Sequence[Found], exclude: Iterable[str], kind: type[Read], read: Callable[[], Read]) -> Read:
    """What `read` gives for these files, from disk where it was read before.

    Args:
        files: that the library is read from; a file counts as the same while its size and time of change are.
        exclude: patterns of families left out.
        kind: type of what is read, one that msgspec can write.
        read: reads the library.
    """
    path = folder() / f"{_identity(files, exclude)}.json"
    with contextlib.suppress(OSError, msgspec.DecodeError):
        known = msgspec.json.decode(path.read_bytes(), type=kind)
        path.touch()
        return known
    fresh = read()
    with contextlib.suppress(OSError):  # a home that cannot be written to is no reason not to go on
        _write(path, msgspec.json.encode(fresh))
    return fresh


def folder() -> Path:
    """Where libraries are remembered, by the XDG Base Directory Specification 0.8."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "inklink" / "fonts"


def _identity(files: Sequence[Found], exclude: Iterable[str]) -> str:
    """A hash of all that decides what is read: the files, and the code that reads them."""
    code = hashlib.sha256(f"{uharfbuzz.__version__} {freetype.version()}".encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        code.update(module.read_bytes())
    state = [(str(f.path), f.rank, f.wanted, s.st_size, s.st_mtime_ns) for f in files for s in (f.path.stat(),)]
    code.update(msgspec.json.encode((state, list(exclude))))
    return code.hexdigest()[:32]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
    known = sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for old in known[_KEPT:]:
        old.unlink(missing_ok=True)
