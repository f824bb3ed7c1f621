"""Holds what a file says against the picture itself: mends what is certain, sets aside what is not.

A strict reading (`Ledger.strict`) takes nothing but what is right, and names the first fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conf import UserError
from data.boxes import bounds, clip, clip_polygon, polygon_area
from data.draft import Draft
from data.frames import Move, moved, scaled, turned
from data.model import Box, Image, LinkAnnotation
from data.pixels import Facts
from data.rejected import Ledger, is_unreadable, readable

LEAST_INSIDE = 0.5
"""A box with at least so much of its area inside the picture is cut at the edge; of others too little is known."""
_ROUNDING_PX = 0.02  # files carry hundredths, of the corner and of the side
_SLACK_PX = 1.5  # counting pixels from 0 or 1, and including the last one or not


def settled(draft: Draft, found: Facts | None, ledger: Ledger) -> Image:
    """The picture as the model has it: boxes in pixels of the upright picture, inside of it.

    Args:
        draft: what the file says.
        found: what the picture is; None trusts the size that the file says.
        ledger: gets a note for each repair, and for each annotation set aside.

    Raises:
        UserError: where the picture has to be set aside with all its annotations; in a strict reading, the first fault.
    """
    if draft.content is None and is_unreadable(str(draft.image.path)):
        # JSON, shards and tables cannot hold such a name, nor can a caption or a message.
        raise UserError(f"{readable(str(draft.image.path))} has a name that is not one line of UTF-8; rename the file.")
    size = (draft.image.width, draft.image.height) if found is None else found.size
    kept: list[tuple[str, LinkAnnotation]] = []
    for place, link in zip(draft.places, draft.image.links, strict=True):
        with ledger.aside("annotation", place):
            kept.append((place, _with_ordered_boxes(link, place, draft.box_key, ledger)))
    move = None if found is None else _into_picture(draft, [link for _, link in kept], found, ledger)
    links: list[LinkAnnotation] = []
    for place, link in kept:
        with ledger.aside("annotation", place):
            links.append(_inside(link if move is None else moved(link, move), place, draft.box_key, size, ledger))
    return replace(draft.image, width=size[0], height=size[1], links=tuple(links))


def _with_ordered_boxes(link: LinkAnnotation, place: str, key: str, ledger: Ledger) -> LinkAnnotation:
    """Each box with sides above 0: swapped corners are put in order, an empty box is taken from its polygon."""
    bbox = _ordered(link.bbox, place, key, ledger)
    if min(bbox[2:]) <= 0:
        if ledger.strict or polygon_area(link.polygon) == 0:
            raise _wrong_sides(place, key, bbox)
        ledger.mend("annotation", place, f"{key}={list(bbox)} is empty", "the bounds of its polygon are taken instead")
        bbox = bounds(link.polygon)
    first = None if link.link_bbox is None else _part(link.link_bbox, place, "link_bbox", ledger)
    segments = (_part(box, place, f"segments[{index}]", ledger) for index, box in enumerate(link.segments))
    return replace(link, bbox=bbox, link_bbox=first, segments=tuple(box for box in segments if box))


def _ordered(box: Box, place: str, key: str, ledger: Ledger) -> Box:
    x, y, width, height = box
    if width >= 0 and height >= 0:
        return box
    if ledger.strict:
        raise _wrong_sides(place, key, box)
    ledger.mend("annotation", place, f"{key}={list(box)} has swapped corners", "they were put in order")
    return (min(x, x + width), min(y, y + height), abs(width), abs(height))


def _wrong_sides(place: str, key: str, box: Box) -> UserError:
    return UserError(f"{place}: {key}={list(box)} must be [x, y, width, height] with both sides above 0.")


def _part(box: Box, place: str, key: str, ledger: Ledger) -> Box | None:
    """A box beside the prefix's: one that encloses nothing is left out, since the annotation holds without it."""
    box = _ordered(box, place, key, ledger)
    if min(box[2:]) > 0:
        return box
    if ledger.strict:
        raise _wrong_sides(place, key, box)
    ledger.mend("annotation", place, f"{key}={list(box)} is empty", "it was left out")
    return None


