"""Spreads work over the cores while the memory stays flat: only a few batches are under way at a time."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import TypeVar

from data.processes import worker_processes

Item = TypeVar("Item")
Result = TypeVar("Result")

_BATCH = 16
ALONE_S = 1.0  # what is done sooner needs no processes, which take about as long to start
_WAITING_PER_WORKER = 3


def in_order(function: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None) -> Iterator[Result]:
    """What `function` makes of each item, in their order.

    Args:
        function: can be pickled, and what it takes and gives too.
        items: asked for one after the other, a little ahead of the results.
        workers: processes; None takes one for each core.

    Raises:
        UserError: where a process died.
    """
    workers = workers or os.cpu_count() or 1
    rest, start = iter(items), time.monotonic()
    for item in rest:
        yield function(item)
        if workers > 1 and time.monotonic() - start >= ALONE_S:
            break
    else:
        return
    death = "A process that looks at pictures died, perhaps for want of memory; fewer of them (workers=1) need less."
    with worker_processes(workers, death) as pool:
        waiting: deque[Future[list[Result]]] = deque()
        for batch in _batches(rest):
            waiting.append(pool.submit(partial(_each, function), batch))
            if len(waiting) > _WAITING_PER_WORKER * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, _BATCH)):
        yield batch


def _each(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]
