"""Where font files lie: in Python packages, in a user's folders, in the folders of the system."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from conf import UserError

SUFFIXES = (".otf", ".ttc", ".ttf", ".woff2")
# The folders that fontconfig looks into by default.
SYSTEM_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


@dataclass(frozen=True, slots=True)
class Found:
    """A font file.

    Attributes:
        path: where it lies.
        rank: its place in the order of search, the same wherever the folders lie: of two equal faces the first wins.
        wanted: whether the user named its folder or package, so that a broken file is his to know.
    """

    path: Path
    rank: tuple[int, str]
    wanted: bool


def in_packages(names: Iterable[str]) -> Iterator[Found]:
    """Files of installed packages, named by their import names or by shell patterns.

    Raises:
        UserError: for a package that is not installed, or a pattern that no package fits.
    """
    for number, folder in enumerate(folder for name in names for folder in _package_folders(name.replace("-", "_"))):
        yield from _below(folder, number, wanted=True)


def in_folders(folders: Iterable[str], key: str) -> Iterator[Found]:
    """Files below a user's folders; `key` names them in errors.

    Raises:
        UserError: for a folder that is missing or holds no font file.
    """
    for number, name in enumerate(folders, start=10_000):
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise UserError(f"{key}={name} is no folder.")
        files = list(_below(folder, number, wanted=True))
        if not files:
            raise UserError(f"{key}={name} holds no {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file.")
        yield from files


def in_system() -> Iterator[Found]:
    """Files in the system's font folders, those of them that exist.

    Raises:
        UserError: where there is none.
    """
    folders = [Path(name).expanduser() for name in SYSTEM_FOLDERS]
    files = [file for number, folder in enumerate(folders, 20_000) for file in _below(folder, number, wanted=False)]
    if not files:
        raise UserError(f"font.system=true, but no font file lies in {', '.join(SYSTEM_FOLDERS)}.")
    yield from files


def _below(folder: Path, number: int, wanted: bool) -> Iterator[Found]:
    paths = (
        Path(parent, name)
        for parent, _, names in os.walk(folder, followlinks=True)
        for name in names
        if name.lower().endswith(SUFFIXES)
    )
    ranked = sorted((path.relative_to(folder).as_posix(), path) for path in paths)
    yield from (Found(path, (number, relative), wanted) for relative, path in ranked)


def _package_folders(name: str) -> list[Path]:
    if any(mark in name for mark in "*?["):
        return _matching_packages(name)
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise UserError(f"font.packages names {name}, which is not installed: pip install {name}.")
    return [Path(folder) for folder in spec.submodule_search_locations or ()]


def _matching_packages(pattern: str) -> list[Path]:
    found = {
        entry.name: Path(entry.path)
        for parent in reversed(sys.path)  # as in an import, the first of two packages of one name counts
        if Path(parent or ".").is_dir()
        for entry in os.scandir(parent or ".")
        if entry.name.isidentifier() and fnmatchcase(entry.name, pattern) and entry.is_dir()
    }
    if not found:
        raise UserError(f"font.packages has {pattern}, which no installed package fits.")
    return [found[name] for name in sorted(found)]
