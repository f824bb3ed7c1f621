"""What is evaluated on: a set with truth, or plain photos of which nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conf import UserError
from data import dataset_hash, read_dataset
from data.files import read_json
from data.formats.coco import ANNOTATIONS
from data.model import Dataset
from data.sources import detect_format


@dataclass(frozen=True, slots=True)
class Subject:
    """A dataset and what the files around it need to know of it.

    Attributes:
        path: what the user named.
        dataset: the pictures, with truth where there is any.
        has_truth: False for a plain folder of pictures: then no link is known, rather than known to be absent.
        hash: names the content, see `data.dataset_hash`.
        image_ids: COCO ids of the pictures, in their order.
        category_ids: COCO ids of the classes, by name.
    """

    path: Path
    dataset: Dataset
    has_truth: bool
    hash: str
    image_ids: tuple[int, ...]
    category_ids: dict[str, int]


def open_subject(path: Path) -> Subject:
    """Reads whatever a user names: a set, a COCO file, a VOC folder, or a folder of pictures.

    Raises:
        UserError: where nothing lies there, there is no picture, or a file has a fault.
    """
    kind = detect_format(path)
    dataset = read_dataset(path)
    if not dataset.images:
        raise UserError(f"{path} holds no pictures; there is nothing to evaluate on.")
    return Subject(
        path=path,
        dataset=dataset,
        has_truth=kind != "pictures",
        hash=dataset_hash(dataset),
        image_ids=_image_ids([image.id for image in dataset.images]),
        category_ids=_category_ids(path, dataset) if kind == "coco" else _numbered(dataset),
    )


def _image_ids(given: Sequence[int | None]) -> tuple[int, ...]:
    known = tuple(i for i in given if i is not None)
    return known if len(known) == len(given) else tuple(range(1, len(given) + 1))


def _category_ids(path: Path, dataset: Dataset) -> dict[str, int]:
    """The ids that the file itself gives to its classes: results of other tools speak of those."""
    file = path / ANNOTATIONS if path.is_dir() else path
    ids = {entry["name"]: entry["id"] for entry in read_json(file)["categories"]}
    return {name: ids[name] for name in dataset.categories}


def _numbered(dataset: Dataset) -> dict[str, int]:
    return {name: number for number, name in enumerate(dataset.categories, start=1)}
