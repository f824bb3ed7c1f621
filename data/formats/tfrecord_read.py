"""TFRecord shards as a source: ours, and what others wrote with the keys of Model Garden and the Object Detection API.

Boxes are shares of the picture, which lies inside the record. Names of classes stand in `image/object/class/text`, or
in a `label_map.pbtxt` near the shards. What those keys have no word for (text, groups, polygons) is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conf import UserError
from data.draft import Draft, Reading
from data.formats.label_map import read_label_map
from data.formats.tfrecord import deserialize, frames
from data.model import Image, LinkAnnotation
from data.pictures import visible_files
from data.pixels import EXTENSIONS
from data.rejected import Ledger

_SHARD = re.compile(r".*\.(tfrecords?|tfrec|record)(-\d+-of-\d+)?|.*-\d{5}-of-\d{5}", re.I)
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def files_of(path: Path) -> list[Path]:
    """The shards of a source: the file itself, or those below a folder, in the order of their names."""
    if path.is_file():
        return [path]
    return sorted(file for file in visible_files(path) if is_shard(file))


def is_shard(file: Path) -> bool:
    """Whether a file is called as shards are: `a.tfrecord`, `train.record-00000-of-00010`."""
    return _SHARD.fullmatch(file.name) is not None


def reading(files: Sequence[Path], ledger: Ledger) -> Reading:
    """Starts to read shards; of a shard one record is in memory at a time.

    Raises:
        UserError: where a label map near the shards is faulty, or two of them differ.
    """
    names = _label_map(files)
    categories = None if names is None else tuple(name for _, name in sorted(names.items()))
    return Reading(_drafts(files, names, ledger), categories)


def _label_map(files: Sequence[Path]) -> dict[int, str] | None:
    """Beside the shards, or in the folder above them as our sets have it."""
    folders = {file.parent for file in files} | {file.parent.parent for file in files}
    maps = {path: read_label_map(path) for folder in sorted(folders) for path in sorted(folder.glob("*.pbtxt"))}
    different = [path for path, names in maps.items() if names != next(iter(maps.values()))]
    if different:
        raise UserError(f"{next(iter(maps))} and {different[0]} give classes different names; keep one of them.")
    return next(iter(maps.values()), None)


def _drafts(files: Sequence[Path], names: Mapping[int, str] | None, ledger: Ledger) -> Iterator[Draft]:
    for file in files:
        records = enumerate(frames(file))
        while True:
            with ledger.aside("image", str(file)):
                number, record = next(records, (None, None))
                if number is None:
                    break
                yield from _from_record(record, f"{file} record {number}", names, ledger)
                continue
            ledger.found(images=1)  # where the frame itself is damaged, what follows cannot be found
            break


def _from_record(record: bytes | None, where: str, names: Mapping[int, str] | None, ledger: Ledger) -> list[Draft]:
    drafts: list[Draft] = []
    ledger.found(images=1)
    places: list[str] = []
    with ledger.aside("image", where, places):
        if record is None:
            raise UserError(f"{where} is damaged: its check sum is wrong.")
        example = _Example(deserialize(record), where)
        places += [f"{where} box {index}" for index in range(example.count)]
        drafts.append(example.draft(places, names, ledger))
    ledger.found(annotations=len(places))
    return drafts


class _Example:
    """The features of one record."""

    def __init__(self, features: Mapping[str, list[Any]], where: str) -> None:
        self._features = features
        self._where = where
        self.count = max(len(self._list(f"bbox/{side}")) for side in _SIDES)

    def draft(self, places: Sequence[str], names: Mapping[int, str] | None, ledger: Ledger) -> Draft:
        content = self._first("image/encoded", bytes)
        if not content:
            raise UserError(f"{self._where} holds no picture under image/encoded.")
        links, kept = [], []
        for index, place in enumerate(places):
            with ledger.aside("annotation", place):
                links.append(self._link(index, place, names))
                kept.append(place)
        width, height = (self._first(f"image/{side}", int) or 0 for side in ("width", "height"))
        image = Image(self._path(), *((width, height) if width and height else (0, 0)), tuple(links), id=self._id())
        return Draft(image, self._where, tuple(kept), box_key="box", relative=True, content=content)

    def _list(self, key: str) -> list[Any]:
        return self._features.get(f"image/object/{key}", [])

    def _first(self, key: str, kind: type) -> Any:
        value = next(iter(self._features.get(key, [])), None)
        return value if isinstance(value, kind) else None

    def _path(self) -> Path:
        """The name alone: a path in a record is one of another computer."""
        said = self._first("image/filename", bytes) or b""
        name = said.decode(errors="replace").replace("\\", "/").rsplit("/", 1)[-1]
        return Path(name if Path(name).suffix.lower() in EXTENSIONS else f"{name or 'picture'}.jpg")

    def _id(self) -> int | None:
        said = self._first("image/source_id", bytes) or b""
        return int(said) if said.isdigit() and len(said) < 16 else None

    def _link(self, index: int, place: str, names: Mapping[int, str] | None) -> LinkAnnotation:
        sides = [self._list(f"bbox/{side}") for side in _SIDES]
        if any(len(values) != self.count or not isinstance(values[index], float) for values in sides):
            raise UserError(f"{place}: image/object/bbox must hold one xmin, ymin, xmax and ymax a box.")
        left, top, right, bottom = (values[index] for values in sides)
        crowd = self._list("is_crowd") or self._list("difficult")
        ignore = len(crowd) == self.count and bool(crowd[index])
        return LinkAnnotation(
            (left, top, right - left, bottom - top), self._category(index, place, names), ignore=ignore
        )

    def _category(self, index: int, place: str, names: Mapping[int, str] | None) -> str:
        texts, labels = self._list("class/text"), self._list("class/label")
        if len(texts) == self.count and isinstance(texts[index], bytes):
            return str(texts[index].decode(errors="replace"))
        if len(labels) != self.count or not isinstance(labels[index], int):
            raise UserError(f"{place}: neither image/object/class/text nor image/object/class/label says its class.")
        if names is None:
            return str(labels[index])
        if labels[index] not in names:
            raise UserError(f"{place}: its class {labels[index]} is not in the label map.")
        return names[labels[index]]
