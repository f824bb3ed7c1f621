"""Opens whatever a user names as a dataset, by looking at what lies there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from conf import UserError
from data.formats import coco, voc
from data.model import Dataset
from data.pictures import Unlabelled, pictures_below, visible_files, without_truth
from data.pixels import EXTENSIONS

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


def read_dataset(path: Path | str, *, unlabelled: Unlabelled = "empty") -> Dataset:
    """Reads a dataset in whichever known format it is.

    Args:
        path: a folder with `annotations.json`, a COCO JSON file, a folder with Pascal VOC files, or one of pictures.
        unlabelled: what to do with pictures that nothing is known about: take them as showing no links (`empty`),
            leave them out (`skip`), or refuse the source (`refuse`).

    Raises:
        UserError: where nothing known lies there, or what lies there has a fault.
    """
    path = Path(path)
    kind = detect_format(path)
    if kind == "coco":
        return coco.read(path)
    if kind == "voc":
        return voc.read(path, unlabelled=unlabelled)
    return Dataset(tuple(without_truth(pictures_below(path), path, unlabelled)))
