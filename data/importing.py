"""`python -m data import`: whatever a user has becomes a set, and nothing is lost without being told.

OUT/annotations.json, OUT/images/   the set
OUT/rejected.jsonl                  pictures and annotations that were set aside, and why
OUT/repaired.jsonl                  what was mended, and how
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

from tqdm import tqdm

from conf import UserError
from conf.schema.data_import import ImportConfig
from data.crew import in_order
from data.draft import Draft, Reading
from data.files import make_folder, replacing_folder, write_text
from data.formats import coco
from data.model import Dataset, Image
from data.pictures import Unlabelled, image_name
from data.pixels import facts, read_bytes, upright
from data.recipes import RECIPES, read_recipes, recipe_line
from data.rejected import REJECTED, REPAIRED, Faults, Ledger
from data.repair import settled
from data.sources import Format, assembled, open_source

_INCOMING = ".incoming"


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A picture that came through, where it lies for the time being, and the account of its reading."""

    image: Image | None
    file: Path
    ledger: Ledger


def import_set(config: ImportConfig) -> tuple[Dataset, Ledger]:
    """Reads a source and writes it as a set.

    Returns:
        The set as it lies in `out`, and the account: what was found is what is in the set plus what was set aside.

    Raises:
        UserError: where the source as a whole is not usable, no picture came through, or `out` holds something else.
    """
    source, out = Path(config.source), Path(config.out)
    ledger = Ledger(cast(Faults, config.faults))
    reading = open_source(
        source,
        ledger,
        kind=None if config.format == "auto" else cast(Format, config.format),
        unlabelled=cast(Unlabelled, config.unlabelled),
        pictures=None if config.pictures is None else Path(config.pictures),
        first_pixel=config.first_pixel,
    )
    _refuse_nesting(out, source if source.is_dir() else source.parent)
    if reading.categories is not None:
        _refuse_unknown(config.classes, reading.categories)
    with replacing_folder(out, coco.ENTRIES_OF_A_SET, by="import") as scratch:
        dataset = _received(config, reading, ledger, scratch)
        coco.write(dataset, scratch, copy_images=False)
        ledger.write(scratch)
        _carry_recipes(source, dataset, scratch)
    at_home = (replace(image, path=out / image.path.relative_to(scratch)) for image in dataset.images)
    return replace(dataset, images=tuple(at_home)), ledger


def _carry_recipes(source: Path, dataset: Dataset, scratch: Path) -> None:
    """The recipes of synthetic pages that came through; ids of one COCO file stay as they are."""
    ids = {image.id for image in dataset.images}
    if (source / RECIPES).is_file() and None not in ids:
        kept = (recipe for recipe in read_recipes(source / RECIPES) if recipe.get("image_id") in ids)
        write_text(scratch / RECIPES, "".join(map(recipe_line, kept)))


def _refuse_nesting(out: Path, source: Path) -> None:
    here, there = out.resolve(), source.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise UserError(f"out={out} and source={source} lie in each other; name a folder apart.")


def _refuse_unknown(classes: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name in classes:
        if name not in known:
            raise UserError(f"classes.{name} is not a class of the source; there are: {', '.join(known) or 'none'}.")


def _received(config: ImportConfig, reading: Reading, ledger: Ledger, scratch: Path) -> Dataset:
    """The set, its pictures under their names in `scratch`."""
    arrivals = _arrivals(config, reading, ledger, scratch / _INCOMING)
    if not arrivals:
        reason = f" The first reason: {ledger.rejected[0].reason}" if ledger.rejected else ""
        raise UserError(f"No picture of source={config.source} came through.{reason}")
    origin = _Origin(Path(config.source), Path(config.pictures or config.source), config.group)
    images = []
    for index, (image, file) in enumerate(arrivals):
        target = scratch / image_name(index, file.suffix, len(arrivals))
        make_folder(target.parent)
        file.rename(target)
        images.append(replace(origin.told(image), path=target))
    (scratch / _INCOMING).rmdir()
    return renamed(assembled(replace(reading, by_path=False), images), config.classes)


def _arrivals(config: ImportConfig, reading: Reading, ledger: Ledger, folder: Path) -> list[tuple[Image, Path]]:
    make_folder(folder)
    receive = partial(_receive, folder=folder, copy=config.copy, faults=ledger.faults)
    arrivals = []
    numbered = enumerate(tqdm(reading.drafts, desc="pictures", unit="", disable=None))
    for arrival in in_order(receive, numbered, config.workers):
        ledger.add(arrival.ledger)
        if arrival.image is not None:
            arrivals.append((arrival.image, arrival.file))
    return sorted(arrivals, key=lambda pair: pair[0].path) if reading.by_path else arrivals


def _receive(numbered: tuple[int, Draft], folder: Path, copy: bool, faults: Faults) -> _Arrival:
    """Looks at one picture and brings it in; runs in a process of its own."""
    number, draft = numbered
    ledger = Ledger(faults)
    try:
        path = draft.image.path
        content = read_bytes(path) if draft.content is None else draft.content
        found = facts(path, content)
        image = settled(draft, found, ledger)
        if copy or draft.content is not None or not found.plain:
            picture = upright(path, content, found)
            file = folder / f"{number}{picture.suffix}"
            file.write_bytes(picture.content)
        else:
            file = folder / f"{number}{found.suffix}"
            file.symlink_to(path.resolve())
    except UserError as error:
        ledger = Ledger(faults)  # annotations set aside already go with their picture: none is counted twice
        ledger.reject("image", draft.where, str(error), draft.places)
        return _Arrival(None, folder, ledger)
    return _Arrival(image, file, ledger)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Says where a picture came from, since it gets a new name."""

    source: Path
    pictures: Path
    group: str

    def told(self, image: Image) -> Image:
        name = self._name(image.path)
        group = image.group
        if group is None and self.group == "folder" and name.parent != Path():
            group = name.parent.as_posix()
        origin = {"set": self.source.resolve().name, "file_name": name.as_posix()}
        return replace(image, group=group, extra={"origin": origin} | dict(image.extra))

    def _name(self, path: Path) -> Path:
        for folder in (self.pictures, self.source, self.source.parent):
            if path.is_relative_to(folder):
                return path.relative_to(folder)
        return Path(path.name)


def renamed(dataset: Dataset, classes: Mapping[str, str]) -> Dataset:
    """A set with classes renamed; two of one name become one.

    Raises:
        UserError: where `classes` names a class that the set has not.
    """
    _refuse_unknown(classes, dataset.categories)
    images = []
    for image in dataset.images:
        links = tuple(replace(link, category=classes.get(link.category, link.category)) for link in image.links)
        images.append(replace(image, links=links))
    names = tuple(dict.fromkeys(classes.get(name, name) for name in dataset.categories))
    return replace(dataset, images=tuple(images), categories=names)


def account(dataset: Dataset, ledger: Ledger, out: str) -> list[str]:
    """The lines that `import` prints: what came out, what was found, and why some of it was set aside."""
    classes = ", ".join(dataset.categories)
    lines = [f"{out}: {len(dataset.images)} images, {dataset.links} annotations, classes: {classes}"]
    aside = (ledger.count("image"), ledger.count("annotation"))
    lines.append(
        f"found {ledger.images} images and {ledger.annotations} annotations = "
        f"{len(dataset.images)} and {dataset.links} in the set + {aside[0]} and {aside[1]} set aside"
    )
    lines += ledger.told()
    written = [name for name, notes in ((REJECTED, ledger.rejected), (REPAIRED, ledger.repaired)) if notes]
    return lines + [f"all of them, one a line: {', '.join(f'{out}/{name}' for name in written)}"] * bool(written)
