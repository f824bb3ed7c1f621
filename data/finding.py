"""Finds the picture that an annotation file names, below one folder and nowhere else."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from conf import UserError
from data.pictures import pictures_below


class Pictures:
    """The picture files below a folder, by name; looked for when the first is asked for."""

    def __init__(self, folder: Path) -> None:
        """Names the folder.

        Args:
            folder: searched with all folders below it.
        """
        self.folder = folder

    @cached_property
    def paths(self) -> list[Path]:
        """All pictures, in the order of their names."""
        return pictures_below(self.folder)

    @cached_property
    def _exact(self) -> dict[str, list[Path]]:
        return _by_name(self.paths, str)

    @cached_property
    def _alike(self) -> dict[str, list[Path]]:
        return _by_name(self.paths, _folded)

    def called(self, name: str, folders: Iterable[str] = (), *, where: str) -> Path | None:
        """The picture of a name, with or without its suffix; None where there is none.

        Where none has exactly that name, one that differs in upper and lower case, or in how an accent is coded,
        will do.

        Args:
            name: without any folder.
            folders: names of folders that decide between several, the most telling first.
            where: what messages call the file that names the picture.

        Raises:
            UserError: where there are several.
        """
        found = self._exact.get(name) or self._alike.get(_folded(name), [])
        for folder in folders:
            found = [path for path in found if path.parent.name == folder] or found
        if len(found) > 1:
            raise UserError(f"{where} may describe {found[0]} or {found[1]}; put it beside the right one.")
        return found[0] if found else None

    @cached_property
    def _beside(self) -> dict[Path, Path]:
        return {path.with_suffix(""): path for path in reversed(self.paths)}

    def beside(self, file: Path) -> Path | None:
        """The picture that has the place and name of a file, but for the suffix."""
        return self._beside.get(file.with_suffix(""))

    def all_called(self, name: str) -> list[Path]:
        """Every picture of exactly that name, with or without its suffix."""
        return self._exact.get(name, [])

    def at(self, name: str, base: Path, where: str) -> Path:
        """The picture that a file gives by a path relative to `base` or to the folder, or by a name that is there once.

        Raises:
            UserError: where the path leads out of the folder, or there is no such picture, or there are several.
        """
        inside = [path for start in (base, self.folder) if _is_below(path := start / plain_path(name), self.folder)]
        if not inside:
            contained(name, base, self.folder, where)
        for path in inside:
            if path.is_file():
                return path
        *_, parent, last = ["", *plain_path(name).split("/")]
        found = self.called(last, [parent] if parent else [], where=where)
        if found is None:
            raise UserError(f"{where}: file_name names {inside[0]}, which does not exist.")
        return found


def plain_path(name: str) -> str:
    """A path as this system writes it: Windows tools write backslashes."""
    return name.strip().replace("\\", "/")


def contained(name: str, base: Path, folder: Path, where: str) -> Path:
    """The path `name`, relative to `base`, by its letters alone: no file is touched.

    Raises:
        UserError: where it leads out of `folder`.
    """
    path = base / plain_path(name)
    if not _is_below(path, folder):
        raise UserError(f"{where}: file_name={name!r} leads out of {folder}; pictures must lie below it.")
    return path


def _is_below(path: Path, folder: Path) -> bool:
    return Path(os.path.normpath(path.absolute())).is_relative_to(os.path.normpath(folder.absolute()))


def _by_name(paths: Iterable[Path], key: Callable[[str], str]) -> dict[str, list[Path]]:
    named: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        for name in {key(path.name), key(path.stem)}:
            named[name].append(path)
    return named


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
