"""The entries of a COCO file, understood one by one; which files there are and where pictures lie is `coco`'s business.

A faulty entry is set aside with its reason; one part of it that the rest can do without is left out and noted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeVar

from conf import UserError
from data.boxes import bounds, corners
from data.draft import Draft, Reading
from data.entries import Entry
from data.model import Attribute, Box, Image, LinkAnnotation, Point
from data.rejected import Ledger

T = TypeVar("T")
Find = Callable[[str, str], Any]
"""Gives the path of the picture for a `file_name` and what messages call its entry."""
_SAME_PX = 0.011  # two roundings to hundredths


def parsed(content: Any, find: Find, name: str, ledger: Ledger) -> Reading:
    """Starts to read the object that a COCO file holds.

    Args:
        content: the object.
        find: where pictures are.
        name: how messages call the file.
        ledger: counts what is found, and gets the faults.

    Raises:
        UserError: where the file as a whole is not usable.
    """
    top = Entry(content, name)
    info, licenses = top.get("info", dict, "an object", {}), top.get("licenses", list, "a list", [])
    names, category_extra = _categories(top, ledger)
    images, annotations = (top.get(key, list, "a list of objects") for key in ("images", "annotations"))
    ledger.found(images=len(images), annotations=len(annotations))
    file = _File(name, names, find, ledger)
    extra = top.rest()
    return Reading(
        drafts=file.drafts(images, annotations),
        categories=tuple(dict.fromkeys(names.values())),
        info=info,
        licenses=tuple(licenses),
        extra=extra | {"categories": category_extra} if category_extra else extra,
    )


def _categories(top: Entry, ledger: Ledger) -> tuple[dict[int, str], dict[str, Any]]:
    """Names by id, in the order of the ids, and the keys that the model has no word for, by name."""
    names: dict[int, str] = {}
    extra: dict[str, Any] = {}
    for index, item in enumerate(top.get("categories", list, "a list of objects")):
        where = f"{top.where} categories[{index}]"
        with ledger.left_out("annotation", where):
            entry = Entry(item, where)
            category_id, name = entry.unused_id(names), entry.text("name")
            if name in names.values():
                ledger.mend(
                    "annotation", where, f"name={name!r} is used twice; each category needs its own", "they are one now"
                )
            names[category_id] = name
            if entry.rest():
                extra.setdefault(name, entry.rest())
    return dict(sorted(names.items())), extra


@dataclass(frozen=True, slots=True)
class _File:
    """What the entries of one file share."""

    name: str
    categories: Mapping[int, str]
    find: Find
    ledger: Ledger

    def drafts(self, images: Sequence[Any], annotations: Sequence[Any]) -> Iterator[Draft]:
        ids = Counter(image_id for item in images if (image_id := _id_of(item)) is not None)
        # Of two images with one id, both are set aside: nobody knows whose the annotations are.
        taken = set() if self.ledger.strict else {image_id for image_id, count in ids.items() if count > 1}
        by_image, link_ids = self._by_image(annotations), set[int]()
        for index, item in enumerate(images):
            where = f"{self.name} images[{index}]"
            draft: Draft | None = None
            found = by_image.pop(_id_of(item), [])
            with self.ledger.aside("image", where, [entry.where for entry in found]):
                entry = Entry(item, where)
                image = self._image(entry, entry.unused_id(taken))
                taken |= {_id_of(item) or 0} if self.ledger.strict else set()
                draft = self._draft(image, where, found, link_ids)
            if draft is not None:
                yield draft
        for image_id, found in by_image.items():
            for entry in found:
                reason = f"{entry.where}: image_id={image_id} is not the id of any image."
                self.ledger.reject("annotation", entry.where, reason)

    def _by_image(self, annotations: Sequence[Any]) -> dict[int | None, list[Entry]]:
        by_image: defaultdict[int | None, list[Entry]] = defaultdict(list)
        for index, item in enumerate(annotations):
            where = f"{self.name} annotations[{index}]"
            with self.ledger.aside("annotation", where):
                entry = Entry(item, where)
                by_image[entry.integer("image_id")].append(entry)
        return by_image

    def _draft(self, image: Image, where: str, found: Sequence[Entry], link_ids: set[int]) -> Draft:
        links: list[LinkAnnotation] = []
        places: list[str] = []
        for entry in found:
            with self.ledger.aside("annotation", entry.where):
                links.append(_link(entry, self.categories, link_ids, self.ledger))
                places.append(entry.where)
        return Draft(replace(image, links=tuple(links)), where, tuple(places), trusted=True)

    def _image(self, entry: Entry, image_id: int) -> Image:
        name = entry.text("file_name")
        width, height = self._size(entry)
        return Image(
            path=self.find(name, entry.where),
            width=width,
            height=height,
            source=entry.text("source", "photo"),
            group=entry.text("group", None),
            id=image_id,
            extra=entry.rest(),
        )

    def _size(self, entry: Entry) -> tuple[int, int]:
        """Width and height, (0, 0) where the file says neither: the picture knows."""
        said = (0, 0)
        with self.ledger.left_out("image", entry.where):
            said = (entry.integer("width", low=1), entry.integer("height", low=1))
        return said


def _id_of(item: Any) -> int | None:
    """The id of an entry that nobody has checked; None where it is no whole number (to Python, true is one)."""
    found = item.get("id") if isinstance(item, dict) else None
    return found if type(found) is int else None


def _link(entry: Entry, names: Mapping[int, str], link_ids: set[int], ledger: Ledger) -> LinkAnnotation:
    category_id = entry.integer("category_id")
    if category_id not in names:
        known = ", ".join(map(str, names)) or "none"
        raise UserError(f"{entry.where}: category_id={category_id} is not the id of any category (known: {known}).")
    nothing: tuple[tuple[Point, ...], dict[str, Any]] = ((), {})
    polygon, shape = _optional(entry, ledger, lambda: _polygon(entry), nothing)
    bbox = _bbox(entry, polygon, ledger)
    return LinkAnnotation(
        bbox=bbox,
        category=names[category_id],
        polygon=() if _is_rectangle(polygon, bbox) else polygon,
        text=_optional(entry, ledger, lambda: entry.text("text", None), None),
        link_bbox=_optional(entry, ledger, lambda: _box(entry, "link_bbox"), None),
        segments=_optional(entry, ledger, lambda: _segments(entry), ()),
        ignore=entry.flag("iscrowd"),
        attributes=_optional(entry, ledger, lambda: _attributes(entry), {}),
        id=_link_id(entry, link_ids, ledger),
        extra=entry.rest() | shape,
    )


def _optional(entry: Entry, ledger: Ledger, read: Callable[[], T], otherwise: T) -> T:
    """A part that the annotation can do without."""
    found = otherwise
    with ledger.left_out("annotation", entry.where):
        found = read()
    return found


def _link_id(entry: Entry, used: set[int], ledger: Ledger) -> int | None:
    link_id = _optional(entry, ledger, lambda: entry.unused_id(used), None)
    if link_id is not None:
        used.add(link_id)
    return link_id


def _bbox(entry: Entry, polygon: Sequence[Point], ledger: Ledger) -> Box:
    if polygon and not entry.has("bbox") and not ledger.strict:
        ledger.mend("annotation", entry.where, "bbox is missing", "the bounds of its polygon are taken")
        return bounds(polygon)
    found = _box(entry, "bbox")
    if found is None:
        raise UserError(f"{entry.where}: bbox is missing; it must be a list of 4 numbers.")
    return found


def _box(entry: Entry, key: str) -> Box | None:
    if not entry.has(key):
        return None
    x, y, width, height = entry.numbers(key, 4)
    return (x, y, width, height)


def _segments(entry: Entry) -> tuple[Box, ...]:
    found = []
    for index, item in enumerate(entry.get("segments", list, "a list of boxes", [])):
        x, y, width, height = entry.as_numbers(f"segments[{index}]", item, 4)
        found.append((x, y, width, height))
    return tuple(found)


def _polygon(entry: Entry) -> tuple[tuple[Point, ...], dict[str, Any]]:
    """The outline where the file holds exactly one polygon; masks and outlines in parts are kept as they are."""
    shape = entry.get("segmentation", (list, dict), "a list of polygons or a run-length mask", [])
    area = entry.get("area", (int, float), "a number", None)
    if not shape:
        return (), {}
    if isinstance(shape, dict) or len(shape) > 1:
        return (), {"segmentation": shape} | ({} if area is None else {"area": area})
    flat = entry.as_numbers("segmentation[0]", shape[0])
    if len(flat) < 6 or len(flat) % 2:
        raise entry.wrong("segmentation[0]", shape[0], "x, y in turn, for three points or more")
    return tuple(zip(flat[::2], flat[1::2], strict=True)), {}


def _is_rectangle(polygon: Sequence[Point], bbox: Box) -> bool:
    """Whether an outline says no more than its box: what is written where only the box is known."""
    if len(polygon) != 4:
        return False
    pairs = zip(polygon, corners(bbox), strict=True)
    return all(abs(a - b) <= _SAME_PX for one, other in pairs for a, b in zip(one, other, strict=True))


def _attributes(entry: Entry) -> dict[str, Attribute]:
    attributes = entry.get("attributes", dict, "an object", {})
    for key, value in attributes.items():
        if isinstance(value, list | dict):
            raise entry.wrong(f"attributes.{key}", value, "a text, a number, true, false or null")
    return dict(attributes)


def joined(parts: Sequence[Reading]) -> Reading:
    """Several files as one set: classes and licences united, ids left to be counted anew."""
    licences: list[dict[str, Any]] = []
    drafts = []
    for part in parts:
        renumbered = {}
        for licence in part.licenses:
            text = {key: value for key, value in licence.items() if key != "id"}
            if text not in licences:
                licences.append(text)
            renumbered[licence.get("id")] = licences.index(text) + 1
        drafts.append(_without_ids(part.drafts, renumbered))
    return Reading(
        drafts=chain.from_iterable(drafts),
        categories=tuple(dict.fromkeys(name for part in parts for name in part.categories or ())),
        info=parts[0].info,
        licenses=tuple({"id": number, **text} for number, text in enumerate(licences, start=1)),
        extra=parts[0].extra,
    )


def _without_ids(drafts: Iterator[Draft], licences: Mapping[Any, int]) -> Iterator[Draft]:
    for draft in drafts:
        image = draft.image
        licence = image.extra.get("license")
        extra = {**image.extra, "license": licences[licence]} if licence in licences else image.extra
        links = tuple(replace(link, id=None) for link in image.links)
        yield replace(draft, image=replace(image, id=None, links=links, extra=extra))
