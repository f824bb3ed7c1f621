"""The old folder goes only when the new one is in its place; mount points, links and `.` stay what they are."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conf import UserError
from data import swap
from data.files import replacing_folder, write_text


def put(out: Path, *names: str) -> None:
    with replacing_folder(out, ["a", "b", "c"], by="test") as scratch:
        for name in names:
            write_text(scratch / name / "file.txt", name)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that cannot be renamed, removed, or renamed over, as a mount point."""
    out = tmp_path / "mnt"
    out.mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == out)
    for verb in ("rename", "rmdir"):
        monkeypatch.setattr(Path, verb, _not_of(out, getattr(Path, verb)))
    return out


def _not_of(out: Path, verb: Callable[..., object]) -> Callable[..., object]:
    def tried(path: Path, *arguments: Path) -> object:
        if out in (path, *arguments):
            raise OSError(errno.EBUSY, "Device or resource busy", str(path))
        return verb(path, *arguments)

    return tried


def test_a_mount_point_gets_the_new_content(mounted: Path) -> None:
    for given in (["a", "b"], ["b", "c"]):
        put(mounted, *given)
        assert names(mounted) == [".inklink", *given]
    with pytest.raises(ZeroDivisionError), replacing_folder(mounted, "abc", by="test"):
        raise ZeroDivisionError
    assert names(mounted) == [".inklink", "b", "c"] and names(mounted.parent) == ["mnt"]


def test_a_failure_leaves_an_empty_mount_point(mounted: Path) -> None:
    with pytest.raises(ZeroDivisionError), replacing_folder(mounted, "abc", by="test"):
        raise ZeroDivisionError
    assert names(mounted) == []


def test_a_mount_that_looks_like_any_folder(mounted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one folder of a disk that is mounted a second time on the same disk."""
    monkeypatch.setattr(os.path, "ismount", lambda path: False)
    for given in (["a", "b"], ["b", "c"]):
        put(mounted, *given)
        assert names(mounted) == [".inklink", *given] and names(mounted.parent) == ["mnt"]


@pytest.mark.parametrize("out", [".", "../home", "../link"])
def test_the_folder_one_is_in_and_a_link_stay_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "link").symlink_to("home")
    monkeypatch.chdir(home)
    for given in (["a", "b"], ["b", "c"]):
        put(Path(out), *given)
        assert names(Path.cwd()) == names(home) == [".inklink", *given]
        assert (tmp_path / "link").is_symlink() and names(tmp_path) == ["home", "link"]


def test_a_link_from_elsewhere_leads_to_the_new_content(tmp_path: Path) -> None:
    (tmp_path / "disk/home").mkdir(parents=True)
    (tmp_path / "link").symlink_to("disk/home")
    for given in (["a", "b"], ["b", "c"]):
        put(tmp_path / "link", *given)
        assert names(tmp_path / "disk/home") == [".inklink", *given]
        assert (tmp_path / "link").is_symlink() and names(tmp_path / "disk") == ["home"]


def test_an_empty_folder_of_the_user_stays(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ZeroDivisionError), replacing_folder(tmp_path / "out", "abc"):
        raise ZeroDivisionError
    assert names(tmp_path) == ["out"] and names(tmp_path / "out") == []


@pytest.mark.parametrize("is_mount", [False, True])
def test_wherever_a_run_is_killed_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_mount: bool
) -> None:
    """Killed before each rename and removal: at the next run, the old folder or the new one is there whole."""
    out = tmp_path / "out"
    if is_mount:
        monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == out)
    seen = set()
    for last in range(100):
        shutil.rmtree(tmp_path, ignore_errors=True)
        put(out, "a", "b")
        killed = _killed_after(last, out)
        swap.restore(out)
        found = [name for name in names(out) if not swap.is_scrap(name)]
        assert found in ([".inklink", "a", "b"], [".inklink", "b", "c"])
        seen.add(tuple(found))
        put(out, "b")
        assert names(out) == [".inklink", "b"] and names(tmp_path) == ["out"]
        if not killed:
            break
    assert len(seen) == 2 and 2 <= last < 99


def _killed_after(steps: int, out: Path) -> bool:
    """Replaces `out` in a process that ends, as by SIGKILL, after so many renames and removals; whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = steps

    def counted(verb: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **keys: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return verb(*arguments, **keys)

        return step

    with replacing_folder(out, ["a", "b", "c"], by="test") as scratch:
        for name in ("b", "c"):
            write_text(scratch / name / "file.txt", name)
        Path.rename, shutil.rmtree = counted(Path.rename), counted(shutil.rmtree)  # type: ignore[method-assign,assignment]
    os._exit(0)


def test_a_disk_that_fails_between_the_two_renames_keeps_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, rename = tmp_path / "out", Path.rename
    put(out, "a")

    def failing(path: Path, target: Path) -> Path:
        if path.name == ".out.part":
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"):
        put(out, "b")
    assert names(out) == [".inklink", "a"] and names(tmp_path) == ["out"]


def test_a_folder_made_anew_after_a_kill_gets_the_old_content(tmp_path: Path) -> None:
    put(tmp_path / "out", "a")
    (tmp_path / "out").rename(tmp_path / ".out.old.part")  # as a kill between the two renames leaves it
    (tmp_path / "out").mkdir()
    swap.restore(tmp_path / "out")
    assert names(tmp_path) == ["out"] and names(tmp_path / "out") == [".inklink", "a"]


def test_the_root_of_a_disk_is_no_place_to_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    cleared: list[Path] = []
    monkeypatch.setattr(shutil, "rmtree", lambda path, **_: cleared.append(path))
    with pytest.raises(UserError, match="holds something else"), replacing_folder(Path("/"), []):
        pass
    assert cleared == []


def test_what_is_not_ours_in_a_mount_is_left_alone(mounted: Path) -> None:
    write_text(mounted / "thesis.txt", "mine")
    with pytest.raises(UserError, match=r"holds something else \(thesis.txt\)"):
        put(mounted, "a")
    assert names(mounted) == ["thesis.txt"]
