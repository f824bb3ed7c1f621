"""Finds what to train on: shards, their weights and class names of a dataset folder. No TensorFlow here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.files import read_json
from data.formats.coco import ANNOTATIONS
from data.preprocess import preprocess_of
from data.weights import WEIGHTS, read_weights

LABEL_MAP = "label_map.pbtxt"
_SHARDS = "shards"
_TOKEN = re.compile(
    r"""\bitem\s*\{|\bid\s*:\s*(?P<id>\d+)|\bname\s*:\s*(?P<quote>['"])(?P<name>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"""
)


@dataclass(frozen=True)
class TrainingData:
    """What a run learns from.

    Attributes:
        train: shards to learn from.
        validation: shards to validate on; may be none.
        classes: names, in the order of their ids from 1.
        weights: how often each folder of shards is drawn from, by its name; empty where all pages count alike.
        preprocess: what was done to the pictures before they went into the shards.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...]
    classes: tuple[str, ...]
    weights: dict[str, float] = field(default_factory=dict)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)

    @property
    def fingerprint(self) -> str:
        """Changes with the content of the dataset: a hash of the sets' annotations and of their shards' sizes."""
        digest = hashlib.sha256()
        for shard in (*self.train, *self.validation):
            digest.update(f"{Path(shard).name} {Path(shard).stat().st_size}\n".encode())
        for folder in sorted({_set_of(shard) for shard in (*self.train, *self.validation)}):
            annotations = folder / ANNOTATIONS
            digest.update(annotations.read_bytes() if annotations.is_file() else b"")
        return digest.hexdigest()

    @property
    def train_by_source(self) -> dict[str, list[str]]:
        """The shards to learn from, by the name that `weights` knows them by."""
        return {name: [shard for shard in self.train if Path(shard).parent.name == name] for name in self.weights}


def _set_of(shard: str) -> Path:
    return next(folder.parent for folder in Path(shard).parents if folder.name == _SHARDS)


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
    weights, preprocess = read_weights(train / _SHARDS / WEIGHTS), _preprocess(train)
    if train is dataset or not _has_pages(validation):
        return TrainingData(train_shards, (), classes, weights, preprocess)
    if read_label_map(validation / LABEL_MAP) != classes:
        raise UserError(f"{validation / LABEL_MAP} names other classes than {train / LABEL_MAP}; merge the sets again.")
    return TrainingData(train_shards, shards(validation), classes, weights, preprocess)


def _preprocess(folder: Path) -> PreprocessConfig:
    """What the set says was done to its pictures."""
    file = folder / ANNOTATIONS
    content: Any = read_json(file) if file.is_file() else {}
    return preprocess_of(content.get("info") or {}, f"{file} info")


def _has_pages(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def shards(folder: Path) -> tuple[str, ...]:
    """TFRecord files of one set, in order.

    Raises:
        UserError: where there are none, with the command that makes them.
    """
    found = tuple(str(path) for path in sorted((folder / _SHARDS).rglob("*.tfrecord")))
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
