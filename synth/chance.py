"""Where chance comes from: one stream for each part of a page, so that another camera leaves its text as it was.

Streams are Mersenne Twisters: Python guarantees that `random()` gives the same numbers in every version, and a scalar
draw costs a tenth of NumPy's. All other draws are made of it here.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Chance:
    """The random choices of one part of one page."""

    def __init__(self, seed: int, index: int, part: str) -> None:
        """Page `index` of the set with that seed; parts of different names are independent."""
        self._random = random.Random(int.from_bytes(_sequence(seed, index, part).generate_state(8), "little")).random

    def share(self, share: float) -> bool:
        """True in this share of cases."""
        return self._random() < share

    def between(self, low_high: Sequence[float]) -> float:
        """A number between the two, uniformly."""
        low, high = low_high
        return low + (high - low) * self._random()

    def whole(self, low_high: Sequence[int]) -> int:
        """A whole number between the two, both included."""
        low, high = low_high
        return low + int((high - low + 1) * self._random())

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return int(count * self._random())

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices, all equally likely."""
        return choices[int(len(choices) * self._random())]

    def pick(self, weights: Mapping[str, float]) -> str:
        """One of the names, with chances in proportion to their weights (0 or more, not all 0)."""
        left = sum(weights.values()) * self._random()
        for name, weight in weights.items():
            left -= weight
            if left < 0:
                return name
        return next(name for name, weight in reversed(list(weights.items())) if weight > 0)

    def seed(self) -> int:
        """A seed of 32 bits, for noise of a stage's own."""
        return int(2**32 * self._random())


def _sequence(seed: int, index: int, part: str) -> np.random.SeedSequence:
    """`SeedSequence(seed, spawn_key=(index, *part.encode()))`, which for small numbers takes four times as long."""
    if max(seed, index) >= 2**32:
        return np.random.SeedSequence(seed, spawn_key=(index, *part.encode()))
    # NumPy fills the seed up to its pool of four words before it appends a spawn key.
    return np.random.SeedSequence(np.array([seed, 0, 0, 0, index, *part.encode()], np.uint32))
