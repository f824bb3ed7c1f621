"""Opens whatever a user names as a dataset, by looking at what lies there."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import Literal

from conf import UserError
from data.draft import Reading, without_truth
from data.finding import Pictures
from data.formats import coco, csv_table, tfrecord_read, voc, yolo
from data.model import DEFAULT_CATEGORY, Dataset, Image
from data.pictures import Unlabelled, visible_files
from data.pixels import EXTENSIONS, facts
from data.rejected import Faults, FaultyEntry, Ledger
from data.repair import settled

Format = Literal["coco", "voc", "yolo", "csv", "tfrecord", "pictures"]


def detect_format(path: Path | str) -> Format:
    """Says what lies at a path, by names and first lines.

    Raises:
        UserError: where the path does not exist, is empty, holds several sets, or nothing known.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path} does not exist.")
    if path.is_file():
        return _format_of_file(path)
    if (path / coco.ANNOTATIONS).exists():
        return "coco"
    sets = sorted(entry.parent.name for entry in path.glob(f"*/{coco.ANNOTATIONS}"))
    if sets:
        raise UserError(f"{path} is a folder of sets; name one of them: {', '.join(sets)}.")
    for kind, is_there in _SIGNS.items():
        if is_there(path):
            return kind
    raise _nothing_known(path)


def _format_of_file(path: Path) -> Format:
    if path.suffix.lower() == ".json":
        return "coco"
    if path.suffix.lower() == ".csv":
        return "csv"
    if tfrecord_read.is_shard(path):
        return "tfrecord"
    raise UserError(f"{path} is no dataset: name a folder, or a COCO file ending in .json, a table (.csv), or a shard.")


def _has(folder: Path, suffixes: Container[str]) -> bool:
    return any(file.suffix.lower() in suffixes for file in visible_files(folder))


_SIGNS: Mapping[Format, Callable[[Path], bool]] = {
    "coco": lambda folder: bool(coco.files_of(folder)),
    "voc": lambda folder: _has(folder, {".xml"}),
    "yolo": yolo.is_source,
    "csv": lambda folder: bool(csv_table.files_of(folder)),
    "tfrecord": lambda folder: bool(tfrecord_read.files_of(folder)),
    "pictures": lambda folder: _has(folder, EXTENSIONS),
}
"""How each format shows below a folder; the first that does is taken."""


def _nothing_known(folder: Path) -> UserError:
    inside = sorted(entry.name for entry in folder.iterdir())
    if not inside:
        return UserError(f"{folder} is an empty folder.")
    return UserError(
        f"{folder} holds no dataset ({inside[0]} …): it needs {coco.ANNOTATIONS} (COCO), .xml files (Pascal VOC), "
        f".txt files (YOLO), a .csv table, TFRecord shards, or pictures ({', '.join(sorted(EXTENSIONS))})."
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
    if not path.exists():
        raise UserError(f"{path} does not exist.")
    kind = kind or detect_format(path)
    below = Pictures(pictures or _home(path))
    if kind == "coco":
        return coco.reading(_some(coco.files_of(path), path, kind), below, ledger)
    if kind == "tfrecord":
        return tfrecord_read.reading(_some(tfrecord_read.files_of(path), path, kind), ledger)
    if kind == "csv":
        tables = _some(csv_table.files_of(path), path, kind)
        return csv_table.reading(tables, below, ledger, unlabelled=unlabelled, first_pixel=first_pixel)
    if path.is_file():
        raise UserError(f"{path} is a file; format={kind} needs a folder.")
    if kind == "voc":
        return voc.reading(path, below, ledger, unlabelled=unlabelled, first_pixel=first_pixel)
    if kind == "yolo":
        return yolo.reading(path, below, ledger, unlabelled=unlabelled)
    return Reading(without_truth(below.paths, path, unlabelled, ledger), by_path=True)


def _home(path: Path) -> Path:
    """Where the pictures of a source lie: in it, beside it, or beside its folder `annotations`."""
    if path.is_dir():
        return path
    return path.parent.parent if path.parent.name.lower() == "annotations" else path.parent


def _some(files: list[Path], path: Path, kind: Format) -> list[Path]:
    if not files:
        raise UserError(f"{path} holds nothing that can be read as format={kind}.")
    return files


def read_dataset(
    path: Path | str,
    *,
    unlabelled: Unlabelled = "empty",
    faults: Faults = "refuse",
    pictures: Path | None = None,
    ledger: Ledger | None = None,
) -> Dataset:
    """Reads a dataset in whichever known format it is.

    Args:
        path: a folder with `annotations.json`, a COCO file, a folder with Pascal VOC or YOLO files, a CSV table, or
            a folder of pictures.
        unlabelled: what to do with pictures that nothing is known about: take them as showing no links (`empty`),
            leave them out (`skip`), or refuse the source (`refuse`).
        faults: `refuse` the source at its first fault, or `repair` what is certain and leave the rest out.
        pictures: folder of the pictures, where they do not lie below the source.
        ledger: gets the account of what was found, mended and left out; its own `faults` count then.

    Raises:
        UserError: where nothing known lies there, or what lies there has a fault.
    """
    try:
        return _read(Path(path), Ledger(faults) if ledger is None else ledger, unlabelled, pictures)
    except FaultyEntry as fault:
        raise UserError(
            f"{str(fault).rstrip('.')}. `python -m data import source={path} out=FOLDER` makes a set of it: "
            "it mends what is certain, and sets aside and lists the rest."
        ) from None


def _read(path: Path, ledger: Ledger, unlabelled: Unlabelled, pictures: Path | None) -> Dataset:
    reading = open_source(path, ledger, unlabelled=unlabelled, pictures=pictures)
    images = []
    for draft in reading.drafts:
        if draft.content is not None:
            raise UserError(
                f"{path} keeps its pictures inside of shards; turn it into a set first: "
                f"python -m data import source={path} out=FOLDER."
            )
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
