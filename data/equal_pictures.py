"""The same picture in two sources: kept once where both say the same of it; where they do not, a person must look.

A picture that was turned, preprocessed or repeated by this software carries the hash of the one that it was made of, so
a set and what was made of it are known for what they are, however little they look alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.formats.coco import to_coco
from data.model import Dataset, Image
from data.split import group_of
from data.weights import source_of

_IDS = ("id", "image_id")


def without_equal(dataset: Dataset, hashes: Mapping[Path, str]) -> tuple[Dataset, int, list[tuple[Image, Image]]]:
    """Leaves out pictures that an earlier source of a merged set holds byte by byte, with the same links on them.

    Args:
        dataset: a merged set.
        hashes: of each picture's file.

    Returns:
        The set without them, how many were left out, and pairs of equal pictures whose links differ (both stay).
    """
    first: dict[str, list[Image]] = {}
    kept: list[Image] = []
    differing: list[tuple[Image, Image]] = []
    for image in dataset.images:
        others = [other for other in first.get(hashes[image.path], []) if source_of(other) != source_of(image)]
        if any(_truth(other, dataset) == _truth(image, dataset) for other in others):
            continue
        differing += [(other, image) for other in others]
        first.setdefault(hashes[image.path], []).append(image)
        kept.append(image)
    return replace(dataset, images=tuple(kept)), len(dataset.images) - len(kept), differing


def with_hashes(dataset: Dataset, hashes: Mapping[Path, str]) -> Dataset:
    """The set, each picture's `extra.origin.sha256` naming the file that it comes from."""
    named = [({**image.extra.get("origin", {}), "sha256": hashes[image.path]}, image) for image in dataset.images]
    images = tuple(replace(image, extra={**image.extra, "origin": origin}) for origin, image in named)
    return replace(dataset, images=images)


def related(dataset: Dataset) -> list[tuple[Image, Image]]:
    """Pairs of pictures of different groups that are, or were made of, the same file."""
    first: dict[str, Image] = {}
    pairs = []
    for image in dataset.images:
        for name in _lineage(image):
            other = first.setdefault(name, image)
            if group_of(other) != group_of(image):
                pairs.append((other, image))
    return pairs


def _lineage(image: Image) -> list[str]:
    """Hashes of the file that a picture comes from, of the one that that comes from, and so on."""
    names, origin = [], image.extra.get("origin")
    while isinstance(origin, Mapping):
        names += [str(origin["sha256"])] if "sha256" in origin else []
        origin = origin.get("before")
    return names


def _truth(image: Image, dataset: Dataset) -> list[dict[str, Any]]:
    """What a set says of a picture's links, without their numbers, in an order of its own."""
    entries = to_coco(replace(dataset, images=(image,)))["annotations"]
    plain = [{key: value for key, value in entry.items() if key not in _IDS} for entry in entries]
    return sorted(plain, key=str)
