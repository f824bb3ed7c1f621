"""Counts a set: how many of what, how large, where on the picture, in what light."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from tqdm import tqdm

from data.facts import scheme_of, x_height_of
from data.model import Dataset, Image, LinkAnnotation
from data.pixels import load
from data.preview import spread
from data.split import group_of

Numbers = npt.NDArray[np.float64]

HEAT_ROWS, HEAT_COLUMNS = 32, 24
_MOST_VALUES = 16
_LIGHT_PX = 512
_DIFFERENCE = np.array([-1.0, 2.0, -1.0])


@dataclass(frozen=True, slots=True)
class Scale:
    """A number that is measured of each link, page or picture: what it is called, and its unit."""

    name: str
    unit: str
    meaning: str
    logarithmic: bool = False


SCALES = {
    "x_height_px": Scale("x-height", "px", "height of small letters in the picture", True),
    "prefix_height": Scale("prefix height", "px", "height of a prefix's box", True),
    "prefix_width": Scale("prefix width", "px", "width of a prefix's box", True),
    "prefix_share": Scale("prefix width in the picture", "%", "width of a prefix, of the picture's width", True),
    "aspect_ratio": Scale("aspect ratio", "", "width of a prefix over its height", True),
    "slant": Scale("slant", "°", "how far a prefix's upper edge turns from level, clockwise"),
    "link_length": Scale("link length", "letters", "letters of a whole link"),
    "links_a_page": Scale("links a page", "", "links on a page, ignored ones not counted"),
    "picture_width": Scale("picture width", "px", "width of the picture", True),
    "picture_height": Scale("picture height", "px", "height of the picture", True),
    "brightness": Scale("brightness", "%", "mean grey of a picture, of white"),
    "contrast": Scale("contrast", "%", "from the darkest to the lightest hundredth of a picture's greys, of white"),
    "colour": Scale("colour", "%", "mean saturation of a picture"),
    "detail": Scale("detail", "greys", "mean strength of edges between neighbouring pixels: low where it is blurred"),
}
"""All that is measured as a number, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class SetStats:
    """What a set is made of.

    Attributes:
        name: what it is called.
        counts: images, groups, images with no links, links, ignored links.
        numbers: the values of each of `SCALES` that is known, in no order that matters.
        words: how many links have each value of an attribute, by attribute; the commonest value first.
        heat: share of the links whose prefix's centre lies in each cell of a picture, (rows, columns); adds up to 1.
    """

    name: str
    counts: dict[str, int]
    numbers: dict[str, Numbers]
    words: dict[str, dict[str, int]]
    heat: Numbers


def measure(name: str, dataset: Dataset, *, pixels: int = 200) -> SetStats:
    """Measures a set.

    Ignored links count as such and nowhere else.

    Args:
        name: what to call it.
        dataset: the set.
        pixels: so many of its pictures, evenly spread, are opened for their light; 0 opens none.

    Raises:
        UserError: where one of those cannot be read.
    """
    pairs = [(image, link) for image in dataset.images for link in image.links if not link.ignore]
    numbers = _numbers_of_links(pairs) | _numbers_of_pages(dataset) | _light(spread(dataset.images, pixels))
    return SetStats(
        name=name,
        counts={
            "images": len(dataset.images),
            "groups": len(set(map(group_of, dataset.images))),
            "no links": sum(not image.links for image in dataset.images),
            "links": len(pairs),
            "ignored": dataset.links - len(pairs),
        },
        numbers={key: values for key in SCALES if len(values := numbers.get(key, np.zeros(0)))},
        words=_words(dataset, [link for _, link in pairs]),
        heat=_heat(pairs),
    )


def _numbers_of_links(pairs: Sequence[tuple[Image, LinkAnnotation]]) -> dict[str, Numbers]:
    links = [link for _, link in pairs]
    slants = (_slant(link) for link in links if len(link.polygon) >= 4)
    return {
        "x_height_px": _array(size for link in links if (size := x_height_of(link)) is not None),
        "prefix_height": _array(link.bbox[3] for link in links),
        "prefix_width": _array(link.bbox[2] for link in links),
        "prefix_share": _array(100 * link.bbox[2] / image.width for image, link in pairs),
        "aspect_ratio": _array(link.bbox[2] / link.bbox[3] for link in links),
        "slant": _array(slants),
        "link_length": _array(float(len(link.text)) for link in links if link.text),
    }


