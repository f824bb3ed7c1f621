"""Finds what to train on: a dataset folder, several of them in shares, or pages to be rendered. No TensorFlow here."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conf import UserError
from conf.app import as_yaml
from conf.schema.preprocess import PreprocessConfig
from conf.schema.synth import SynthConfig
from conf.schema.train import TrainConfig
from data.files import read_json
from data.formats.coco import ANNOTATIONS
from data.preprocess import preprocess_of
from data.weights import WEIGHTS, read_weights
from train.rendered import CLASSES, synth_config

LABEL_MAP = "label_map.pbtxt"
STREAM = "stream"
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
        sources: shards by the name of where they come from; empty where all pages count alike.
        weights: how often each source is drawn from, by its name; empty where all pages count alike.
        preprocess: what was done to the pictures before they went into the shards.
        stream: what the pages look like that are rendered to learn from, in place of shards.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...]
    classes: tuple[str, ...]
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    stream: SynthConfig | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with the content of the dataset: a hash of the sets' annotations and of their shards' sizes.

        Of a stream, of what its pages look like.
        """
        digest = hashlib.sha256()
        for shard in (*self.train, *self.validation):
            digest.update(f"{Path(shard).name} {Path(shard).stat().st_size}\n".encode())
        for folder in sorted({_set_of(shard) for shard in (*self.train, *self.validation)}):
            annotations = folder / ANNOTATIONS
            digest.update(annotations.read_bytes() if annotations.is_file() else b"")
        if self.stream is not None:
            digest.update(as_yaml(self.stream).encode())
        return digest.hexdigest()

    @property
    def train_by_source(self) -> dict[str, list[str]]:
        """The shards to learn from, by the name that `weights` knows them by."""
        return {name: list(shards) for name, shards in self.sources.items()}


def _set_of(shard: str) -> Path:
    return next(folder.parent for folder in Path(shard).parents if folder.name == _SHARDS)


def training_data(config: TrainConfig) -> TrainingData:
    """What a configuration says to learn from and to validate on.

    Raises:
        UserError: as `find`, and where sets that are to be mixed differ in classes or preparation.
    """
    if config.mixture:
        data = mixed(config.mixture)
    elif config.dataset == STREAM:
        data = TrainingData((), (), CLASSES, stream=synth_config(config.stream, config.seed))
    else:
        data = find(Path(config.dataset))
    return _validated_on(data, config.validation.sets) if config.validation.sets else data


def mixed(shares: Mapping[str, float]) -> TrainingData:
    """Training data of several datasets, each drawn from in its share; their validation sets are joined.

    Within a dataset the weights hold that it was merged with.

    Raises:
        UserError: where one is missing, or not like the others in classes and preparation.
    """
    parts = {name: find(Path(name), "mixture") for name, share in shares.items() if share > 0}
    if not parts:
        raise UserError("mixture gives no dataset a share above 0.")
    first_name, first = next(iter(parts.items()))
    sources: dict[str, tuple[str, ...]] = {}
    weights: dict[str, float] = {}
    for name, part in parts.items():
        _refuse_strangers(part, name, first, first_name)
        inner = part.weights or {"": 1.0}
        for source, weight in inner.items():
            key = f"{name} {source}".strip()
            sources[key] = part.sources[source] if source else part.train
            weights[key] = shares[name] * weight / sum(inner.values())
    train = tuple(shard for shards in sources.values() for shard in shards)
    validation = tuple(shard for part in parts.values() for shard in part.validation)
    return TrainingData(train, validation, first.classes, sources, weights, first.preprocess)


def _validated_on(data: TrainingData, names: Sequence[str]) -> TrainingData:
    """The same to learn from, validated on other sets: on `val/` of a merged dataset, on all of a single set."""
    validation: list[str] = []
    for name in names:
        found = find(Path(name), "validation.sets")
        _refuse_strangers(found, name, data, "what is learnt from")
        validation += found.validation or found.train
    return dataclasses.replace(data, validation=tuple(validation))


def _refuse_strangers(one: TrainingData, name: str, other: TrainingData, other_name: str) -> None:
    if one.classes != other.classes:
        raise UserError(
            f"{name} has the classes {', '.join(one.classes)}, and {other_name} has {', '.join(other.classes)}; "
            "they must be the same: `python -m data merge classes=…` renames them."
        )
    if one.preprocess != other.preprocess:
        raise UserError(
            f"The pictures of {name} were prepared otherwise (info.preprocess) than those of {other_name}; "
            "merge both with the same preprocess=…."
        )


def find(dataset: Path, key: str = "dataset") -> TrainingData:
    """Training data of a merged dataset (`train/`, `val/`), or of a single set, which then has no validation.

    Args:
        dataset: its folder.
        key: what names it in the configuration, for messages.

    Raises:
        UserError: where the folder, its shards or its label map are missing, or train and val disagree on classes.
    """
    if not dataset.is_dir():
        raise UserError(f"{key}={dataset} is not a folder.")
    train = dataset / "train" if (dataset / "train").is_dir() else dataset
    validation = dataset / "val"
    train_shards = shards(train)
    classes = read_label_map(train / LABEL_MAP)
    weights, preprocess = read_weights(train / _SHARDS / WEIGHTS), _preprocess(train)
    sources = {name: tuple(shard for shard in train_shards if Path(shard).parent.name == name) for name in weights}
    data = TrainingData(train_shards, (), classes, sources, weights, preprocess)
    if train is dataset or not _has_pages(validation):
        return data
    if read_label_map(validation / LABEL_MAP) != classes:
        raise UserError(f"{validation / LABEL_MAP} names other classes than {train / LABEL_MAP}; merge the sets again.")
    return dataclasses.replace(data, validation=shards(validation))


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
