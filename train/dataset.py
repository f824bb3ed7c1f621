"""Finds what to train on: shards and class names of a dataset folder. No TensorFlow here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from conf import UserError

LABEL_MAP = "label_map.pbtxt"
_TOKEN = re.compile(
    r"""\bitem\s*\{|\bid\s*:\s*(?P<id>\d+)|\bname\s*:\s*(?P<quote>['"])(?P<name>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"""
)


@dataclass(frozen=True)
class TrainingData:
    """Shards to learn from, shards to validate on (may be none), class names in the order of their ids from 1."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    classes: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Changes with the content of the dataset: a hash of the sets' annotations and of their shards' sizes."""
        digest = hashlib.sha256()
        for shard in (*self.train, *self.validation):
            digest.update(f"{Path(shard).name} {Path(shard).stat().st_size}\n".encode())
        for folder in sorted({Path(shard).parents[1] for shard in (*self.train, *self.validation)}):
            annotations = folder / "annotations.json"
            digest.update(annotations.read_bytes() if annotations.is_file() else b"")
        return digest.hexdigest()


def find(dataset: Path) -> TrainingData:
    """Training data of a merged dataset (`train/`, `val/`), or of a single set, which then has no validation.

    Raises:
        UserError: where the folder, its shards or its label map are missing, or train and val disagree on classes.
    """
    if not dataset.is_dir():
        raise UserError(f"dataset={dataset} is not a folder.")
    train = dataset / "train" if (dataset / "train").is_dir() else dataset
    validation = dataset / "val"
    train_shards = shards(train)
    classes = read_label_map(train / LABEL_MAP)
    if train is dataset or not _has_pages(validation):
        return TrainingData(train_shards, (), classes)
    if read_label_map(validation / LABEL_MAP) != classes:
        raise UserError(f"{validation / LABEL_MAP} names other classes than {train / LABEL_MAP}; merge the sets again.")
    return TrainingData(train_shards, shards(validation), classes)


def _has_pages(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def shards(folder: Path) -> tuple[str, ...]:
    """TFRecord files of one set, in order.

    Raises:
        UserError: where there are none, with the command that makes them.
    """
    found = tuple(str(path) for path in sorted((folder / "shards").glob("*.tfrecord")))
    if not found:
        command = f"python -m data export source={folder} format=tfrecord out={folder}"
        raise UserError(f"{folder} has no shards/*.tfrecord; make them: {command}")
    return found


def read_label_map(path: Path) -> tuple[str, ...]:
    """Class names of a `label_map.pbtxt`, by id.

    Raises:
        UserError: where it is missing, or its ids are not 1, 2, 3 …
    """
    if not path.is_file():
        raise UserError(
            f"{path} does not exist; `python -m data export source=SET format=tfrecord` writes it beside the shards."
        )
    items: list[dict[str, str]] = []
    for token in _TOKEN.finditer(path.read_text(encoding="utf-8")):
        if token["id"] is None and token["name"] is None:
            items.append({})
        elif items:
            items[-1] |= {key: value for key, value in token.groupdict().items() if value is not None}
    names = {int(item["id"]): re.sub(r"\\(.)", r"\1", item["name"]) for item in items if {"id", "name"} <= item.keys()}
    if not names or sorted(names) != list(range(1, len(names) + 1)):
        raise UserError(f"{path} must name its classes with ids 1, 2, 3 …; it has {sorted(names) or 'none'}.")
    return tuple(names[number] for number in sorted(names))
