"""The loop that each generator runs in its own environment: make pages when told, and say what CPU time they cost.

Standard library only, since it runs beside every set of pinned packages. The bench writes a job as JSON into a file,
names it as the only argument, and then writes one request a line: `warm`, a number of pages, or `save PATH`.
Each is answered by one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO


class Failed(Exception):
    """The generator could not make a page: counted and reported, its time left out."""


@dataclass
class Page:
    """A page as made.

    Attributes:
        picture: a NumPy array, uint8 RGB (height, width, 3), or the bytes of a JPEG file.
        words: counts the words on it; called outside the measured time.
    """

    picture: Any
    words: Callable[[], int]


@dataclass
class Generator:
    """What a runner measures: `page` makes the next page, `warm` brings caches and compiled code to where they stay."""

    page: Callable[[], Page]
    warm: Callable[[], None]


@dataclass
class Round:
    """Pages of one request: CPU seconds and words of each; pages with too few words, and failures by their message."""

    cpu_s: list[float] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    left_out: int = 0
    failures: dict[str, int] = field(default_factory=dict)


def serve(prepare: Callable[[dict[str, Any]], Generator]) -> None:
    """Answers requests until standard input ends.

    Args:
        prepare: imports the generator and sets it up for a job; its CPU time is the start-up.
    """
    replies = _own_replies()
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    os.sched_setaffinity(0, {job["core"]})
    generator = prepare(job)
    _say(replies, {"start_up_s": _cpu_s()})
    latest: Page | None = None
    for request in map(str.strip, sys.stdin):
        if request == "warm":
            generator.warm()
            _say(replies, {})
        elif request.startswith("save "):
            _save(latest, Path(request[5:]))
            _say(replies, {})
        else:
            done, latest = _round(generator, int(request), job["least_words"])
            _say(replies, vars(done))


def _round(generator: Generator, pages: int, least_words: int) -> tuple[Round, Page]:
    """Makes pages until `pages` of them hold enough words."""
    done = Round()
    latest: Page | None = None
    while latest is None or len(done.cpu_s) < pages:
        start = _cpu_s()
        try:
            page = generator.page()
        except Failed as failure:
            done.failures[str(failure)] = done.failures.get(str(failure), 0) + 1
            continue
        spent = _cpu_s() - start
        words = page.words()
        if words < least_words:
            done.left_out += 1
            continue
        done.cpu_s.append(spent)
        done.words.append(words)
        latest = page
    return done, latest


def _cpu_s() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _own_replies() -> TextIO:
    """Standard output for replies alone: what libraries print goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def _say(replies: TextIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


def _save(page: Page | None, path: Path) -> None:
    from io import BytesIO

    from PIL import Image

    if page is None:
        raise RuntimeError("no page has been made yet")
    picture = Image.open(BytesIO(page.picture)) if isinstance(page.picture, bytes) else Image.fromarray(page.picture)
    picture.save(path)
