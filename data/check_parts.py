"""Holds the parts of a divided set against each other: what lies on two sides would be learnt and then asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations

from data.model import Dataset, Image
from data.near_duplicates import NEAR_BITS, near_groups


def leaks(parts: Mapping[str, Dataset]) -> Iterator[str]:
    """Groups, and nearly equal pictures, that lie in two parts; a sentence each.

    Args:
        parts: sets whose pictures can be read, by name.
    """
    groups = {name: {image.group for image in part.images} - {None} for name, part in parts.items()}
    for one, other in combinations(parts, 2):
        for group in sorted(map(str, groups[one] & groups[other])):
            yield f"group {group} lies in {one} and in {other}; a group belongs to one part."
    images = chain.from_iterable(map(_marked, parts, parts.values()))
    for left, right in near_groups(Dataset(tuple(images)), NEAR_BITS):
        yield f"{left.path} and {right.path} show nearly the same; they belong to one part."


def _marked(name: str, part: Dataset) -> Iterator[Image]:
    """Its pictures, all in one group: pictures of one part may be alike."""
    return (replace(image, group=name) for image in part.images)
