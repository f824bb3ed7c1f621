"""COCO, the house's own format on disk: `from_coco` and `to_coco` are a pure pair, `read` and `write` add the files.

What COCO has no word for (the link's text, its segments, attributes for slices) stands in extra keys; what this
house has no word for survives in the `extra` of each entry.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from conf import UserError
from data.boxes import checked, polygon_area
from data.entries import Entry, entries
from data.files import read_json, replacing_folder, write_json
from data.model import Attribute, Box, Dataset, Image, LinkAnnotation, Point
from data.pictures import copied, refuse_overlap

ANNOTATIONS = "annotations.json"
ENTRIES_OF_A_SET = (ANNOTATIONS, "images", "shards", "label_map.pbtxt", "recipes.jsonl")


def read(path: Path) -> Dataset:
    """Reads a COCO set.

    Args:
        path: a folder with `annotations.json`, or the JSON file; pictures are looked for relative to it.

    Raises:
        UserError: naming file, entry and key of the first fault; also where a picture is missing.
    """
    file = path / ANNOTATIONS if path.is_dir() else path
    dataset = from_coco(read_json(file), file.parent, name=str(file))
    seen: dict[Path, int] = {}
    for index, image in enumerate(dataset.images):
        first = seen.setdefault(image.path.resolve(), index)
        if first != index:
            raise UserError(f"{file} images[{index}]: file_name names the picture of images[{first}] again.")
        if not image.path.is_file():
            raise UserError(f"{file} images[{index}]: file_name names {image.path}, which does not exist.")
    return dataset


def write(dataset: Dataset, folder: Path, *, copy_images: bool = True) -> None:
    """Writes a set as DATASET.md has it; the folder appears whole or not at all.

    Pictures keep their encoded bytes, except that ones turned by EXIF are re-encoded upright (JPEG, quality 95).

    Args:
        dataset: what to write.
        folder: new, empty, or an earlier version of the set, which is replaced.
        copy_images: False leaves the pictures where they are and names them relative to `folder`.

    Raises:
        UserError: where a picture is missing, broken, or of another size than said, or the folder is not free.
    """
    if not copy_images:
        write_json(folder / ANNOTATIONS, to_coco(dataset, folder))
        return
    refuse_overlap(dataset, folder)
    with replacing_folder(folder, ENTRIES_OF_A_SET) as scratch:
        images = tuple(copied(dataset, scratch))
        write_json(scratch / ANNOTATIONS, to_coco(replace(dataset, images=images), scratch))


def from_coco(content: Any, root: Path, *, name: str = ANNOTATIONS) -> Dataset:
    """A parsed COCO file as a dataset; touches no file.

    Args:
        content: what the JSON file holds.
        root: folder that `file_name` is relative to.
        name: how messages call the file.

    Raises:
        UserError: naming file, entry and key of the first fault.
    """
    top = Entry(content, name)
    info, licenses = top.get("info", dict, "an object", {}), top.get("licenses", list, "a list", [])
    names, category_extra = _categories(entries(top, "categories"))
    images: dict[int, Image] = {}
    for entry in entries(top, "images"):
        image_id = entry.unused_id(images)
        images[image_id] = _image(entry, image_id, root)
    links: dict[int, list[LinkAnnotation]] = {image_id: [] for image_id in images}
    seen: set[int] = set()
    for entry in entries(top, "annotations"):
        image_id = entry.integer("image_id")
        if image_id not in images:
            raise UserError(f"{entry.where}: image_id={image_id} is not the id of any image.")
        seen.add(link_id := entry.unused_id(seen))
        links[image_id].append(_link(entry, link_id, names, images[image_id]))
    extra = top.rest()
    return Dataset(
        images=tuple(replace(image, links=tuple(links[image_id])) for image_id, image in images.items()),
        categories=tuple(names.values()),
        info=info,
        licenses=tuple(licenses),
        extra=extra | {"categories": category_extra} if category_extra else extra,
    )


def _categories(found: Sequence[Entry]) -> tuple[dict[int, str], dict[str, Any]]:
    """Names by id, in the order of the ids, and the keys that the model has no word for, by name."""
    names: dict[int, str] = {}
    extra: dict[str, Any] = {}
    for entry in found:
        category_id, name = entry.unused_id(names), entry.text("name")
        if name in names.values():
            raise UserError(f"{entry.where}: name={name!r} is used twice; each category needs its own.")
        names[category_id] = name
        if entry.rest():
            extra[name] = entry.rest()
    return dict(sorted(names.items())), extra


def _image(entry: Entry, image_id: int, root: Path) -> Image:
    return Image(
        path=root / entry.text("file_name"),
        width=entry.integer("width", low=1),
        height=entry.integer("height", low=1),
        source=entry.text("source", "photo"),
        group=entry.text("group", None),
        id=image_id,
        extra=entry.rest(),
    )


def _link(entry: Entry, link_id: int, names: Mapping[int, str], image: Image) -> LinkAnnotation:
    category_id = entry.integer("category_id")
    if category_id not in names:
        known = ", ".join(map(str, names)) or "none"
        raise UserError(f"{entry.where}: category_id={category_id} is not the id of any category (known: {known}).")
    bbox = _box(entry, "bbox", entry.numbers("bbox", 4))
    checked(bbox, image.width, image.height, f"{entry.where}: bbox")
    segments = entry.get("segments", list, "a list of boxes", [])
    polygon, shape = _polygon(entry)
    return LinkAnnotation(
        bbox=bbox,
        category=names[category_id],
        polygon=polygon,
        text=entry.text("text", None),
        link_bbox=_box(entry, "link_bbox", entry.numbers("link_bbox", 4)) if entry.has("link_bbox") else None,
        segments=tuple(
            _box(entry, f"segments[{i}]", entry.as_numbers(f"segments[{i}]", s, 4)) for i, s in enumerate(segments)
        ),
        ignore=entry.flag("iscrowd"),
        attributes=_attributes(entry),
        id=link_id,
        extra=entry.rest() | shape,
    )


def _box(entry: Entry, name: str, numbers: Sequence[float]) -> Box:
    x, y, width, height = numbers
    if width <= 0 or height <= 0:
        raise entry.wrong(name, list(numbers), "[x, y, width, height] with both sides above 0")
    return (x, y, width, height)


def _polygon(entry: Entry) -> tuple[tuple[Point, ...], dict[str, Any]]:
    """The outline where the file holds exactly one polygon; masks and outlines in parts are kept as they are."""
    shape = entry.get("segmentation", (list, dict), "a list of polygons or a run-length mask", [])
    area = entry.get("area", (int, float), "a number", None)
    if not shape:
        return (), {}
    if isinstance(shape, dict) or len(shape) > 1:
        return (), {"segmentation": shape} | ({} if area is None else {"area": area})
    flat = entry.as_numbers("segmentation[0]", shape[0])
    if len(flat) < 6 or len(flat) % 2:
        raise entry.wrong("segmentation[0]", shape[0], "x, y in turn, for three points or more")
    return tuple(zip(flat[::2], flat[1::2], strict=True)), {}


def _attributes(entry: Entry) -> dict[str, Attribute]:
    attributes = entry.get("attributes", dict, "an object", {})
    for key, value in attributes.items():
        if isinstance(value, list | dict):
            raise entry.wrong(f"attributes.{key}", value, "a text, a number, true, false or null")
    return dict(attributes)


def to_coco(dataset: Dataset, root: Path | None = None) -> dict[str, Any]:
    """A dataset as the object that `annotations.json` holds; touches no file.

    Ids that are there are kept (annotation ids from 1 on: pycocotools overlooks 0); where one is absent or used
    twice, all are counted anew from 1. Coordinates are rounded to 2 decimals.

    Args:
        dataset: what to convert.
        root: folder that `file_name` shall be relative to; None writes the paths as they are.
    """
    image_ids = _ids([image.id for image in dataset.images], low=0)
    link_ids = iter(_ids([link.id for image in dataset.images for link in image.links], low=1))
    category_ids = {name: index for index, name in enumerate(dataset.categories, start=1)}
    extra = dict(dataset.extra)
    category_extra = extra.pop("categories", {})
    return {
        "info": dict(dataset.info),
        "licenses": [dict(licence) for licence in dataset.licenses],
        **extra,
        "images": [_image_entry(image, i, root) for image, i in zip(dataset.images, image_ids, strict=True)],
        "annotations": [
            _link_entry(link, next(link_ids), i, category_ids[link.category])
            for image, i in zip(dataset.images, image_ids, strict=True)
            for link in image.links
        ],
        "categories": [{"id": i, "name": name} | category_extra.get(name, {}) for name, i in category_ids.items()],
    }


def _ids(given: Sequence[int | None], low: int) -> list[int]:
    usable = [i for i in given if i is not None and i >= low]
    return usable if len(set(usable)) == len(given) else list(range(1, len(given) + 1))


def _image_entry(image: Image, image_id: int, root: Path | None) -> dict[str, Any]:
    path = image.path if root is None else Path(os.path.relpath(image.path, root))
    entry = {"id": image_id, "file_name": path.as_posix(), "width": image.width, "height": image.height}
    group = {} if image.group is None else {"group": image.group}
    return {**entry, "source": image.source, **group, **image.extra}


def _link_entry(link: LinkAnnotation, link_id: int, image_id: int, category_id: int) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": link_id,
        "image_id": image_id,
        "category_id": category_id,
        "bbox": _rounded(link.bbox),
        "area": round(polygon_area(link.polygon) if link.polygon else link.area, 2),
        "iscrowd": int(link.ignore),
    }
    if link.polygon:
        entry["segmentation"] = [_rounded([value for point in link.polygon for value in point])]
    if link.text is not None:
        entry["text"] = link.text
    if link.link_bbox is not None:
        entry["link_bbox"] = _rounded(link.link_bbox)
    if link.segments:
        entry["segments"] = [_rounded(segment) for segment in link.segments]
    if link.attributes:
        entry["attributes"] = dict(link.attributes)
    return entry | dict(link.extra)


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(float(value), 2) for value in values]
