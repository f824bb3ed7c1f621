"""COCO, the house's own format on disk: `from_coco` and `to_coco` are a pure pair, `read` and `write` add the files.

What COCO has no word for (the link's text, its segments, attributes for slices) stands in extra keys; what this
house has no word for survives in the `extra` of each entry. How its entries are understood stands in `coco_entries`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from conf import UserError
from data.boxes import corners, polygon_area
from data.draft import Reading
from data.files import read_json, replacing_folder, write_json
from data.finding import Pictures, contained
from data.formats.coco_entries import joined, parsed
from data.model import Dataset, Image, LinkAnnotation
from data.pictures import copied, refuse_overlap, visible_files
from data.rejected import REJECTED, REPAIRED, Ledger
from data.repair import settled

ANNOTATIONS = "annotations.json"
ENTRIES_OF_A_SET = (ANNOTATIONS, "images", "shards", "label_map.pbtxt", "recipes.jsonl", REJECTED, REPAIRED)
_LIST_OF_COCO = re.compile(rb'"(images|annotations|categories)"\s*:\s*\[')


def files_of(path: Path) -> list[Path]:
    """The COCO files of a source: the file itself, the folder's `annotations.json`, or all that lie below it."""
    if path.is_file():
        return [path]
    if (path / ANNOTATIONS).exists():
        return [path / ANNOTATIONS]
    return sorted(file for file in visible_files(path) if file.suffix.lower() == ".json" and _looks_like_coco(file))


def _looks_like_coco(file: Path) -> bool:
    with file.open("rb") as stream:
        return _LIST_OF_COCO.search(stream.read(1 << 16)) is not None


def reading(files: Sequence[Path], pictures: Pictures, ledger: Ledger) -> Reading:
    """Starts to read one COCO file, or several as one set: classes united by name, ids counted anew.

    Args:
        files: the JSON files.
        pictures: where the pictures are; `file_name` is relative to the file, or the name of one of them.
        ledger: counts what is found, and gets the faults.

    Raises:
        UserError: where a file as a whole is not usable.
    """
    used: dict[Path, str] = {}

    def finder(file: Path) -> Callable[[str, str], Path]:
        def find(name: str, where: str) -> Path:
            path = pictures.at(name, file.parent, where)
            first = used.setdefault(path.resolve(), where)
            if first != where:
                raise UserError(f"{where}: file_name names the picture of {first.removeprefix(f'{file} ')} again.")
            return path

        return find

    parts = [parsed(read_json(file), finder(file), str(file), ledger) for file in files]
    return parts[0] if len(parts) == 1 else joined(parts)


def write(dataset: Dataset, folder: Path, *, copy_images: bool = True) -> None:
    """Writes a set as DATASET.md has it; the folder appears whole or not at all.

    Pictures keep their encoded bytes, except that ones turned by EXIF are re-encoded upright (JPEG, quality 95).

    Args:
        dataset: what to write.
        folder: new, empty, or as an earlier call wrote it: that is replaced.
        copy_images: False leaves the pictures where they are and names them relative to `folder`.

    Raises:
        UserError: where a picture is missing, broken, or of another size than said, or the folder holds anything else.
    """
    if not copy_images:
        write_json(folder / ANNOTATIONS, to_coco(dataset, folder))
        return
    refuse_overlap(dataset, folder)
    with replacing_folder(folder, ENTRIES_OF_A_SET, by="export format=coco") as scratch:
        images = tuple(copied(dataset, scratch))
        write_json(scratch / ANNOTATIONS, to_coco(replace(dataset, images=images), scratch))


def from_coco(content: Any, root: Path, *, name: str = ANNOTATIONS) -> Dataset:
    """A parsed COCO file as a dataset, read strictly; touches no file.

    Args:
        content: what the JSON file holds.
        root: folder that `file_name` is relative to, and may not lead out of.
        name: how messages call the file.

    Raises:
        UserError: naming file, entry and key of the first fault.
    """
    return _strict(parsed(content, lambda file, where: contained(file, root, root, where), name, Ledger()))


def _strict(found: Reading) -> Dataset:
    images = tuple(settled(draft, None, Ledger()) for draft in found.drafts)
    return Dataset(images, found.categories or (), found.info, found.licenses, found.extra)


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
    # Where only the box is known, its rectangle stands for the outline that every reader of COCO expects.
    entry["segmentation"] = [_rounded([value for point in link.polygon or corners(link.bbox) for value in point])]
    if link.text is not None:
        entry["text"] = link.text
    if link.link_bbox is not None:
        entry["link_bbox"] = _rounded(link.link_bbox)
    if link.segments:
        entry["segments"] = [_rounded(segment) for segment in link.segments]
    entry["attributes"] = dict(link.attributes)
    return entry | dict(link.extra)


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(float(value), 2) for value in values]
