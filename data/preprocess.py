"""Preprocessing of photos as configured steps; boxes, polygons and segments go the same way as the pixels.

Order: shrink to a width, cut the square in the middle, then what `data.enhance` does to the pixels. EXIF rotation is
done by whoever loads a picture (`data.pixels`). An exported model does the same steps in its graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.boxes import bounds, clip, clip_polygon
from data.enhance import enhanced, leaves_pixels
from data.model import Attribute, Box, LinkAnnotation, Point
from data.pixels import Pixels

_TOLERANCE_PX = 0.5
_GEOMETRY_IN_EXTRA = frozenset({"segmentation", "area", "keypoints"})


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture's pixels go: scaled, then shifted, then cut to `width` × `height`."""

    scaled_width: int
    scaled_height: int
    scale_x: float
    scale_y: float
    left: int
    top: int
    width: int
    height: int

    def point(self, point: Point) -> Point:
        """A point of the old picture in the new one; may lie outside."""
        return (point[0] * self.scale_x - self.left, point[1] * self.scale_y - self.top)

    def box(self, box: Box) -> Box:
        """A box of the old picture in the new one, before it is cut."""
        x, y = self.point((box[0], box[1]))
        return (x, y, box[2] * self.scale_x, box[3] * self.scale_y)


def placement(width: int, height: int, config: PreprocessConfig, least: Any = min, most: Any = max) -> Placement:
    """Where the pixels of a picture of that size go; sizes may be tensors, with TensorFlow's minimum and maximum."""
    new_width = width if config.width_px is None else least(width, config.width_px)
    new_height = most(1, height * new_width // width)
    side = least(new_width, new_height)
    square = config.crop == "square"
    return Placement(
        scaled_width=new_width,
        scaled_height=new_height,
        scale_x=new_width / width,
        scale_y=new_height / height,
        left=(new_width - side) // 2 if square else 0,
        top=(new_height - side) // 2 if square else 0,
        width=side if square else new_width,
        height=side if square else new_height,
    )


def changes_nothing(config: PreprocessConfig) -> bool:
    """Whether every step leaves every picture as it is."""
    return config.width_px is None and config.crop == "none" and leaves_pixels(config)


def preprocess_of(info: Mapping[str, Any], where: str) -> PreprocessConfig:
    """What a set's `info.preprocess` says was done to its pictures; nothing where it says nothing.

    Raises:
        UserError: where it names a step that this version does not know; starts with `where`.
    """
    said = info.get("preprocess") or {}
    unknown = sorted(set(said) - {field.name for field in fields(PreprocessConfig)})
    if unknown:
        raise UserError(f"{where}: preprocess.{unknown[0]} is no step that this version knows.")
    return PreprocessConfig(**said)


def apply(
    pixels: Pixels, links: Sequence[LinkAnnotation], config: PreprocessConfig
) -> tuple[Pixels, tuple[LinkAnnotation, ...]]:
    """Preprocesses a picture and the truth on it.

    Args:
        pixels: upright picture, shape (height, width, 3), uint8.
        links: its links, in pixels of that picture.
        config: the steps.

    Returns:
        The new pixels, and the links that are still to be seen; see `carried`.
    """
    place = placement(pixels.shape[1], pixels.shape[0], config)
    moved = tuple(new for link in links if (new := carried(link, place, config.max_cut)))
    placed = _placed(pixels, place)
    done = placed if leaves_pixels(config) else enhanced(placed.astype(np.float32), config).astype(np.uint8)
    return done, moved


def _placed(pixels: Pixels, place: Placement) -> Pixels:
    size = (place.scaled_width, place.scaled_height)
    if size != (pixels.shape[1], pixels.shape[0]):
        pixels = np.asarray(PillowImage.fromarray(pixels).resize(size, PillowImage.Resampling.BICUBIC))
    return pixels[place.top : place.top + place.height, place.left : place.left + place.width]


def carried(link: LinkAnnotation, place: Placement, max_cut: float) -> LinkAnnotation | None:
    """A link on the preprocessed picture, cut to it; None where its prefix lies outside. See `cut_to`."""
    moved = replace(
        link,
        bbox=place.box(link.bbox),
        polygon=tuple(place.point(point) for point in link.polygon),
        link_bbox=link.link_bbox and place.box(link.link_bbox),
        segments=tuple(place.box(segment) for segment in link.segments),
    )
    return cut_to(moved, place.width, place.height, max_cut, place.scale_y)


def cut_to(link: LinkAnnotation, width: int, height: int, max_cut: float, scale: float) -> LinkAnnotation | None:
    """A link that was moved, cut to a picture of that size; None where its prefix lies outside.

    It is ignored where more than `max_cut` of the prefix's area is cut off, and its text counts as unknown
    (`attributes.text_unknown`) where a part of any of its lines is. Attributes in pixels (`…_px`) are scaled.

    Args:
        link: in pixels of the new picture.
        width, height: of that picture.
        max_cut: share of the prefix.
        scale: by which the link grew.
    """
    polygon = clip_polygon(link.polygon, width, height)
    box = clip(link.bbox, width, height)
    if box is None or (link.polygon and not polygon):
        return None
    if polygon and _is_cut(link.bbox, box):
        box = clip(bounds(polygon), width, height) or box
    lines = link.segments or tuple(filter(None, [link.link_bbox]))
    kept = [clip(line, width, height) for line in lines]
    text_cut = any(part is None or _is_cut(line, part) for line, part in zip(lines, kept, strict=True))
    attributes = _scaled(link, scale)
    return replace(
        link,
        bbox=box,
        polygon=_of_four(polygon),
        link_bbox=link.link_bbox and clip(link.link_bbox, width, height),
        segments=tuple(part for part in kept if part) if link.segments else (),
        ignore=link.ignore or box[2] * box[3] < (1 - max_cut) * link.area,
        attributes=attributes | {"text_unknown": True} if text_cut else attributes,
        extra={key: value for key, value in link.extra.items() if key not in _GEOMETRY_IN_EXTRA},
    )


def _of_four(polygon: Sequence[Point]) -> tuple[Point, ...]:
    """The same outline; a triangle, as a cut may leave one, gets a fourth point on its first edge."""
    if len(polygon) != 3:
        return tuple(polygon)
    first, second, third = polygon
    return (first, ((first[0] + second[0]) / 2, (first[1] + second[1]) / 2), second, third)


def _is_cut(whole: Box, part: Box) -> bool:
    return whole[2] - part[2] > _TOLERANCE_PX or whole[3] - part[3] > _TOLERANCE_PX


def _scaled(link: LinkAnnotation, scale: float) -> dict[str, Attribute]:
    return {
        name: round(value * scale, 2)
        if name.endswith("_px") and isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for name, value in link.attributes.items()
    }
