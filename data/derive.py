"""A set made from another one: each picture knows where it came from, and what the set says of itself is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from conf import UserError
from data.equal_pictures import with_hashes
from data.files import replacing_folder
from data.formats import coco
from data.identity import file_hash, made_by
from data.merge import Source, merge, read_sources
from data.model import Dataset
from data.pictures import Transform, as_it_is, copied, refuse_overlap
from data.recipes import carry_recipes
from data.split import group_of


def open_source(path: str, out: str) -> Source:
    """Reads the set that another one is to be made from; its pictures get an `origin`, and their groups a name.

    Raises:
        UserError: where it cannot be read, holds no picture, or lies where the new one shall.
    """
    (source,) = read_sources([path], "refuse")
    if not source.dataset.images:
        raise UserError(f"{path} holds no pictures.")
    refuse_overlap(source.dataset, Path(out))
    dataset = with_hashes(merge([source], {}), {image.path: file_hash(image.path) for image in source.dataset.images})
    # Alone, its groups need no name of the source before their own.
    images = [
        replace(image, group=group_of(old)) for image, old in zip(dataset.images, source.dataset.images, strict=True)
    ]
    return replace(source, dataset=replace(source.dataset, images=tuple(images), licenses=dataset.licenses))


def write_derived(
    dataset: Dataset,
    sources: Sequence[Source],
    out: Path,
    done: Mapping[str, Any],
    transform: Transform = as_it_is,
    *,
    by: str,
) -> Dataset:
    """Writes a set made from others, whole or not at all.

    Args:
        dataset: pictures with `extra.origin`.
        sources: where they came from.
        out: its folder.
        done: what was done, for its `info`.
        transform: how each picture goes in.
        by: the command; it replaces what it wrote before, and nothing else.

    Returns:
        The set as it was written.

    Raises:
        UserError: where `out` holds something else.
    """
    first = sources[0].dataset
    info = {**first.info, "made_by": made_by(), **done, "sources": [_described(source) for source in sources]}
    with replacing_folder(out, coco.ENTRIES_OF_A_SET, by=by) as scratch:
        images = copied(dataset, scratch, transform)
        written = replace(dataset, images=tuple(replace(i, id=n) for n, i in enumerate(images, start=1)), info=info)
        carry_recipes(written, sources, scratch)
        coco.write(written, scratch, copy_images=False)
    return written


def _described(source: Source) -> dict[str, Any]:
    return {"name": source.name, "images": len(source.dataset.images), "info": dict(source.dataset.info)}
