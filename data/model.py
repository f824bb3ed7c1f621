"""One in-memory model of a dataset; every format converts to and from it, and knows no other format.

Coordinates are pixels of the upright picture (EXIF rotation applied), origin at the top left corner,
x to the right, y down, continuous: the first pixel covers 0…1. Boxes are (x, y, width, height) as in COCO.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Attribute = str | int | float | bool | None

DEFAULT_CATEGORY = "http"


@dataclass(frozen=True, slots=True)
class LinkAnnotation:
    """One printed link whose prefix is visible (or one object of somebody's own classes).

    Attributes:
        bbox: the prefix as printed (`https://`, `www.`), tight around the ink.
        category: name of its class.
        polygon: outline of the prefix, four or more points; empty where only the box is known.
        text: the whole link as a reader would type it; None where nobody wrote it down.
        link_bbox: first line segment of the whole link, prefix included.
        segments: all line segments in reading order.
        ignore: cut by the picture's edge or illegible: neither reward nor blame for finding it (COCO `iscrowd`).
        attributes: flat facts for slices (scheme, font, x_height_px, …).
        extra: keys of the file it came from that this model has no word for; written back unchanged.
    """

    bbox: Box
    category: str = DEFAULT_CATEGORY
    polygon: tuple[Point, ...] = ()
    text: str | None = None
    link_bbox: Box | None = None
    segments: tuple[Box, ...] = ()
    ignore: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    id: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        return self.bbox[2] * self.bbox[3]


@dataclass(frozen=True, slots=True)
class Image:
    """One picture and the links on it.

    Attributes:
        path: where the picture lies.
        width, height: pixels, upright.
        source: `synth`, `photo`, `pdf` or any other word.
        group: book, document or shoot; a split never divides a group. None stands for the picture itself.
    """

    path: Path
    width: int
    height: int
    links: tuple[LinkAnnotation, ...] = ()
    source: str = "photo"
    group: str | None = None
    id: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Pictures, their links, and the class names in the order of their ids (the first has id 1).

    `extra` holds what else the file it came from says: of a category under `categories`, by name.
    """

    images: tuple[Image, ...]
    categories: tuple[str, ...] = (DEFAULT_CATEGORY,)
    info: Mapping[str, Any] = field(default_factory=dict)
    licenses: tuple[Mapping[str, Any], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def links(self) -> int:
        """Number of annotations, ignored ones included."""
        return sum(len(image.links) for image in self.images)
