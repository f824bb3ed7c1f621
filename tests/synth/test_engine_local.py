"""Workers that die are replaced, and nothing that the others did is lost."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from conf import UserError
from synth.engines.local import in_order
from synth.generate import generate
from tests.synth.conftest import Compose
from tests.synth.sets import TINY, content


def _ranges(number: int) -> list[range]:
    return [range(10 * i, 10 * i + 10) for i in range(number)]


def _first_page(pages: range) -> int:
    time.sleep(0.05 if pages.start % 20 else 0.0)
    return pages.start


def _note(folder: Path, pages: range) -> int:
    (folder / str(pages.start)).touch()
    return pages.start


def _end_once(folder: Path, pages: range) -> int:
    """The worker ends in the second and in the fifth range, each time it has not done so yet."""
    ends = {10: lambda: os.kill(os.getpid(), signal.SIGKILL), 40: lambda: os._exit(3)}
    mark = folder / str(pages.start)
    if pages.start in ends and not mark.exists():
        mark.touch()
        ends[pages.start]()
    return pages.start


def _end_always(folder: Path, pages: range) -> int:
    with (folder / f"{pages.start}").open("a") as begun:
        begun.write("begun\n")
    if pages.start == 20:
        os.kill(os.getpid(), signal.SIGSEGV)
    return pages.start


def _refuse(pages: range) -> int:
    raise UserError(f"nothing at {pages.start}")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    assert list(in_order(_first_page, _ranges(7), workers, attempts=1)) == [0, 10, 20, 30, 40, 50, 60]


def test_a_dead_workers_pages_are_done_again_and_the_cause_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        done = list(in_order(partial(_end_once, tmp_path), _ranges(6), 2, attempts=2))
    assert done == [0, 10, 20, 30, 40, 50]
    assert sorted(record.getMessage() for record in caplog.records) == [
        "A worker process died (SIGKILL, probably out of memory); a fresh one does pages 10 to 19 again.",
        "A worker process died (exit code 3); a fresh one does pages 40 to 49 again.",
    ]


def test_pages_that_kill_each_worker_are_given_up(tmp_path: Path) -> None:
    sentence = "3 worker processes died over pages 20 to 29, the last of SIGSEGV; what is finished is kept"
    with pytest.raises(UserError, match=sentence):
        list(in_order(partial(_end_always, tmp_path), _ranges(6), 2, attempts=3, queued=2))
    assert (tmp_path / "20").read_text() == "begun\n" * 3
    assert (tmp_path / "0").read_text() == "begun\n"  # the innocent are done once
    assert not multiprocessing.active_children()


def test_workers_that_die_idle_are_replaced(tmp_path: Path) -> None:
    with closing(in_order(partial(_note, tmp_path), _ranges(30), 2, attempts=2)) as results:
        done = [next(results)]
        while not (tmp_path / "10").exists():
            time.sleep(0.01)
        time.sleep(0.5)
        for worker in multiprocessing.active_children():
            worker.kill()
            worker.join()
        assert done + list(results) == [10 * i for i in range(30)]


def test_a_mistake_found_by_a_worker_reaches_the_user() -> None:
    with pytest.raises(UserError, match=r"nothing at \d+"):
        list(in_order(_refuse, _ranges(3), 2, attempts=3))
    assert not multiprocessing.active_children()


def test_look_ahead_is_bounded_and_workers_end_with_the_consumer(tmp_path: Path) -> None:
    endless: Iterator[range] = (range(10 * i, 10 * i + 10) for i in count())
    with closing(in_order(partial(_note, tmp_path), endless, 2, attempts=1, queued=2)) as results:
        assert [next(results) for _ in range(5)] == [0, 10, 20, 30, 40]
        time.sleep(0.5)
        assert len(list(tmp_path.iterdir())) <= 5 + 2 * 5
        assert len(multiprocessing.active_children()) == 2
    assert not multiprocessing.active_children()


def test_a_set_is_whole_though_a_worker_was_killed(
    composed: Compose, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = generate(composed("count=150", *TINY, f"out={tmp_path}/one", "workers=1"))

    def kill_a_worker() -> None:
        while not (tmp_path / "two/images/00/000001.jpg").exists():
            time.sleep(0.01)
        multiprocessing.active_children()[0].kill()

    killer = threading.Thread(target=kill_a_worker)
    killer.start()
    two = generate(composed("count=150", *TINY, f"out={tmp_path}/two", "workers=2"))
    killer.join()
    assert content(one.folder) == content(two.folder)
    assert [record.getMessage()[:40] for record in caplog.records] == ["A worker process died (SIGKILL, probably"]