def _numbers_of_pages(dataset: Dataset) -> dict[str, Numbers]:
    return {
        "links_a_page": _array(float(sum(not link.ignore for link in image.links)) for image in dataset.images),
        "picture_width": _array(float(image.width) for image in dataset.images),
        "picture_height": _array(float(image.height) for image in dataset.images),
    }


def _array(values: Iterator[float]) -> Numbers:
    return np.fromiter(values, np.float64)


def _slant(link: LinkAnnotation) -> float:
    """Degrees by which the longest run of the outline in one direction turns from level."""
    points = np.array(link.polygon)
    edges = np.roll(points, -1, axis=0) - points
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    along = edges[lengths >= 0.5 * lengths.max()]
    # Upper and lower edge run against each other; doubled, their angles agree.
    angles = 2 * np.arctan2(along[:, 1], along[:, 0])
    return float(np.degrees(np.arctan2(np.sin(angles).sum(), np.cos(angles).sum()) / 2))


def _words(dataset: Dataset, links: Sequence[LinkAnnotation]) -> dict[str, dict[str, int]]:
    """Values by attribute, of those that put links into a few groups."""
    found: dict[str, Counter[str]] = {"class": Counter(dict.fromkeys(dataset.categories, 0)), "scheme": Counter()}
    for link in links:
        found["class"][link.category] += 1
        found["scheme"][scheme_of(link) or "unknown"] += 1
        for name, value in link.attributes.items():
            if name != "scheme" and isinstance(value, str | bool):
                found.setdefault(name, Counter())[_word(value)] += 1
    for values in found.values():
        if set(values) == {"yes"}:  # a flag that is written only where it is set
            values["no"] = len(links) - values["yes"]
    if set(found["scheme"]) <= {"unknown"}:
        del found["scheme"]
    return {name: dict(values.most_common()) for name, values in found.items() if len(values) <= _MOST_VALUES}


def _word(value: str | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else value.strip() or "none"


def _heat(pairs: Sequence[tuple[Image, LinkAnnotation]]) -> Numbers:
    heat = np.zeros((HEAT_ROWS, HEAT_COLUMNS))
    for image, link in pairs:
        x, y, width, height = link.bbox
        across, down = (x + width / 2) / image.width, (y + height / 2) / image.height
        row, column = int(down * HEAT_ROWS), int(across * HEAT_COLUMNS)
        heat[min(max(row, 0), HEAT_ROWS - 1), min(max(column, 0), HEAT_COLUMNS - 1)] += 1
    return heat / max(heat.sum(), 1)


def _light(images: Sequence[Image]) -> dict[str, Numbers]:
    """Brightness, contrast, saturation and detail of pictures, each at one width, as a detector sees them."""
    rows = [_light_of(image) for image in tqdm(images, desc="light", unit="", disable=None)]
    return {key: _array(row[key] for row in rows) for key in rows[0]} if rows else {}


def _light_of(image: Image) -> Mapping[str, float]:
    picture = PillowImage.fromarray(load(image.path))
    picture.thumbnail((_LIGHT_PX, 4 * _LIGHT_PX))
    grey = np.asarray(picture.convert("L"), np.float64)
    dark, light = np.percentile(grey, (1, 99))
    across = np.abs(_DIFFERENCE[0] * grey[:, :-2] + _DIFFERENCE[1] * grey[:, 1:-1] + _DIFFERENCE[2] * grey[:, 2:])
    return {
        "brightness": grey.mean() / 2.55,
        "contrast": (light - dark) / 2.55,
        "colour": float(np.asarray(picture.convert("HSV"))[..., 1].mean()) / 2.55,
        "detail": float(across.mean()) if across.size else 0.0,
    }
