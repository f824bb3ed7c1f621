"""A virtual environment for each generator that we are compared with, made once from exact pins.

They lie outside the repository, in `~/.cache/inklink/bench` or the folder that `INKLINK_BENCH_HOME` names. Packages
come from whatever index the user's uv or pip is set up for.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

_PYTHON = "3.11"
_COMPLETE = ".complete"


class Unavailable(Exception):
    """A generator cannot be measured here; one sentence that names no machine says why."""


def home() -> Path:
    """The folder of the environments."""
    return Path(os.environ.get("INKLINK_BENCH_HOME") or Path.home() / ".cache" / "inklink" / "bench").expanduser()


def python_of(pins: Path, log: Path) -> Path:
    """The interpreter of the environment for a file of pins; made if it is not there yet.

    Args:
        pins: every package with its exact version, one a line.
        log: where the installer's messages go.

    Raises:
        Unavailable: where there is no Python 3.11, or a package cannot be had.
    """
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:10]
    folder = home() / f"{pins.stem}-{digest}"
    python = folder / "bin" / "python"
    if (folder / _COMPLETE).exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)  # what an interrupted run has left
    uv = _uv()
    if uv is not None:
        create = [uv, "venv", "--quiet", "--no-python-downloads", "--python", _PYTHON, str(folder)]
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "--no-deps", "-r", str(pins)]
    else:
        create = [_interpreter(), "-m", "venv", str(folder)]
        install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(pins)]
    _done(create, log, f"no environment of Python {_PYTHON} could be made; is that version installed?")
    _done(install, log, "its pinned packages could not be installed; is a package index within reach?")
    (folder / _COMPLETE).touch()
    return python


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _interpreter() -> str:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == _PYTHON:
        return sys.executable
    found = shutil.which(f"python{_PYTHON}")
    if found is None:
        raise Unavailable(f"its packages need Python {_PYTHON}, which is not installed here")
    return found


def _done(command: list[str], log: Path, otherwise: str) -> None:
    with log.open("a", encoding="utf-8") as messages:
        messages.write(f"$ {' '.join(command)}\n")
        messages.flush()
        status = subprocess.run(command, stdout=messages, stderr=subprocess.STDOUT, check=False).returncode
    if status != 0:
        raise Unavailable(f"{otherwise} {log.name} tells more")
