"""Divides a set into training, validation and test pictures, never a book or document between two of them.

Where a group goes depends on its name and the seed alone: SHA-256 of both is a point between 0 and 1, and the ratios
cut that range. So pictures and groups can be added later, and what was test stays test. Only where a part that
should have a share gets no group at all does the nearest group of the fullest part move over; as soon as a group
falls there by itself, the moved one goes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import accumulate

from data.model import Dataset, Image

PARTS = ("train", "val", "test")


def group_of(image: Image) -> str:
    """The group of a picture; its file name where it has none."""
    return image.group if image.group is not None else image.path.name


def split(dataset: Dataset, ratios: Sequence[float], seed: int) -> dict[str, tuple[Image, ...]]:
    """Divides a set by group.

    Args:
        dataset: what to divide.
        ratios: shares of train, val and test, adding up to 1; shares of groups, so of pictures only on average.
        seed: another seed, another division.

    Returns:
        The pictures of each part, in their order; a part may be empty.
    """
    part_of = assign(map(group_of, dataset.images), ratios, seed)
    return {part: tuple(i for i in dataset.images if part_of[group_of(i)] == part) for part in PARTS}


def assign(groups: Iterable[str], ratios: Sequence[float], seed: int) -> dict[str, str]:
    """The part that each group goes to."""
    points = {group: _point(group, seed) for group in sorted(set(groups))}
    ends = list(accumulate(ratios))
    # The last part with a share takes what rounding leaves above the sum.
    last = max(index for index, ratio in enumerate(ratios) if ratio > 0)
    numbers = {
        group: next((index for index, end in enumerate(ends) if point < end and ratios[index] > 0), last)
        for group, point in points.items()
    }
    wanted = [index for index, ratio in enumerate(ratios) if ratio > 0]
    for empty in wanted:
        counts = [list(numbers.values()).count(index) for index in range(len(ratios))]
        fullest = max(wanted, key=lambda index: counts[index])
        if counts[empty] == 0 and counts[fullest] > 1:
            middle = ends[empty] - ratios[empty] / 2
            movable = [group for group, index in numbers.items() if index == fullest]
            numbers[min(movable, key=lambda group: abs(points[group] - middle))] = empty
    return {group: PARTS[index] for group, index in numbers.items()}


def _point(group: str, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}\0{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
