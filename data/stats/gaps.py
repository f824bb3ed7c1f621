"""How far sets differ, one property at a time: 0 where they are alike, 1 where they share nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.stats.measure import SCALES, Numbers, SetStats

FEW = 10
"""With fewer values in one of two sets, chance alone makes wide gaps: they are not compared."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far two sets differ in one property.

    Attributes:
        key: the property, of `SetStats.numbers` or `SetStats.words`.
        size: 0 to 1.
        first, second: what it is in either set, in words.
    """

    key: str
    name: str
    size: float
    first: str
    second: str


def gaps(first: SetStats, second: SetStats) -> list[Gap]:
    """All properties that both sets have, those that differ most first."""
    found = []
    for key in SCALES:
        one, other = first.numbers.get(key), second.numbers.get(key)
        if one is not None and other is not None and min(len(one), len(other)) >= FEW:
            found.append(Gap(key, SCALES[key].name, distance(one, other), middle(key, one), middle(key, other)))
    for key in first.words:
        if key in second.words and min(sum(first.words[key].values()), sum(second.words[key].values())) >= FEW:
            one_words, other_words = first.words[key], second.words[key]
            size = total_variation(one_words, other_words)
            found.append(Gap(key, key.replace("_", " "), size, commonest(one_words), commonest(other_words)))
    return sorted(found, key=lambda gap: (-gap.size, gap.key))


def distance(one: Numbers, other: Numbers) -> float:
    """Greatest difference between the shares of values below any threshold (Kolmogorov and Smirnov's statistic)."""
    every = np.concatenate([one, other])
    below = [np.searchsorted(np.sort(values), every, side="right") / len(values) for values in (one, other)]
    return float(np.abs(below[0] - below[1]).max())


def total_variation(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Share of one set's links that would need another word for both to have the same shares."""
    totals = sum(one.values()), sum(other.values())
    words = sorted(set(one) | set(other))
    return sum(abs(one.get(word, 0) / totals[0] - other.get(word, 0) / totals[1]) for word in words) / 2


def middle(key: str, values: Numbers) -> str:
    """The median, and between what nine of ten values lie."""
    low, median, high = (number(value) for value in np.percentile(values, (5, 50, 95)))
    unit = f" {SCALES[key].unit}" if SCALES[key].unit else ""
    return f"{median}{unit} ({low} – {high})"


def commonest(words: Mapping[str, int], most: int = 3) -> str:
    """The commonest values with their shares."""
    total = max(sum(words.values()), 1)
    shown: Sequence[tuple[str, int]] = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:most]
    return ", ".join(f"{word} {100 * count / total:.0f} %" for word, count in shown)


def number(value: float) -> str:
    """A number with about three digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")
