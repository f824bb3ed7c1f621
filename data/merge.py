"""Brings sources of any format into one set: one list of classes, one numbering, groups that cannot be confused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

from conf import UserError
from data.formats.coco import ANNOTATIONS
from data.model import Dataset, Image
from data.pictures import Unlabelled
from data.rejected import Faults, Ledger
from data.sources import read_dataset
from data.split import group_of


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to merge: its name, which no other source has, where it lies, what it holds, how reading it went."""

    name: str
    path: Path
    dataset: Dataset
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def folder(self) -> Path:
        """The folder of the set."""
        return self.path if self.path.is_dir() else self.path.parent


def read_sources(paths: Sequence[str], unlabelled: Unlabelled, faults: Faults = "refuse") -> list[Source]:
    """Reads each source, as `read_dataset` does, and names it after its folder; the second of equal names gets `-2`.

    Raises:
        UserError: where one is named twice, or cannot be read.
    """
    sources: list[Source] = []
    for given in paths:
        path = Path(given)
        if any(path.resolve() == source.path.resolve() for source in sources):
            raise UserError(f"sources names {path} twice.")
        name = _unused(_name_of(path), {source.name for source in sources})
        ledger = Ledger(faults)
        sources.append(Source(name, path, read_dataset(path, unlabelled=unlabelled, ledger=ledger), ledger))
    return sources


def _name_of(path: Path) -> str:
    place = path.resolve()
    return place.parent.name if place.name == ANNOTATIONS else place.stem if place.is_file() else place.name


def _unused(name: str, used: set[str]) -> str:
    return next(n for n in chain([name], (f"{name}-{i}" for i in count(2))) if n not in used)


def merge(sources: Sequence[Source], classes: Mapping[str, str]) -> Dataset:
    """All pictures of all sources as one set without ids.

    Categories are united by name, in the order in which they first appear. A group is called `source/group`. Each
    picture's `extra.origin` says where it came from.

    Args:
        sources: what to merge.
        classes: new names of classes, by old name; two old ones may become one.

    Raises:
        UserError: where `classes` names a class that no source has.
    """
    old = [name for source in sources for name in source.dataset.categories]
    for name in classes:
        if name not in old:
            known = ", ".join(dict.fromkeys(old)) or "none"
            raise UserError(f"classes.{name} is not a class of any source; there are: {known}.")
    licences, renumbered = _licences(sources)
    images = tuple(_merged(image, source, classes, renumbered) for source in sources for image in source.dataset.images)
    if not images:
        raise UserError("The sources hold no pictures.")
    speaking = [source for source in sources if source.dataset.links] or sources
    names = tuple(dict.fromkeys(classes.get(name, name) for source in speaking for name in source.dataset.categories))
    described = _described_categories(sources, classes, names)
    extra = {"categories": described} if described else {}
    return Dataset(images=images, categories=names, licenses=licences, extra=extra)


def _described_categories(
    sources: Sequence[Source], classes: Mapping[str, str], names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What sources say of their classes beside the names (supercategories …), by new name; the first one counts."""
    described: dict[str, dict[str, Any]] = {}
    for source in sources:
        for old, keys in source.dataset.extra.get("categories", {}).items():
            if (name := classes.get(old, old)) in names:
                described.setdefault(name, dict(keys))
    return described


def _licences(sources: Sequence[Source]) -> tuple[tuple[dict[str, Any], ...], dict[tuple[str, Any], int]]:
    """All licences with ids from 1 on, and the new id by source and old id; equal ones are kept once."""
    texts: list[dict[str, Any]] = []
    renumbered: dict[tuple[str, Any], int] = {}
    for source in sources:
        for licence in source.dataset.licenses:
            text = {key: value for key, value in licence.items() if key != "id"}
            if text not in texts:
                texts.append(text)
            renumbered[source.name, licence.get("id")] = texts.index(text) + 1
    return tuple({"id": index, **text} for index, text in enumerate(texts, start=1)), renumbered


def _merged(image: Image, source: Source, classes: Mapping[str, str], licences: Mapping[tuple[str, Any], int]) -> Image:
    origin: dict[str, Any] = {"set": source.name, "file_name": _name_in(image.path, source.folder)}
    if image.id is not None:
        origin["id"] = image.id
    if "origin" in image.extra:
        origin["before"] = image.extra["origin"]
    licence = licences.get((source.name, image.extra.get("license")))
    return replace(
        image,
        id=None,
        group=f"{source.name}/{group_of(image)}",
        links=tuple(replace(link, id=None, category=classes.get(link.category, link.category)) for link in image.links),
        extra={**image.extra, "origin": origin} | ({} if licence is None else {"license": licence}),
    )


def _name_in(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
