"""Log lines above a progress bar, not through it.

tqdm has this in `tqdm.contrib.logging`, which imports asyncio: a twentieth of a command's start.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def logging_above_bars() -> Iterator[None]:
    """What is logged meanwhile takes bars off the terminal, and puts them back below."""
    root = logging.getLogger()
    handlers = root.handlers
    root.handlers = [_AboveBars(handler) if _on_terminal(handler) else handler for handler in handlers]
    try:
        yield
    finally:
        root.handlers = handlers


def _on_terminal(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler)


class _AboveBars(logging.Handler):
    """Hands on to another handler while no bar is shown."""

    def __init__(self, handler: logging.Handler) -> None:
        super().__init__(handler.level)
        self._handler = handler

    def emit(self, record: logging.LogRecord) -> None:
        with tqdm.external_write_mode():
            self._handler.handle(record)
