"""Killed, interrupted, or out of disk: the same command finishes the set to the bytes of an undisturbed one."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from synth.generate import claim
from synth.parts import parts_of, record_of, render_part
from tests.conf.test_app import ROOT
from tests.synth.conftest import Compose
from tests.synth.sets import TINY, content

PAGES = 100
COMMAND = (sys.executable, "-m", "synth", f"count={PAGES}", *TINY, "link=dense", "workers=2")
JOINED = {".jsonl": "recipes.jsonl", ".json": "annotations.json"}
SENTENCE = "Stopped. The same command goes on where it was."


def _start(out: Path, limit: int | None = None) -> subprocess.Popen[str]:
    """The command as a user runs it, in a process group of its own; `limit` bounds the size of a file, in bytes."""

    def bound() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [*COMMAND, f"out={out}"],
        cwd=out.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=bound,
    )


def _finish(out: Path) -> str:
    process = _start(out)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, bytes], float]]:
    """The content of the set, and the seconds that it took."""
    folder = tmp_path_factory.mktemp("undisturbed")
    begun = time.monotonic()
    _finish(folder / "set")
    yield content(folder / "set"), time.monotonic() - begun
    shutil.rmtree(folder)


@pytest.mark.slow
def test_killed_ten_times_at_random_moments(undisturbed: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    whole, seconds = undisturbed
    chance, moments, out = random.Random(3), set(), tmp_path / "set"
    for kill in range(10):
        process = _start(out)
        if kill % 3:  # the others may strike before a page is drawn
            _wait_for_a_page(process, out)
        time.sleep(chance.uniform(0.0, seconds / 3))
        _kill(process, with_workers=kill % 2 == 1)
        process.communicate()
        moments.add(len(_pictures(out)))
        if (out / "annotations.json").exists():
            _finish(out)
            assert content(out) == whole
            shutil.rmtree(out)
    _finish(out)
    assert content(out) == whole
    assert len(moments) > 3


def _wait_for_a_page(process: subprocess.Popen[str], out: Path) -> None:
    before = _pictures(out)
    while process.poll() is None and _pictures(out) <= before:
        time.sleep(0.02)


def _pictures(out: Path) -> set[str]:
    """`os.walk`, not `rglob`: the command may remove a folder of parts while it is being listed."""
    return {f"{folder}/{name}" for folder, _, names in os.walk(out) for name in names if name.endswith(".jpg")}


def _kill(process: subprocess.Popen[str], *, with_workers: bool) -> None:
    """As `kill -9` of the command, or as the kernel or a scheduler that kills all of a job."""
    if not with_workers:
        process.kill()
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [".jsonl", ".json"])
def test_killed_while_the_parts_are_joined(
    undisturbed: tuple[dict[str, bytes], float], composed: Compose, tmp_path: Path, kind: str
) -> None:
    """A pipe that nobody writes to stands for the last part's recipes or record: there the command has to wait."""
    config = composed(*(key for key in COMMAND[3:] if "=" in key), f"out={(out := tmp_path / 'set')}")
    claim(config)
    for pages in parts_of(config):
        render_part(config, pages)
    file = record_of(out, pages).with_suffix(kind)
    kept = file.read_bytes()
    file.unlink()
    os.mkfifo(file)
    process = _start(out)
    while not any(out.glob(f".{JOINED[kind]}.*.part")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    time.sleep(0.2)
    _kill(process, with_workers=True)
    process.communicate()
    assert any(out.glob(f".{JOINED[kind]}.*.part"))  # half-written
    file.unlink()
    file.write_bytes(kept)
    _finish(out)
    assert content(out) == undisturbed[0]


@pytest.mark.slow
def test_interrupted_from_the_keyboard(undisturbed: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    process = _start(out := tmp_path / "set")
    while not any(name.endswith(".json") for _, _, names in os.walk(out / ".parts") for name in names):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all processes of the command
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert said.splitlines()[-1] == SENTENCE and "Traceback" not in said
    assert not any(out.rglob("*.part"))
    _finish(out)
    assert content(out) == undisturbed[0]


def _may_mount() -> bool:
    return subprocess.run(["unshare", "--mount", "--map-root-user", "true"], capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("limited", ["file size", *(["disk"] if _may_mount() else [])])
def test_no_room_stops_with_one_sentence_and_loses_no_finished_part(
    undisturbed: tuple[dict[str, bytes], float], tmp_path: Path, limited: str
) -> None:
    """`disk`: a file system in memory that is too small, for machines that let their users mount one (ENOSPC).

    `file size`: the kernel lets no file grow over the size of the largest part's recipes (EFBIG), on any machine.
    """
    whole = undisturbed[0]
    stopped = _with_small_disk(tmp_path, whole) if limited == "disk" else _with_small_files(tmp_path, whole)
    assert stopped.returncode == 2
    last = stopped.stderr.splitlines()[-1]
    if limited == "disk":
        assert re.fullmatch(r"No space is left .*/set/.*; make room, and the same command goes on\.", last)
    else:
        assert re.fullmatch(r".*/set/\.parts/.*\.jsonl cannot be used: File too large\.", last)
    _stopped_cleanly_and_resumes(tmp_path / "set", whole)


def _with_small_files(folder: Path, whole: dict[str, bytes]) -> subprocess.CompletedProcess[str]:
    lines = whole["recipes.jsonl"].splitlines(keepends=True)
    largest = max(sum(map(len, lines[first : first + 25])) for first in range(0, PAGES, 25))
    process = _start(folder / "set", limit=largest - 1)
    said = process.communicate(timeout=120)[1]
    return subprocess.CompletedProcess(COMMAND, process.returncode, stderr=said)


def _with_small_disk(folder: Path, whole: dict[str, bytes]) -> subprocess.CompletedProcess[str]:
    """Only the command sees the disk (a mount namespace); what it has written is copied to `set` beside it."""
    kilobytes = sum(map(len, whole.values())) // 1024 // 2
    disk = folder / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size={kilobytes}k tmpfs {disk} && {' '.join(COMMAND)} out={disk}/set;"
        f"status=$?; cp -a {disk}/set {folder}/set; exit $status"
    )
    namespace = ["unshare", "--mount", "--map-root-user", "bash", "-c", script]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(namespace, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def _stopped_cleanly_and_resumes(out: Path, whole: dict[str, bytes]) -> None:
    assert not any(out.rglob("*.part")) and not (out / "annotations.json").exists()
    pictures = {name: there for name, there in content(out).items() if name.endswith(".jpg")}
    assert pictures.items() <= {name: whole[name] for name in pictures}.items()  # none is half-written
    finished = [int(record.stem) for record in (out / ".parts").rglob("*.json")]
    assert 0 < len(finished) < PAGES // 25
    kept = {first: (out / f"images/00/{first:06d}.jpg").stat().st_mtime_ns for first in finished}
    _finish(out)
    assert content(out) == whole
    assert kept == {first: (out / f"images/00/{first:06d}.jpg").stat().st_mtime_ns for first in finished}
