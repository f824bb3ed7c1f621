"""Processes of this machine that work through page ranges: one that dies costs no more than what it was doing.

A pool of several processes breaks as a whole when one of them dies. Here each worker is a pool of one: it dies
alone, its exit status says of what, and a fresh one takes over its pages.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from conf import UserError
from data.processes import process_pool

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_AHEAD = 3
"""Ranges of each worker that are begun or wait for their turn to be handed over."""


def in_order(
    function: Callable[[range], Result], ranges: Iterable[range], workers: int, *, attempts: int, queued: int = 1
) -> Generator[Result, None, None]:
    """`map(function, ranges)` by several processes: results come in order, as few as possible wait for their turn.

    Args:
        function: pickled to the workers with each range.
        ranges: of pages; may be endless.
        workers: processes; 1 stands for this process itself.
        attempts: how often a range is begun whose worker died.
        queued: ranges that a worker has at a time; 2 keep it busy while the consumer is.

    Raises:
        UserError: where `attempts` workers died over the same range; also whatever `function` raises.
    """
    if workers <= 1:
        yield from map(function, ranges)
        return
    crew, waiting = _Crew(function, workers, attempts), enumerate(ranges)
    finished: dict[int, Result] = {}
    begun = turn = 0
    try:
        while True:
            room = min(workers * queued - crew.busy, workers * (queued + _AHEAD) - (begun - turn))
            for number, pages in islice(waiting, room):
                crew.begin(_Task(number, pages))
                begun += 1
            if not crew.busy:
                return
            finished |= crew.completed()
            while turn in finished:
                yield finished.pop(turn)
                turn += 1
    finally:
        crew.stop()


@dataclass
class _Task:
    number: int
    pages: range
    deaths: int = 0


class _Worker(Generic[Result]):
    """A process, and the tasks that it has by their futures, the first of them under way."""

    def __init__(self) -> None:
        others = multiprocessing.active_children()
        self._pool = process_pool(1)
        self._pool.submit(int)  # starts the process
        self._process = next(p for p in multiprocessing.active_children() if p not in others)
        self.tasks: dict[Future[Result], _Task] = {}

    def begin(self, function: Callable[[range], Result], task: _Task) -> None:
        self.tasks[self._pool.submit(function, task.pages)] = task

    def stop(self) -> None:
        """Lets the process finish what it is doing, and ends it."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def cause_of_death(self) -> str:
        """In words, once it is stopped."""
        code = self._process.exitcode
        if code is None or code >= 0:
            return f"exit code {code}"
        name = signal.Signals(-code).name
        return f"{name}, probably out of memory" if -code == signal.SIGKILL else name


class _Crew(Generic[Result]):
    """Workers; where one dies, a fresh one does its tasks again."""

    def __init__(self, function: Callable[[range], Result], workers: int, attempts: int) -> None:
        self._function, self._attempts = function, attempts
        self._workers: list[_Worker[Result]] = [_Worker() for _ in range(workers)]

    @property
    def busy(self) -> int:
        return sum(len(worker.tasks) for worker in self._workers)

    def begin(self, task: _Task) -> None:
        worker = min(self._workers, key=lambda worker: len(worker.tasks))
        try:
            worker.begin(self._function, task)
        except BrokenProcessPool:  # it died before it was given the task, which is not to blame
            self._replace(worker)
            self.begin(task)

    def completed(self) -> dict[int, Result]:
        """Waits for a task at least, and gives results by the numbers of their tasks."""
        results: dict[int, Result] = {}
        wait([future for worker in self._workers for future in worker.tasks], return_when=FIRST_COMPLETED)
        for worker in list(self._workers):
            for future, task in list(worker.tasks.items()):
                if not future.done():
                    continue
                try:
                    results[task.number] = future.result()
                    del worker.tasks[future]
                except BrokenProcessPool:
                    self._replace(worker)
                    break
        return results

    def _replace(self, dead: _Worker[Result]) -> None:
        dead.stop()
        self._workers.remove(dead)
        tasks = list(dead.tasks.values())
        if tasks:
            self._blame(tasks[0], dead.cause_of_death)
        self._workers.append(_Worker())
        for task in tasks:
            self.begin(task)

    def _blame(self, task: _Task, cause: str) -> None:
        task.deaths += 1
        pages = f"pages {task.pages.start} to {task.pages.stop - 1}"
        if task.deaths == self._attempts:
            raise UserError(
                f"{task.deaths} worker processes died over {pages}, the last of {cause}; "
                "what is finished is kept, and fewer workers leave more memory for each."
            )
        log.warning("A worker process died (%s); a fresh one does %s again.", cause, pages)

    def stop(self) -> None:
        for worker in self._workers:
            worker.stop()
