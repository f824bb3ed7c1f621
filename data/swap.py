"""A finished folder takes the place of an old one; the old one goes only when the new one is there.

Where a folder can be renamed, that is two renames. A mount point cannot be, and the folder that a shell stands in
should not be: there the entries are exchanged one by one. What a kill cuts short, `restore` brings to an end.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

_NEW, _TAKING, _TAKEN = ".new.part", ".taking.part", ".taken.part"
_IMMOVABLE = frozenset({errno.EBUSY, errno.EXDEV})


def scratch_of(folder: Path) -> Path:
    """Where that which shall replace `folder` is made: beside it, or in it where it has to stay as it is."""
    return folder / _NEW if _stays(folder) else folder.with_name(f".{folder.name}.part")


def _stays(folder: Path) -> bool:
    return os.path.ismount(folder) or Path.cwd().is_relative_to(folder) or not os.access(folder.parent, os.W_OK)


def is_scrap(name: str) -> bool:
    """Whether a name is one of those that unfinished work goes by."""
    return name.startswith(".") and name.endswith(".part")


def take_over(scratch: Path, folder: Path) -> None:
    """Puts `scratch` in the place of `folder`; whatever fails, one of the two is there whole."""
    aside = _aside(folder)
    if scratch.parent != folder:
        try:
            folder.rename(aside)
        except OSError as error:
            if error.errno not in _IMMOVABLE:
                raise
            shutil.copytree(scratch, folder / _NEW, symlinks=True)  # a mount within one disk: it looked like any folder
        else:
            try:
                scratch.rename(folder)
            except BaseException:
                aside.rename(folder)
                raise
            shutil.rmtree(aside)
            return
    _exchange(folder)


def restore(folder: Path) -> None:
    """Brings to an end what a kill has cut short: the old folder is there again, or the new one whole."""
    if (aside := _aside(folder)).is_dir():
        if folder.is_dir() and any(folder.iterdir()):
            shutil.rmtree(aside)
        else:
            aside.replace(folder)
    if (folder / _TAKEN).is_dir():
        _move_in(folder)
    if (folder / _TAKING).is_dir():
        _move(folder / _TAKING, folder)
        (folder / _TAKING).rmdir()


def discard(scratch: Path, folder: Path) -> None:
    """Removes what was not finished, but not what is on its way into the folder."""
    for unfinished in (scratch, folder / _NEW):
        if not (folder / _TAKEN).is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)


def _aside(folder: Path) -> Path:
    """Where the old folder waits until the new one is in place."""
    return folder.parent / f".{folder.name}.old.part"  # also of `/`, which has no name


def _exchange(folder: Path) -> None:
    """The old entries go aside, all of them, before the first new one comes in."""
    taking = folder / _TAKING
    taking.mkdir()
    try:
        _move(folder, taking)
    except BaseException:
        _move(taking, folder)
        taking.rmdir()
        raise
    taking.rename(folder / _TAKEN)
    _move_in(folder)


def _move_in(folder: Path) -> None:
    if (folder / _NEW).is_dir():
        _move(folder / _NEW, folder)
        (folder / _NEW).rmdir()
    shutil.rmtree(folder / _TAKEN)


def _move(source: Path, target: Path) -> None:
    for entry in sorted(source.iterdir()):
        if not is_scrap(entry.name):
            entry.rename(target / entry.name)
