"""One annotation of a COCO file as a link; a part that it can do without is left out and noted where it is faulty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from conf import UserError
from data.boxes import bounds, corners
from data.entries import Entry
from data.model import Attribute, Box, LinkAnnotation, Point
from data.rejected import Ledger

T = TypeVar("T")
_SAME_PX = 0.011  # two roundings to hundredths


def link_from(entry: Entry, names: Mapping[int, str], link_ids: set[int], ledger: Ledger) -> LinkAnnotation:
    """The link that an entry of `annotations` describes; nothing is held against the picture yet.

    Args:
        entry: the entry.
        names: categories by id.
        link_ids: ids of annotations so far; gets this one's.
        ledger: gets parts that are left out or mended; a strict one refuses them.

    Raises:
        UserError: at a fault that leaves no class or no box.
    """
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
