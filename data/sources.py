"""Opens whatever a user names as a dataset, by looking at what lies there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from conf import UserError
from data.draft import Reading, without_truth
from data.finding import Pictures
from data.formats import coco, voc
from data.model import DEFAULT_CATEGORY, Dataset, Image
from data.pictures import Unlabelled, visible_files
from data.pixels import EXTENSIONS, facts
from data.rejected import Faults, Ledger
from data.repair import settled

Format = Literal["coco", "voc", "pictures"]


def detect_format(path: Path | str) -> Format:
    """Says what lies at a path: a COCO set, Pascal VOC files, or pictures alone.

    Raises:
        UserError: where the path does not exist, is empty, or holds nothing known.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path} does not exist.")
    if path.is_file():
        if path.suffix.lower() != ".json":
            raise UserError(f"{path} is no dataset: name a folder, or a COCO file ending in .json.")
        return "coco"
    if (path / coco.ANNOTATIONS).exists():
        return "coco"
    if any(file.suffix.lower() == ".xml" for file in visible_files(path)):
        return "voc"
    if any(file.suffix.lower() in EXTENSIONS for file in visible_files(path)):
        return "pictures"
    raise _nothing_known(path)


def _nothing_known(folder: Path) -> UserError:
    inside = sorted(entry.name for entry in folder.iterdir())
    if not inside:
        return UserError(f"{folder} is an empty folder.")
    sets = [name for name in inside if (folder / name / coco.ANNOTATIONS).exists()]
    if sets:
        return UserError(f"{folder} is a folder of sets; name one of them: {', '.join(sets)}.")
    return UserError(
        f"{folder} holds no dataset ({inside[0]} …): it needs {coco.ANNOTATIONS} (COCO), .xml files (Pascal VOC), "
        f"or pictures ({', '.join(sorted(EXTENSIONS))})."
    )


def open_source(
    path: Path,
    ledger: Ledger,
    *,
    kind: Format | None = None,
    unlabelled: Unlabelled = "empty",
    pictures: Path | None = None,
    first_pixel: str = "auto",
) -> Reading:
    """Starts to read a source in whichever known format it is; pictures are parsed as they are asked for.

    Args:
        path: as for `read_dataset`.
        ledger: counts what is found, and gets the faults.
        kind: what it is; None finds out by looking.
        unlabelled: what to do with pictures that nothing is known about.
        pictures: folder of the pictures, where they do not lie below the source.
        first_pixel: number of the first pixel in Pascal VOC files: `auto`, `0` or `1`.

    Raises:
        UserError: where nothing known lies there, or the source as a whole is not usable.
    """
    kind = kind or detect_format(path)
    below = Pictures(pictures or (path if path.is_dir() else path.parent))
    if kind == "coco":
        return coco.reading(coco.files_of(path), below, ledger)
    if kind == "voc":
        return voc.reading(path, below, ledger, unlabelled=unlabelled, first_pixel=first_pixel)
    return Reading(without_truth(below.paths, path, unlabelled, ledger), by_path=True)


def read_dataset(
    path: Path | str,
    *,
    unlabelled: Unlabelled = "empty",
    faults: Faults = "refuse",
    pictures: Path | None = None,
) -> Dataset:
    """Reads a dataset in whichever known format it is.

    Args:
        path: a folder with `annotations.json`, a COCO JSON file, a folder with Pascal VOC files, or one of pictures.
        unlabelled: what to do with pictures that nothing is known about: take them as showing no links (`empty`),
            leave them out (`skip`), or refuse the source (`refuse`).
        faults: `refuse` the source at its first fault, or `repair` what is certain and leave the rest out.
        pictures: folder of the pictures, where they do not lie below the source.

    Raises:
        UserError: where nothing known lies there, or what lies there has a fault.
    """
    ledger = Ledger(faults)
    reading = open_source(Path(path), ledger, unlabelled=unlabelled, pictures=pictures)
    images = []
    for draft in reading.drafts:
        with ledger.aside("image", draft.where, draft.places):
            found = None if ledger.strict and draft.trusted else facts(draft.image.path, whole=not ledger.strict)
            images.append(settled(draft, found, ledger))
    return assembled(reading, images)


def assembled(reading: Reading, images: Sequence[Image]) -> Dataset:
    """The set that a reading gave, of the pictures that came through."""
    ordered = sorted(images, key=lambda image: image.path) if reading.by_path else images
    names = sorted({link.category for image in images for link in image.links}) or [DEFAULT_CATEGORY]
    categories = tuple(names) if reading.categories is None else reading.categories
    return Dataset(tuple(ordered), categories, reading.info, reading.licenses, reading.extra)
