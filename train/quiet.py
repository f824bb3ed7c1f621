"""Keeps TensorFlow's and Model Garden's running commentary off the terminal, so that ours can be read.

What goes wrong still arrives as an exception; only notes and advice for their developers are dropped.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path


def load_tensorflow() -> None:
    """Imports TensorFlow without its two dozen lines about CUDA, written before its log level is read."""
    warnings.filterwarnings("ignore", category=FutureWarning, module="google")
    with native_quiet():
        importlib.import_module("tensorflow")


@contextlib.contextmanager
def native_quiet() -> Iterator[None]:
    """Drops what native code writes straight to the standard error's descriptor; for steps that show no bar."""
    spoken = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(spoken, 2)
        os.close(spoken)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Drops notes and warnings of TensorFlow, Model Garden, Orbit and pycocotools, which print as they go."""
    loggers = [logging.getLogger(name) for name in ("absl", "tensorflow")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
