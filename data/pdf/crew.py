"""Worker processes for files that nobody vouches for: one that kills its worker costs its own pages, not the run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, TypeVar

from data.processes import process_pool

Task = TypeVar("Task")
Result = TypeVar("Result")
_QUEUED = 2
"""Tasks that a worker has at a time, so that it is never idle."""


def each(
    function: Callable[[Task], Result], tasks: Iterable[Task], workers: int, lost: Callable[[Task], Result]
) -> Generator[Result, None, None]:
    """`map(function, tasks)` by several processes, in the order of the tasks; a few tasks are held at a time.

    To be closed by whoever may leave it early (`contextlib.closing`): that ends the processes.

    Args:
        function: pickled to the workers with each task.
        tasks: what to do.
        workers: processes.
        lost: gives the result of a task that kills its worker.
    """
    crew = _Crew(function, workers)
    waiting: deque[tuple[Task, Future[Result]]] = deque()
    try:
        for task in tasks:
            waiting.append((task, crew.begin(task)))
            if len(waiting) > workers * _QUEUED:
                yield _finished(waiting, function, lost)
        while waiting:
            yield _finished(waiting, function, lost)
    finally:
        crew.stop()


def alone(function: Callable[[Task], Result], task: Task, lost: Callable[[Task], Result]) -> Result:
    """Does a task in a process of its own."""
    pool = process_pool(1)
    try:
        return pool.submit(function, task).result()
    except BrokenProcessPool:
        return lost(task)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Crew(Generic[Task, Result]):
    """A pool that is replaced when it breaks."""

    def __init__(self, function: Callable[[Task], Result], workers: int) -> None:
        self._function, self._workers = function, workers
        self._pool = process_pool(workers)

    def begin(self, task: Task) -> Future[Result]:
        try:
            return self._pool.submit(self._function, task)
        except BrokenProcessPool:
            self.stop()
            self._pool = process_pool(self._workers)
            return self._pool.submit(self._function, task)

    def stop(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _finished(
    waiting: deque[tuple[Task, Future[Result]]], function: Callable[[Task], Result], lost: Callable[[Task], Result]
) -> Result:
    """The result of the first of the waiting tasks.

    When a worker dies its pool breaks, and nothing says over which task: each that was under way is done again alone.
    """
    task, future = waiting.popleft()
    try:
        return future.result()
    except BrokenProcessPool:
        return alone(function, task, lost)
