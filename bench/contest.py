"""The contestants, and the processes they run in: started once, warmed up, then asked for rounds of pages in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.environments import Unavailable, python_of

_ROOT = Path(__file__).parent.parent
_PEERS = Path(__file__).parent / "peers"
_ONE_THREAD = ("OMP", "MKL", "OPENBLAS", "NUMBA", "TF_INTRAOP", "TF_INTEROP", "OPENCV_FOR", "NUMEXPR")


@dataclass(frozen=True)
class Contestant:
    """A generator and what is asked of it.

    Attributes:
        key: its files are `peers/<key>_pages.py` and, where it is not ours, `peers/<key>.txt`.
        name: for the table.
        package: that gives the version.
        pages: of one round.
        did: what was measured.
        lacks: what ours does within the time and this one does not.
        one_font: given only the font that it draws fastest.
    """

    key: str
    name: str
    package: str
    pages: int
    did: str
    lacks: str
    one_font: bool = False

    @property
    def label(self) -> str:
        """A name for files."""
        return f"{self.key}_one_font" if self.one_font else self.key


OURS = Contestant(
    "inklink", "InkLink (ours)", "inklink", 60,
    "`synth.render`, `camera=phone`, whole page in view: recipe, HarfBuzz typesetting, paper, camera, truth, JPEG",
    "",
)  # fmt: skip
_KERAS_OCR = (
    "keras_ocr", "keras-ocr", "keras-ocr", 2,
    "`data_generation.get_image_generator` on white paper, tilts and margin as in its guide",
    "shaping, justified pages, paper, curl, light, blur, noise, JPEG; it does give character boxes",
)  # fmt: skip
_SYNTHTIGER = (
    "synthtiger", "SynthTIGER", "synthtiger", 5,
    "its multi-line example rebuilt from the package's components (the package lacks the example)",
    "any box, kerned lines, pages with headings, paper, camera, JPEG",
)  # fmt: skip
PEERS = (
    Contestant(*_KERAS_OCR),
    Contestant(*_KERAS_OCR, one_font=True),
    Contestant(*_SYNTHTIGER),
    Contestant(*_SYNTHTIGER, one_font=True),
    Contestant(
        "augraphy", "Augraphy", "augraphy", 12, "`default_augraphy_pipeline()` on finished pages",
        "drawing the page (done beforehand, not counted), boxes (not asked for), camera, JPEG",
    ),
)  # fmt: skip


@dataclass
class Work:
    """What a contestant's process has done.

    Attributes:
        start_up_s: CPU seconds to load and set up, before the warm-up.
        rounds: for each round the CPU seconds of its pages.
        words: on each page.
    """

    start_up_s: float
    version: str
    rounds: list[list[float]] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    left_out: int = 0
    failures: dict[str, int] = field(default_factory=dict)

    @property
    def rates(self) -> list[float]:
        """Pages per CPU second of each round."""
        return [len(pages) / sum(pages) for pages in self.rounds]


class Process:
    """A contestant at work."""

    def __init__(self, contestant: Contestant, job: dict[str, Any], folder: Path) -> None:
        """Starts it and waits until it is set up.

        Args:
            contestant: whom to start.
            job: see `peers/serve.py`.
            folder: for its log and scratch files.

        Raises:
            Unavailable: where its environment cannot be made or it does not start.
        """
        self.contestant = contestant
        self._log = folder / f"{contestant.label}.log"
        self._log.unlink(missing_ok=True)
        ours = contestant.key == OURS.key
        python = Path(sys.executable) if ours else python_of(_PEERS / f"{contestant.key}.txt", self._log)
        scratch = folder / f"{contestant.label}.scratch"
        scratch.mkdir(exist_ok=True)
        described = folder / f"{contestant.label}.json"
        described.write_text(json.dumps({**job, "scratch": str(scratch.resolve())}), encoding="utf-8")
        with self._log.open("a", encoding="utf-8") as messages:
            self._process = subprocess.Popen(
                [str(python), str(_PEERS / f"{contestant.key}_pages.py"), str(described.resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                text=True,
                env=_environment(ours),
            )
        ready = self._reply()
        self.work = Work(ready["start_up_s"], _version(python, contestant.package))

    def warm(self) -> None:
        """Lets it fill its caches and compile what it compiles."""
        self._ask("warm")

    def run(self) -> None:
        """One round."""
        done = self._ask(str(self.contestant.pages))
        self.work.rounds.append(done["cpu_s"])
        self.work.words += done["words"]
        self.work.left_out += done["left_out"]
        for message, count in done["failures"].items():
            self.work.failures[message] = self.work.failures.get(message, 0) + count

    def save(self, path: Path) -> None:
        """Writes its latest picture."""
        self._ask(f"save {path.resolve()}")

    def end(self) -> None:
        """Ends it."""
        self._process.terminate()
        with suppress(BrokenPipeError):  # it may have ended by itself
            self._process.communicate()

    def _ask(self, request: str) -> dict[str, Any]:
        if self._process.stdin is None:
            raise RuntimeError("started without a pipe")
        with suppress(BrokenPipeError):  # it has died; the missing reply says so
            self._process.stdin.write(request + "\n")
            self._process.stdin.flush()
        return self._reply()

    def _reply(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            self._process.wait()
            self.end()
            raise Unavailable(f"it stopped with status {self._process.returncode}; {self._log.name} tells more")
        reply: dict[str, Any] = json.loads(line)
        return reply


def _environment(ours: bool) -> dict[str, str]:
    """The user's environment with one thread for each library, and for ours the repository to import from."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    threads = {f"{name}_NUM_THREADS": "1" for name in _ONE_THREAD}
    return {**kept, **threads, **({"PYTHONPATH": str(_ROOT)} if ours else {})}


def _version(python: Path, package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()
