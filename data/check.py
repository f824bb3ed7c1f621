"""`python -m data check`: holds a set against the form that every set here has, and says what is wrong where.

It looks with the eyes of `import`: what a lenient reading would mend or set aside is a fault. To these come the rules
that other sets need not keep: keys that may not be absent, outlines near their boxes, shards and recipes that agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from conf import UserError
from data.boxes import bounds
from data.check_parts import leaks
from data.check_shards import recipe_faults, shard_faults
from data.crew import in_order
from data.draft import Draft
from data.files import read_json
from data.finding import Pictures
from data.formats.coco import ANNOTATIONS
from data.formats.coco_entries import parsed
from data.model import Box, LinkAnnotation
from data.pictures import FILES_PER_FOLDER
from data.pixels import facts
from data.rejected import WITH_ITS_PICTURE, Ledger, Note
from data.repair import settled
from data.sources import read_dataset
from data.split import PARTS

_NEAR_PX = 2.0
_SAME_PX = 1.0


def check(folder: Path, workers: int | None = None) -> Iterator[str]:
    """What is wrong with a set, a sentence each, in the order of its parts.

    Args:
        folder: of the set, or of the parts that a set was divided into: these are held against each other, too.
        workers: processes that look at pictures; None takes one for each core.

    Raises:
        UserError: where there is no set at all.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder." if folder.exists() else f"{folder} does not exist.")
    parts = [folder / part for part in PARTS if (folder / part / ANNOTATIONS).is_file()]
    if not parts and not (folder / ANNOTATIONS).is_file():
        raise UserError(f"{folder} has no {ANNOTATIONS}, so it is no set; python -m data import makes one.")
    sound = True
    for place in parts or [folder]:
        for fault in _faults(place, workers):
            sound = False
            yield fault
    if parts and sound:
        yield from leaks({part.name: read_dataset(part) for part in parts})


def _faults(folder: Path, workers: int | None) -> Iterator[str]:
    file = folder / ANNOTATIONS
    try:
        content = read_json(file)
        yield from _entry_faults(content, str(file))
        yield from _picture_faults(content, folder, workers)
    except UserError as error:
        yield str(error)
        return
    yield from shard_faults(content, folder)
    yield from recipe_faults(content, folder)


def _picture_faults(content: Any, folder: Path, workers: int | None) -> Iterator[str]:
    """What shows when pictures and annotations are held against each other."""
    ledger, used = Ledger("repair"), dict[Path, str]()
    pictures, file = Pictures(folder), str(folder / ANNOTATIONS)

    def find(name: str, where: str) -> Path:
        path = pictures.at(name, folder, where)
        if not (folder / name).is_file():
            raise UserError(f"{where}: file_name={name!r} must be the path from the set's folder to {path}.")
        first = used.setdefault(path.resolve(), where)
        if first != where:
            raise UserError(f"{where}: file_name names the picture of {first.removeprefix(f'{file} ')} again.")
        return path

    drafts = parsed(content, find, file, ledger).drafts
    for faults in in_order(_look, tqdm(drafts, desc="pictures", unit="", disable=None), workers):
        yield from faults
    yield from _sentences([*ledger.rejected, *ledger.repaired])
    folders = Counter(path.parent for path in used)
    for place, count in sorted(folders.items()):
        if count > FILES_PER_FOLDER:
            yield f"{place} holds {count:,} pictures; at most {FILES_PER_FOLDER:,} may lie in one folder."


def _sentences(notes: list[Note]) -> list[str]:
    return [note.reason for note in notes if not note.reason.startswith(WITH_ITS_PICTURE)]


def _look(draft: Draft) -> list[str]:
    """Faults of one picture and its annotations; runs in a process of its own."""
    ledger = Ledger("repair")
    try:
        found = facts(draft.image.path)
        image = settled(draft, found, ledger)
    except UserError as error:
        return [str(error)]
    faults = _sentences([*ledger.rejected, *ledger.repaired])
    if found.orientation != 1:
        faults.append(f"{draft.where}: {draft.image.path} is turned by EXIF; pictures of a set are stored upright.")
    if len(image.links) == len(draft.places):
        for place, link in zip(draft.places, image.links, strict=True):
            faults += [f"{place}: {fault}." for fault in _shape_faults(link)]
    return faults


def _shape_faults(link: LinkAnnotation) -> Iterator[str]:
    """Parts of a link that do not belong together."""
    near = _NEAR_PX + min(link.bbox[2:]) / 2
    if link.polygon and (
        _beyond(bounds(link.polygon), link.bbox) > near or _beyond(link.bbox, bounds(link.polygon)) > near
    ):
        yield "segmentation is not the outline of bbox"
    if link.link_bbox is not None and _beyond(link.bbox, link.link_bbox) > _SAME_PX:
        yield "bbox reaches out of link_bbox, which includes it"
    if link.segments and link.link_bbox is not None and _apart(link.segments[0], link.link_bbox) > _SAME_PX:
        yield "link_bbox is not the first of segments"


def _apart(one: Box, other: Box) -> float:
    """How many pixels the sides of two boxes are apart at most."""
    return max(_beyond(one, other), _beyond(other, one))


def _beyond(inner: Box, outer: Box) -> float:
    """How many pixels a box reaches out of another one."""
    right, bottom = (inner[side] + inner[side + 2] - outer[side] - outer[side + 2] for side in (0, 1))
    return max(outer[0] - inner[0], outer[1] - inner[1], right, bottom)


def _entry_faults(content: Any, file: str) -> Iterator[str]:
    """Keys that a set has and plain COCO need not have; entries of another kind are named by the reading itself."""
    for key, rule in (("images", _image_faults), ("annotations", _annotation_faults), ("categories", _category_faults)):
        found = content.get(key) if isinstance(content, dict) else None
        for index, entry in enumerate(found if isinstance(found, list) else []):
            if isinstance(entry, dict):
                yield from (f"{file} {key}[{index}]: {fault}." for fault in rule(entry))


def _image_faults(entry: dict[str, Any]) -> Iterator[str]:
    if "source" not in entry:
        yield "source is missing; it must be synth, photo, pdf or another word"


def _annotation_faults(entry: dict[str, Any]) -> Iterator[str]:
    shape = entry.get("segmentation")
    if not shape:
        yield "segmentation is missing; it must be the outline of the prefix"
    elif isinstance(shape, list) and isinstance(shape[0], list) and len(shape[0]) < 8:
        yield "segmentation must have four points or more"
    for key, kind, wanted in (("area", (int, float), "a number"), ("attributes", dict, "an object")):
        if not isinstance(entry.get(key), kind):
            yield f"{key} is missing; it must be {wanted}" if key not in entry else f"{key} must be {wanted}"
    if "iscrowd" not in entry:
        yield "iscrowd is missing; it must be 0 or 1"
    if entry.get("id") == 0:
        yield "id=0 is overlooked by pycocotools; ids of annotations start at 1"


def _category_faults(entry: dict[str, Any]) -> Iterator[str]:
    if entry.get("id") == 0:
        yield "id=0 is the background; ids of categories start at 1"
