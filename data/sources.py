"""Opens whatever a user names as a dataset, by looking at what lies there."""

from __future__ import annotations

from pathlib import Path

from conf import UserError
from data.formats import coco
from data.model import Dataset


def read_dataset(path: Path | str) -> Dataset:
    """Reads a dataset in whichever known format it is.

    Args:
        path: a folder with `annotations.json`, or a COCO JSON file.

    Raises:
        UserError: where nothing known lies there, or what lies there has a fault.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path} does not exist.")
    return coco.read(path)
