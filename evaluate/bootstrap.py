"""How sure a number is: its interval over resamples of the pages.

Links of one page, and pages of one book, stand or fall together (the same light, the same type), so they are drawn
together (cluster bootstrap; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8). Each resample
is a row of counts: how often each page was drawn. A sum over the drawn pages is a product of matrices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from evaluate.boxes import Floats, Ints

SEED = 20240601
"""Of all draws, so that two runs are compared on the same resamples."""
Weights = npt.NDArray[np.float32]
_BLOCK = 2_000_000
"""Counts in one block: memory stays the same, however many pages there are."""
_LEAST_DEFINED = 0.5
"""An interval is given where at least so many of the resamples define the number."""


def clusters(groups: Sequence[str | None], kind: str) -> Ints:
    """The number of the cluster of each page: its own, or that of its book (`group`); pages without one stand alone."""
    if kind == "page":
        return np.arange(len(groups))
    names: dict[object, int] = {}
    return np.array([names.setdefault(group if group is not None else (page,), len(names))
                     for page, group in enumerate(groups)], np.int64)  # fmt: skip


def draws(cluster: Ints, resamples: int) -> Iterator[Weights]:
    """How often each page is in each resample, in blocks of (resamples of the block, pages).

    As many clusters are drawn as there are. The draws depend on nothing but the clusters: two runs over the same
    pages get the same ones, however large the blocks are.

    Args:
        cluster: of each page, numbered from 0.
        resamples: how many in all.
    """
    count = int(cluster.max(initial=-1)) + 1
    rng = np.random.default_rng(SEED)
    rows = max(1, _BLOCK // max(len(cluster), 1))
    for start in range(0, resamples if count else 0, rows):
        drawn = np.empty((min(rows, resamples - start), len(cluster)), np.float32)
        for row in drawn:
            row[:] = np.bincount(rng.integers(0, count, count), minlength=count)[cluster]
        yield drawn


def interval(values: Floats, confidence: float) -> tuple[float, float] | None:
    """Percentile interval of the resampled values; None where too few of them are defined.

    Args:
        values: one a resample; NaN where undefined.
        confidence: share of the resamples between its ends.
    """
    defined = values[~np.isnan(values)]
    if len(defined) < max(_LEAST_DEFINED * len(values), 2):
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
