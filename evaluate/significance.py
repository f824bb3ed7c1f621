"""Is it more than chance? Exact tests of paired outcomes, and what to do about many of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def mcnemar(broken: int, mended: int) -> float:
    """Exact two-sided p: of the links that changed, each broke or mended with the same chance (McNemar 1947)."""
    if not broken + mended:
        return 1.0
    from scipy.stats import binomtest  # takes a second to import

    return float(binomtest(broken, broken + mended).pvalue)


def holm(values: Sequence[float]) -> list[float]:
    """Adjusted p values: the chance of any false alarm among all tests stays below each (Holm 1979)."""
    order = np.argsort(values, kind="stable")
    adjusted = np.empty(len(values))
    adjusted[order] = np.maximum.accumulate(np.array(values, float)[order] * np.arange(len(values), 0, -1))
    return [float(value) for value in np.minimum(adjusted, 1.0)]
