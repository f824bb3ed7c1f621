"""Pages without files: an endless stream of samples for whoever trains or looks as they are rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count as counted
from itertools import takewhile

import cv2

from conf import UserError
from conf.schema.synth import SynthConfig
from synth import fonts, words
from synth.engines.local import in_order
from synth.pipeline import Sample, render

_CHUNK = 4
"""Pages that a worker renders at a time: few, so that little is thrown away when the consumer stops."""


def stream(config: SynthConfig, *, start: int = 0, count: int | None = None, workers: int = 1) -> Iterator[Sample]:
    """Samples `start`, `start + 1`, …, in this order whatever the number of workers.

    Look-ahead is bounded: some 20 pages a worker. Workers end when the consumer stops (`break`, `close()`).

    Args:
        config: what pages look like; `config.count`, `out` and `workers` play no part.
        start: first index.
        count: pages; None for no end.
        workers: processes; 1 renders in this one. With more, a script needs `if __name__ == "__main__":`, as
            everything that starts processes does.

    Yields:
        Samples with `image` (uint8 RGB, height × width × 3), `jpeg`, `links` and `recipe`.

    Raises:
        UserError: where an argument is out of range, a font or text is missing, or workers kept dying.
    """
    if start < 0 or workers < 1 or (count is not None and count < 0):
        given = f"start={start}, count={count}, workers={workers}"
        raise UserError(f"stream({given}): start and count must be at least 0, workers at least 1.")
    fonts.library(config.font)  # what is missing is said now, by this process
    words.check(config.page.text_file)
    if workers == 1:
        pages = counted(start) if count is None else range(start, start + count)
        return (render(config, index) for index in pages)
    return _by_workers(config, _chunks(start, count), workers)


def _chunks(start: int, count: int | None) -> Iterator[range]:
    chunks = (range(first, first + _CHUNK) for first in counted(start, _CHUNK))
    if count is None:
        return chunks
    stop = start + count
    return (range(c.start, min(c.stop, stop)) for c in takewhile(lambda c: c.start < stop, chunks))


def _by_workers(config: SynthConfig, chunks: Iterator[range], workers: int) -> Iterator[Sample]:
    results = in_order(partial(_render, config), chunks, workers, attempts=config.engine.attempts, queued=2)
    with closing(results):
        for samples in results:
            yield from samples


def _render(config: SynthConfig, pages: range) -> list[Sample]:
    cv2.setNumThreads(1)  # the workers share the cores among them
    return [render(config, index) for index in pages]
