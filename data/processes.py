"""Worker processes that leave no orphans: they end with their parent, and leave Ctrl-C to it."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker, util
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from conf import UserError


@contextmanager
def worker_processes(
    count: int, death: str, *, initializer: Callable[..., None] | None = None, initargs: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """A pool of fresh processes; a fork would copy the locks of libraries that have threads by now.

    Args:
        count: processes.
        death: the sentence for the user where one of them dies (killed, out of memory).
        initializer: called once in each process, with `initargs`.
        initargs: pickled for each process.

    Raises:
        UserError: with `death`, where a process died while its work was waited for.
    """
    pool = process_pool(count, initializer=initializer, initargs=initargs)
    try:
        yield pool
    except BrokenProcessPool:
        raise UserError(death) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def process_pool(
    count: int, *, initializer: Callable[..., None] | None = None, initargs: tuple[Any, ...] = ()
) -> ProcessPoolExecutor:
    """As `worker_processes`, for those who deal with deaths and shut the pool down themselves."""
    return ProcessPoolExecutor(count, _Context(), initializer=_start, initargs=(initializer, initargs))


class _Process(SpawnProcess):
    """A process that Ctrl-C does not reach while it begins: it would print a traceback in the midst of its imports."""

    def start(self) -> None:
        resource_tracker.ensure_running()  # it would undo the mask, were it begun with this process
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # which the new process inherits
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    Process = _Process  # as the standard library's own contexts do


def _start(initializer: Callable[..., None] | None, initargs: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    util.Finalize(None, _leave, exitpriority=_LAST)
    if initializer is not None:
        initializer(*initargs)


def _end_with_parent() -> None:
    """A parent that was killed cannot tell its workers; they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


_LAST = -100  # of what multiprocessing runs at the end of a process


def _leave() -> None:
    """Ends a worker whose work is done. Python would first take its caches apart, object by object: half a second.

    What else Python does at an end is done: threads are waited for, exit functions called, output is written.
    """
    if sys.exc_info()[0] is not None:
        return
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError):  # a reader that has left
            util._flush_std_streams()  # type: ignore[attr-defined]
    finally:
        os._exit(0)
