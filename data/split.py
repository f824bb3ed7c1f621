"""Divides a set into training, validation and test pictures, never a book or document between two of them.

Where a group goes depends on its name and the seed alone: SHA-256 of both is a point between 0 and 1, and the ratios
cut that range. So pictures and groups can be added later, and what was test stays test; what a group shows falls to
the parts by their ratios on average. One rule is put above that: a part that should have a share of something (of all
groups, of a scheme, of a size of print, of a class) and has none of it gets the nearest group of the fullest part. As
soon as a group falls there by itself, the moved one goes back.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from data.facts import band, scheme_of, x_height_of
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
    traits: dict[str, set[str]] = {}
    for image in dataset.images:
        traits.setdefault(group_of(image), set()).update(traits_of(image))
    part_of = assign(traits, ratios, seed, traits)
    return {part: tuple(i for i in dataset.images if part_of[group_of(i)] == part) for part in PARTS}


def traits_of(image: Image) -> set[str]:
    """What a picture shows that each part should have some of: classes, schemes, sizes of print, or no link."""
    links = [link for link in image.links if not link.ignore]
    found = {f"class {link.category}" for link in links}
    found |= {f"scheme {scheme}" for link in links if (scheme := scheme_of(link))}
    found |= {f"x-height {band(size)}" for link in links if (size := x_height_of(link)) is not None}
    return found or {"no link"}


def assign(
    groups: Iterable[str], ratios: Sequence[float], seed: int, traits: Mapping[str, Iterable[str]] | None = None
) -> dict[str, str]:
    """The part that each group goes to.

    Args:
        groups: their names.
        ratios: shares of train, val and test.
        seed: another seed, another division.
        traits: what each group shows.
    """
    points = {group: _point(group, seed) for group in sorted(set(groups))}
    ends = list(accumulate(ratios))
    # The last part with a share takes what rounding leaves above the sum.
    last = max(index for index, ratio in enumerate(ratios) if ratio > 0)
    numbers = {
        group: next((index for index, end in enumerate(ends) if point < end and ratios[index] > 0), last)
        for group, point in points.items()
    }
    _give_each_its_share(numbers, points, ratios, traits or {})
    return {group: PARTS[index] for group, index in numbers.items()}


def _give_each_its_share(
    numbers: dict[str, int],
    points: Mapping[str, float],
    ratios: Sequence[float],
    traits: Mapping[str, Iterable[str]],
) -> None:
    """Moves groups to parts that lack a trait; none is moved that is the last of its part to show something."""
    shown = {group: ("", *sorted(traits.get(group, ()))) for group in numbers}
    members: dict[str, list[str]] = {}
    for group, found in shown.items():
        for trait in found:
            members.setdefault(trait, []).append(group)
    counts = Counter((trait, numbers[group]) for group, found in shown.items() for trait in found)
    wanted = [index for index, ratio in enumerate(ratios) if ratio > 0]
    # First that no part stays empty, then the rarest traits, which have the fewest groups to choose from.
    for trait in sorted(members, key=lambda name: (name != "", len(members[name]), name)):
        for empty in wanted:
            due = trait == "" or round(len(members[trait]) * ratios[empty]) >= 1
            fullest = max(wanted, key=lambda index: counts[trait, index])
            if counts[trait, empty] or not due:
                continue
            movable = [
                group
                for group in members[trait]
                if numbers[group] == fullest and all(counts[one, fullest] > 1 for one in _kept(trait, shown[group]))
            ]
            if movable:
                middle = sum(ratios[:empty]) + ratios[empty] / 2
                moved = min(movable, key=lambda group: abs(points[group] - middle))
                numbers[moved] = empty
                for one in shown[moved]:
                    counts[one, fullest] -= 1
                    counts[one, empty] += 1


def _kept(trait: str, shown: Sequence[str]) -> Sequence[str]:
    """The traits that a move may not take from a part: all, unless another part is empty altogether."""
    return shown if trait else ("",)


def _point(group: str, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}\0{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
