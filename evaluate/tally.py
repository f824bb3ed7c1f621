"""What COCO's rule says of all detections of a set, in a few dozen bytes each.

Pages stream in and are matched a block at a time; of a block only this is kept: page, class, score and rank of each
detection, two bits for each threshold of `IOUS` and each size of links that a number is wanted for, and what kind of
error it is. Every number of detection, and every interval, is made from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from data.model import Dataset, Image
from evaluate.boxes import COCO_FROM, IOUS, Bools, Boxes, tabulated
from evaluate.coco_rule import ANY, LARGE, MEDIUM, SMALL, Matches, Size, matched
from evaluate.predictions import Detection
from evaluate.taxonomy import errors

HEIGHTS_PX = (0.0, 8.0, 12.0, 16.0, 24.0, 40.0, float("inf"))
OF_HEIGHT = tuple(Size("height", low, float(np.nextafter(high, 0))) for low, high in pairwise(HEIGHTS_PX))
"""Prefixes from one of `HEIGHTS_PX` up to the next, which is not included."""
SIZES = (ANY, SMALL, MEDIUM, LARGE, *OF_HEIGHT)
_OF_DETECTION = ("page", "kind", "rank", "score", "link", "error", "target")
_BLOCK = 10_000
"""Detections that are matched at once: more would not be faster."""

Bits = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the detections of a set are worth where links of one size are asked for.

    Attributes:
        rows: places of the detections that are not ignored at every threshold, ascending.
        right, ignored: of these, a bit for each threshold of `IOUS`, the lowest first: whether it matches a link that
            counts; whether it counts neither way.
        asked: whether each link of the set counts.
    """

    rows: Numbers
    right: Bits
    ignored: Bits
    asked: Bools


@dataclass(frozen=True, slots=True)
class Tally:
    """A set and its detections, highest score first; equal scores in the order of the pages.

    Attributes:
        pages, classes: how many there are.
        link_page, link_class: of each link.
        page, kind, rank, score: of each detection; its class, and its place among the detections of its page and class.
        link: link that it matches at IoU 0.5, whether that counts or is ignored; −1 where there is none.
        error: its kind of error at IoU 0.5, as a place in `taxonomy.OF_DETECTIONS`; −1 for none.
        target: link that a badly placed or wrongly classed detection was meant for; −1 elsewhere.
        marks: by size.
    """

    pages: int
    classes: int
    link_page: Numbers
    link_class: npt.NDArray[np.int16]
    page: Numbers
    kind: npt.NDArray[np.int16]
    rank: npt.NDArray[np.uint8]
    score: npt.NDArray[np.float64]
    link: Numbers
    error: npt.NDArray[np.int8]
    target: Numbers
    marks: dict[Size, Marks]

    @property
    def bytes_held(self) -> int:
        """What the arrays take in memory."""
        own = (self.link_page, self.link_class, self.page, self.kind, self.rank, self.score, self.link, self.error,
               self.target)  # fmt: skip
        marks = (each for one in self.marks.values() for each in (one.rows, one.right, one.ignored, one.asked))
        return sum(each.nbytes for each in (*own, *marks))


def bit(bits: Bits, threshold: int) -> Bools:
    """Whether the bit of a threshold is set."""
    return np.asarray((bits >> np.uint16(threshold)) & np.uint16(1), bool)


def tallied(dataset: Dataset, pages: Iterable[Sequence[Detection]]) -> Tally:
    """The tally of a set whose detections are at hand; `pages` has one list for each image, in the same order."""
    tallier = Tallier(dataset.categories)
    for image, found in zip(dataset.images, pages, strict=True):
        tallier.add(image, found)
    return tallier.done()


