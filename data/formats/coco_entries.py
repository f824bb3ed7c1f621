"""The entries of a COCO file, understood one by one; which files there are and where pictures lie is `coco`'s business.

How an annotation is understood stands in `coco_link`. A faulty entry is set aside with its reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from data.draft import Draft, Reading
from data.entries import Entry
from data.formats.coco_link import link_from
from data.model import Image, LinkAnnotation
from data.rejected import Ledger

Find = Callable[[str, str], Any]
"""Gives the path of the picture for a `file_name` and what messages call its entry."""


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
            if not name.strip():
                raise entry.wrong("name", name, "a text that is not empty")
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
                links.append(link_from(entry, self.categories, link_ids, self.ledger))
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
