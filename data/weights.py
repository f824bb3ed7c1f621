"""How often training draws from each source: as folders of shards with weights, or as shards mixed by them.

Model Garden mixes several inputs by weights as it reads (`inputs`): each source lies once on the disk, under
`shards/SOURCE/`, and `shards/weights.json` says how often it is drawn from. A reader that knows nothing of weights
gets `mixed` shards: read from front to back, their records come from the sources in the shares wanted, at any place
to within one record, and pages of a source that is short are repeated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from conf import UserError
from data.files import read_json, write_json
from data.formats import tfrecord
from data.model import Dataset, Image

WEIGHTS = "weights.json"


def check_weights(weights: Mapping[str, float], names: Sequence[str]) -> None:
    """Refuses weights that do not fit the sources.

    Raises:
        UserError: where one is no number above 0, or they name other sources than there are.
    """
    for name, weight in weights.items():
        if name not in names:
            raise UserError(f"weights.{name} names no source; they are called: {', '.join(names)}.")
        if not weight > 0 or math.isinf(weight):
            raise UserError(f"weights.{name}={weight:g} must be above 0; leave a source out of sources= instead.")
    missing = [name for name in names if weights and name not in weights]
    if missing:
        raise UserError(f"weights says nothing of the source {missing[0]}; give each source a weight.")


def source_of(image: Image) -> str:
    """The source that a merged picture came from."""
    return str(image.extra["origin"]["set"])


def shares(weights: Mapping[str, float], present: Sequence[str]) -> dict[str, float]:
    """Weights of the sources that are present, adding up to 1."""
    total = sum(weights[name] for name in present)
    return {name: weights[name] / total for name in present}


def write_weighted(
    dataset: Dataset, folder: Path, weights: Mapping[str, float], *, mixed: bool, images_per_shard: int
) -> None:
    """Writes the shards of a merged set so that training draws from its sources by their weights.

    Args:
        dataset: a merged set, its pictures with `extra.origin.set`.
        folder: gets the shards, and `weights.json` where they are not mixed.
        weights: by source.
        mixed: one row of shards in which the sources alternate; else a folder of shards for each.
        images_per_shard: most pictures in one shard.
    """
    by_source: dict[str, list[Image]] = {}
    for number, image in enumerate(dataset.images, start=1):
        # The ids that annotations.json gives to pictures without one: a shard of one source counts otherwise.
        numbered = image if image.id is not None else replace(image, id=number)
        by_source.setdefault(source_of(image), []).append(numbered)
    share = shares(weights, list(by_source))
    if mixed:
        images = tuple(interleaved(by_source, share))
        tfrecord.write_shards(replace(dataset, images=images), folder, images_per_shard=images_per_shard)
        return
    for name, found in by_source.items():
        part = replace(dataset, images=tuple(found))
        tfrecord.write_shards(part, folder / name, images_per_shard=images_per_shard)
    write_json(folder / WEIGHTS, share, indent=2)


def interleaved(by_source: Mapping[str, Sequence[Image]], share: Mapping[str, float]) -> Iterator[Image]:
    """Pictures of all sources by their shares, each at least once, those of short sources again and again.

    The next picture is of the source that is furthest behind its share; so any beginning holds each source's share
    to within one picture.
    """
    total = math.ceil(max(len(images) / share[name] for name, images in by_source.items()))
    given = dict.fromkeys(by_source, 0)
    for number in range(1, total + 1):
        name = max(by_source, key=lambda one: share[one] * number - given[one])
        yield by_source[name][given[name] % len(by_source[name])]
        given[name] += 1


def read_weights(file: Path) -> dict[str, float]:
    """Weights by folder of shards; none where there is no such file.

    Raises:
        UserError: where it is not what `write_weighted` writes.
    """
    if not file.is_file():
        return {}
    found = read_json(file)
    if not isinstance(found, dict) or not all(isinstance(value, int | float) and value > 0 for value in found.values()):
        raise UserError(f"{file} must give each folder of shards beside it a number above 0.")
    for name in found:
        if not any((file.parent / name).glob("*.tfrecord")):
            raise UserError(f"{file} names {name}, but {file.parent / name} has no shards; merge the sets again.")
    return {str(name): float(value) for name, value in found.items()}