class Tallier:
    """Takes the pages of a set one after the other."""

    def __init__(self, categories: Sequence[str]) -> None:
        """Begins with no page; `categories` are the set's class names."""
        self._categories = categories
        self._images: list[Image] = []
        self._found: list[Sequence[Detection]] = []
        self._waiting = self._pages = self._links = self._detections = 0
        self._grown: dict[Any, _Grown] = {}

    def add(self, image: Image, found: Sequence[Detection]) -> None:
        """The next page and its detections."""
        self._images.append(image)
        self._found.append(found)
        self._waiting += len(found) + len(image.links)
        if self._waiting >= _BLOCK:
            self._match()

    def done(self) -> Tally:
        """The tally of all pages so far."""
        self._match()
        order = np.argsort(-self._grown["score"].whole(), kind="stable").astype(np.int32)
        sorted_ = {field: self._whole(field)[order] for field in _OF_DETECTION}
        place = np.empty_like(order)
        place[order] = np.arange(len(order), dtype=np.int32)
        return Tally(
            pages=self._pages,
            classes=len(self._categories),
            link_page=self._whole("link_page"),
            link_class=self._whole("link_class"),
            marks={size: self._marks(size, place) for size in SIZES},
            **sorted_,
        )

    def _marks(self, size: Size, place: Numbers) -> Marks:
        rows = place[self._whole((size, "rows"))]
        order = np.argsort(rows)
        right, ignored = (self._whole((size, field))[order] for field in ("right", "ignored"))
        return Marks(rows[order], right, ignored, self._whole((size, "asked")))

    def _whole(self, name: Any) -> npt.NDArray[Any]:
        return self._grown.pop(name).whole()

    def _keep(self, name: Any, part: npt.NDArray[Any]) -> None:
        self._grown.setdefault(name, _Grown(part.dtype)).add(part)

    def _match(self) -> None:
        """Matches the pages that wait, and keeps what is wanted of them."""
        boxes = tabulated(self._categories, self._images, self._found, self._pages)
        for size in SIZES:
            matches = matched(boxes, size)
            self._keep_marks(size, matches)
            if size is ANY:
                self._keep_detections(boxes, matches)
        self._pages += len(self._images)
        self._links += len(boxes.link_page)
        self._detections += len(boxes.page)
        self._images, self._found, self._waiting = [], [], 0

    def _keep_marks(self, size: Size, matches: Matches) -> None:
        rows = np.flatnonzero(~matches.ignored.all(axis=1))
        ignored = matches.ignored[rows]
        kept: dict[str, npt.NDArray[Any]] = {
            "rows": (rows + self._detections).astype(np.int32),
            "right": _packed((matches.link[rows] >= 0) & ~ignored),
            "ignored": _packed(ignored),
            "asked": matches.asked,
        }
        for field, part in kept.items():
            self._keep((size, field), part)

    def _keep_detections(self, boxes: Boxes, matches: Matches) -> None:
        error, target = errors(boxes, matches)
        kept: dict[str, npt.NDArray[Any]] = {
            "link_page": boxes.link_page.astype(np.int32),
            "link_class": boxes.link_class.astype(np.int16),
            "page": boxes.page.astype(np.int32),
            "kind": boxes.kind.astype(np.int16),
            "rank": boxes.rank.astype(np.uint8),
            "score": boxes.score,
            "link": self._numbered(matches.link[:, COCO_FROM]),
            "error": error,
            "target": self._numbered(target),
        }
        for field, part in kept.items():
            self._keep(field, part)

    def _numbered(self, links: npt.NDArray[Any]) -> Numbers:
        """Numbers of links of this block as numbers of the set."""
        return np.where(links >= 0, links + self._links, -1).astype(np.int32)


class _Grown:
    """A flat array that grows at its end, in one piece: thousands of small ones would leave holes in memory."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._dtype, self._bytes = dtype, bytearray()

    def add(self, part: npt.NDArray[Any]) -> None:
        self._bytes += part.tobytes()

    def whole(self) -> npt.NDArray[Any]:
        return np.frombuffer(self._bytes, self._dtype)


def _packed(flags: Bools) -> Bits:
    """(n, thresholds) flags as n numbers."""
    weights = np.uint16(1) << np.arange(len(IOUS), dtype=np.uint16)
    return np.asarray((flags * weights).sum(axis=1, dtype=np.uint16))