def _into_picture(draft: Draft, links: list[LinkAnnotation], found: Facts, ledger: Ledger) -> Move | None:
    """How points of the file come to be points of the upright picture; None where they are.

    Where the file says another size than the picture has, the boxes themselves decide what is meant; where they
    cannot, the picture is set aside.
    """
    said, size = (draft.image.width, draft.image.height), found.size
    if said in ((0, 0), size):
        return scaled(size) if draft.relative else None
    fault = f"size says {_by(said)} pixels, but {draft.image.path} has {_by(size)} when upright"

    def mended(done: str) -> None:
        ledger.mend("image", draft.where, fault, done)

    if said == found.stored:
        mended("its boxes were turned as EXIF turns the picture")
        turn = turned(found.orientation, found.stored)
        return _after(scaled(said), turn) if draft.relative else turn
    if draft.relative or not links:
        mended("the picture's size was taken")
        return scaled(size) if draft.relative else None
    in_picture, in_said = (all(_fits(link.bbox, frame) for link in links) for frame in (size, said))
    if in_picture and not in_said:
        mended("its boxes fit the picture alone, so the picture's size was taken")
        return None
    if in_said and not in_picture and _same_shape(said, size):
        mended("its boxes fit what it says alone, so they were scaled to the picture")
        return scaled((size[0] / said[0], size[1] / said[1]))
    undecided = "both" if in_picture and in_said else "neither"
    raise UserError(
        f"{draft.where}: {fault}." if ledger.strict else f"{draft.where}: {fault}; its boxes fit {undecided}."
    )


def _after(first: Move, second: Move) -> Move:
    return lambda point: second(first(point))


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"


def _fits(box: Box, frame: tuple[int, int]) -> bool:
    x, y, width, height = box
    return min(x, y) >= -_SLACK_PX and x + width <= frame[0] + _SLACK_PX and y + height <= frame[1] + _SLACK_PX


def _same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether one is the other resized, up to the rounding of a side to whole pixels."""
    return abs(one[1] * other[0] / one[0] - other[1]) <= 1 or abs(one[0] * other[1] / one[1] - other[0]) <= 1


def _inside(link: LinkAnnotation, place: str, key: str, size: tuple[int, int], ledger: Ledger) -> LinkAnnotation:
    """Cuts what reaches out of the picture; a strict reading only refuses a box that lies wholly outside."""
    if min(link.bbox[2:]) <= 0:
        raise _wrong_sides(place, key, link.bbox)
    box = clip(link.bbox, *size)
    if box is None:
        raise UserError(f"{place}: {key} lies wholly outside the picture of {_by(size)} pixels.")
    if ledger.strict:
        return link

    def cut(name: str) -> None:
        fault = f"{name} reaches out of the picture of {_by(size)} pixels"
        ledger.mend("annotation", place, fault, "it was cut at the edge")

    if box[2] * box[3] < LEAST_INSIDE * link.area:
        share = box[2] * box[3] / link.area
        raise UserError(
            f"{place}: {key}={[round(value, 2) for value in link.bbox]} has only {share:.0%} of its area inside the "
            f"picture of {_by(size)} pixels."
        )
    if _reaches_out(link.bbox, size):
        cut(key)
        link = replace(link, polygon=tuple(clip_polygon(link.polygon, *size)))
    first = None if link.link_bbox is None else _cut(link.link_bbox, "link_bbox", size, cut)
    segments = (_cut(box, f"segments[{index}]", size, cut) for index, box in enumerate(link.segments))
    return replace(link, bbox=_kept(link.bbox, box, size), link_bbox=first, segments=tuple(s for s in segments if s))


def _cut(box: Box, name: str, size: tuple[int, int], note: Callable[[str], None]) -> Box | None:
    if _reaches_out(box, size):
        note(name)
    inside = clip(box, *size)
    return None if inside is None else _kept(box, inside, size)


def _kept(box: Box, inside: Box, size: tuple[int, int]) -> Box:
    """The box itself where it is inside but for rounding: its numbers stay as they were."""
    return inside if _reaches_out(box, size) else box


def _reaches_out(box: Box, size: tuple[int, int]) -> bool:
    x, y, width, height = box
    out = max(-x, -y, x + width - size[0], y + height - size[1])
    return out > _ROUNDING_PX
