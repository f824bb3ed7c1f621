"""Copies the pictures of a set to numbered names, upright and checked: what every written folder has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from conf import UserError
from data.files import write_bytes
from data.model import Dataset, Image, LinkAnnotation
from data.pixels import EXTENSIONS, Encoded, encoded

Unlabelled = Literal["refuse", "skip", "empty"]
FILES_PER_FOLDER = 1000


Transform = Callable[[Image], tuple[Encoded, tuple[LinkAnnotation, ...]]]
"""How a picture goes into a set: its new bytes, and its links on them."""


def as_it_is(image: Image) -> tuple[Encoded, tuple[LinkAnnotation, ...]]:
    """The bytes on disk; re-encoded upright where EXIF turns them."""
    return encoded(image.path, (image.width, image.height)), image.links


def copied(dataset: Dataset, folder: Path, transform: Transform = as_it_is) -> Iterator[Image]:
    """Copies each picture below `folder` and gives its entry back with the new path and size, in order.

    Raises:
        UserError: where a picture is missing, broken, or of another size than its entry says.
    """
    for index, image in enumerate(tqdm(dataset.images, desc="pictures", unit="", disable=None)):
        picture, links = transform(image)
        target = folder / image_name(index, picture.suffix, len(dataset.images))
        write_bytes(target, picture.content)
        yield replace(image, path=target, width=picture.width, height=picture.height, links=links)


def refuse_overlap(dataset: Dataset, folder: Path) -> None:
    """Refuses to write a set over the pictures that it is made of.

    Raises:
        UserError: where a picture of the set lies below `folder`.
    """
    place = folder.resolve()
    for image in dataset.images:
        if place in image.path.resolve().parents:
            raise UserError(f"out={folder} is where {image.path} is read from; name another folder.")


def image_name(index: int, suffix: str, count: int) -> str:
    """Where picture number `index` (from 0) of `count` lies: `images/00/000000.jpg`, at most 1,000 a folder.

    Sets of more than 100,000 pictures have as many digits as they need, so that names sort as numbers do.
    """
    last = count - 1
    folder, name = len(str(last // FILES_PER_FOLDER)), len(str(last))
    return f"images/{index // FILES_PER_FOLDER:0{max(folder, 2)}d}/{index:0{max(name, 6)}d}{suffix}"


def pictures_below(folder: Path) -> list[Path]:
    """All picture files below a folder, by their suffix, in the order of their names; hidden ones are left out."""
    return sorted(path for path in visible_files(folder) if path.suffix.lower() in EXTENSIONS)


def visible_files(folder: Path) -> Iterator[Path]:
    """All files below a folder that are not hidden, nor in a hidden folder."""
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path
