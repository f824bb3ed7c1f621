"""What `check` asks of the files beside `annotations.json`: shards, label map and recipes must tell of the same set."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from conf import UserError
from data.boxes import clip
from data.formats.label_map import read_label_map
from data.recipes import RECIPES

_NAME = re.compile(r"(\d{5})-of-(\d{5})\.tfrecord")
LABEL_MAP = "label_map.pbtxt"


def shard_faults(content: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Shards that lack pictures or boxes, and a label map with other classes.

    Args:
        content: what `annotations.json` holds, read without a fault that stops the reading.
        folder: of the set.
    """
    shards = sorted((folder / "shards").rglob("*.tfrecord"))
    if not shards and not (folder / LABEL_MAP).exists():
        return
    classes = {entry.get("id"): entry.get("name") for entry in _objects(content, "categories")}
    yield from _label_map_faults(folder / LABEL_MAP, classes)
    for place in sorted({shard.parent for shard in shards}):
        yield from _row_faults(place, [shard for shard in shards if shard.parent == place])
    yield from _record_faults(content, shards, classes)


def _label_map_faults(file: Path, classes: Mapping[Any, Any]) -> Iterator[str]:
    try:
        names = read_label_map(file)
    except UserError as error:
        yield str(error)
        return
    if names != classes:
        yield f"{file} says {names}, but the categories are {dict(classes)}."


def _row_faults(place: Path, shards: Sequence[Path]) -> Iterator[str]:
    """Names that are not `00000-of-00003.tfrecord` and so on, each once."""
    named = [_NAME.fullmatch(shard.name) for shard in shards]
    wanted = [f"{number:05d}-of-{len(shards):05d}.tfrecord" for number in range(len(shards))]
    if not all(named) or [shard.name for shard in shards] != wanted:
        there = f"{shards[0].name} to {shards[-1].name}"
        yield f"{place} must hold the shards {wanted[0]} to {wanted[-1]}, and holds {there}."


def _record_faults(content: Mapping[str, Any], shards: Sequence[Path], classes: Mapping[Any, Any]) -> Iterator[str]:
    wanted, seen = _boxes_by_image(content), set[str]()
    for shard in shards:
        yield from _faults_of(shard, wanted, classes, seen)
    missing = sorted(wanted.keys() - seen)
    if shards and missing:
        yield f"{shards[0].parent} lacks {len(missing)} of {len(wanted)} images; the first is image {missing[0]}."


def _faults_of(shard: Path, wanted: Mapping[str, int], classes: Mapping[Any, Any], seen: set[str]) -> Iterator[str]:
    from data.formats.tfrecord import deserialize, records

    try:
        for number, record in enumerate(records(shard)):
            where, features = f"{shard} record {number}", deserialize(record)
            image_id = b"".join(features.get("image/source_id", [])).decode(errors="replace")
            seen.add(image_id)
            labels = features.get("image/object/class/label", [])
            if image_id not in wanted:
                yield f"{where}: image/source_id={image_id!r} is not the id of any image."
            elif len(labels) != wanted[image_id]:
                yield f"{where} has {len(labels)} boxes, but image {image_id} has {wanted[image_id]} annotations."
            yield from (f"{where}: {label} is no category." for label in sorted({*labels} - classes.keys()))
    except UserError as error:
        yield str(error)


def _boxes_by_image(content: Mapping[str, Any]) -> dict[str, int]:
    """Annotations of each image, by its id as shards write it; boxes outside are not written there."""
    sizes = {entry.get("id"): (entry.get("width"), entry.get("height")) for entry in _objects(content, "images")}
    counts = {str(image_id): 0 for image_id in sizes}
    for entry in _objects(content, "annotations"):
        image_id, box = entry.get("image_id"), entry.get("bbox")
        size = sizes.get(image_id, (None, None))
        if _are_numbers(box, 4) and _are_numbers(size, 2):
            left, top, width, height = box
            counts[str(image_id)] += clip((left, top, width, height), *size) is not None
    return counts


def _are_numbers(values: Any, count: int) -> TypeGuard[Sequence[float]]:
    fits = isinstance(values, list | tuple) and len(values) == count
    return fits and all(isinstance(value, int | float) for value in values)


def _objects(content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return [entry for entry in content.get(key, []) if isinstance(entry, dict)]


def recipe_faults(content: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Lines of `recipes.jsonl` that are no recipe of one of the images, and synthetic images without one."""
    file = folder / RECIPES
    if not file.is_file():
        return
    images = {entry.get("id"): entry for entry in _objects(content, "images")}
    seen: dict[Any, int] = {}
    with file.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, start=1):
            fault = _recipe_fault(line, images, seen, number)
            if fault:
                yield f"{file} line {number} {fault}."
    rendered = (image_id for image_id, entry in images.items() if entry.get("source") == "synth" and not _copy(entry))
    missing = [image_id for image_id in rendered if image_id not in seen]
    if missing:
        yield f"{file} has no recipe of {len(missing)} synthetic images; the first is image {missing[0]}."


def _copy(entry: Mapping[str, Any]) -> bool:
    """Whether a picture is a copy by `balance` or `augment`, or made of one: the recipe stays with the first."""
    origin = entry.get("origin")
    while isinstance(origin, dict):
        if origin.get("copy"):
            return True
        origin = origin.get("before")
    return False


def _recipe_fault(line: str, images: Mapping[Any, Any], seen: dict[Any, int], number: int) -> str:
    try:
        recipe = json.loads(line)
    except json.JSONDecodeError as error:
        return f"is not JSON: {error.msg}"
    if not isinstance(recipe, dict):
        return "must be an object with named keys"
    image_id = recipe.get("image_id")
    if not isinstance(image_id, int) or image_id not in images:
        return f"has image_id={image_id}, which is not the id of any image"
    first = seen.setdefault(image_id, number)
    return "" if first == number else f"is a second recipe of image {image_id}; the first is line {first}"
