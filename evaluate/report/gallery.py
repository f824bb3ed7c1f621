"""Galleries of the report: what failed, by cause, what succeeded, and the pages without links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import cv2

from data.pixels import Pixels, load
from evaluate.detectors import FULL_PAGE
from evaluate.links import Item
from evaluate.report.causes import CAUSES, Cause, cause_of
from evaluate.report.difference import Piece, aligned
from evaluate.report.lines import line_of
from evaluate.report.pictures import Mark, Picture, crop_around, small_page
from evaluate.results import Results

MOST_BYTES = 7_000_000
"""All pictures of the galleries together; with the text around them a report stays under 10 MB."""
_PAGE_PX, _MOST_PAGES, _MOST_CLEAN = 200, 12, 6
Element = TypeVar("Element")


@dataclass(frozen=True, slots=True)
class Card:
    """One link in a gallery.

    Attributes:
        picture: the part of the page around it, boxes drawn.
        line: the straightened line as the OCR engine was shown it; None where nothing was read, or whole pages were.
        file: its page.
        printed, read: the texts, empty where there is none.
        heard: all that the engine read where no link was taken from it.
        pieces: both, letter under letter; empty unless there are both and they differ.
        facts: score, IoU and the like.
        astray: whether the answer is a valid address, but not the printed one.
    """

    picture: Picture
    line: Picture | None
    file: str
    printed: str
    read: str
    heard: str
    pieces: list[Piece]
    facts: list[str]
    astray: bool

    @property
    def bytes(self) -> int:
        """What its pictures add to the page."""
        return len(self.picture.uri) + (len(self.line.uri) if self.line else 0)


@dataclass(slots=True)
class Gallery:
    """Cards of one cause; `total` counts those left out too."""

    cause: Cause
    total: int
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """A page without links, made small, with the boxes that were found on it all the same."""

    picture: Picture
    file: str
    alarms: int


@dataclass(frozen=True, slots=True)
class EmptyPages:
    """How many pages have no link, how many of them were left clean, and some to look at."""

    count: int
    clean: int
    pages: list[EmptyPage]


def galleries(results: Results) -> list[Gallery]:
    """One gallery a cause that occurs, failures first; where there are too many, cards are spread over the set.

    Where all pictures together would make the page too large, each gallery gives up its last ones.
    """
    by_cause = _by_cause(results)
    shown = [
        (cause, by_cause[cause.key], spread(by_cause[cause.key], results.config.report.gallery))
        for cause in CAUSES
        if cause.key in by_cause
    ]
    cards = _cards([item for _, _, chosen in shown for item in chosen], results)
    places = sorted((rank, row) for row, (_, _, chosen) in enumerate(shown) for rank in range(len(chosen)))
    kept: dict[int, list[Card]] = defaultdict(list)
    left = MOST_BYTES
    for rank, row in places:
        card = cards[id(shown[row][2][rank])]
        left -= card.bytes
        if left < 0:
            break
        kept[row].append(card)
    return [Gallery(cause, len(items), kept[row]) for row, (cause, items, _) in enumerate(shown)]


def _by_cause(results: Results) -> dict[str, list[Item]]:
    pages: dict[int, list[Item]] = defaultdict(list)
    for item in results.items:
        pages[item.page].append(item)
    found: dict[str, list[Item]] = defaultdict(list)
    for item in results.items:
        found[cause_of(item, pages[item.page], results.pages[item.page])].append(item)
    return found


def spread(items: Sequence[Element], most: int) -> list[Element]:
    """At most so many of them, at even steps, in their order."""
    step = max(len(items) / max(most, 1), 1.0)
    return [items[int(place * step)] for place in range(min(len(items), most))]


def _cards(items: Sequence[Item], results: Results) -> dict[int, Card]:
    """The cards by identity of their items; every page is opened once."""
    cards: dict[int, Card] = {}
    page, pixels = -1, None
    for item in sorted(items, key=lambda item: item.page):
        if pixels is None or item.page != page:
            page, pixels = item.page, load(results.subject.dataset.images[item.page].path)
        cards[id(item)] = _card(item, pixels, results)
    return cards


def _card(item: Item, pixels: Pixels, results: Results) -> Card:
    picture = crop_around(pixels, list(_marks(item)), results.config.report.thumbnail_px)
    line = None
    by_line = results.config.detector != FULL_PAGE
    if by_line and item.detection is not None and item.detection.raw_text is not None:
        line = line_of(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), item.detection.bbox, results.config.ocr)
    name = results.subject.dataset.images[item.page].path.name
    differ = bool(item.printed) and bool(item.answer) and item.printed != item.answer
    pieces = aligned(item.printed, item.answer) if differ else []
    astray = item.scored and item.leads_astray
    heard = item.detection.raw_text or "" if item.detection and not item.answer else ""
    return Card(picture, line, name, item.printed, item.answer, heard, pieces, list(_facts(item)), astray)


def _marks(item: Item) -> Iterator[Mark]:
    if item.truth is not None:
        for segment in item.truth.segments or ([item.truth.link_bbox] if item.truth.link_bbox else []):
            yield Mark(segment, "link")
        yield Mark(item.truth.bbox, "truth")
    if item.detection is not None:
        yield Mark(item.detection.bbox, "found")
        if item.truth is None and item.detection.answer and item.detection.link_bbox is not None:
            yield Mark(item.detection.link_bbox, "link")


def _facts(item: Item) -> Iterator[str]:
    if item.detection is not None:
        yield f"score {item.detection.score:.2f}"
    if item.iou is not None:
        yield f"IoU {item.iou:.2f}"
    if item.printed and item.answer and item.edits:
        yield f"{item.edits} letter{'s' if item.edits > 1 else ''} to change"
    if item.truth is not None:
        if item.wraps:
            yield "over several lines"
        if isinstance(height := item.truth.attributes.get("x_height_px"), int | float):
            yield f"x-height {height:.0f} px"
        if not item.scored:
            yield "text not known"


def empty_pages(results: Results) -> EmptyPages:
    """Small pictures of pages without links, those with false alarms first."""
    if not results.subject.has_truth:
        return EmptyPages(0, 0, [])
    threshold = results.config.threshold
    images = results.subject.dataset.images
    alarms = {
        page: [Mark(d.bbox, "found") for d in results.pages[page] if d.score >= threshold]
        for page, image in enumerate(images)
        if not image.links
    }
    loud = [page for page in alarms if alarms[page]]
    silent = [page for page in alarms if not alarms[page]]
    chosen = spread(loud, _MOST_PAGES)
    chosen += spread(silent, min(_MOST_PAGES - len(chosen), _MOST_CLEAN))
    shown = [
        EmptyPage(
            small_page(load(images[page].path), alarms[page], _PAGE_PX), images[page].path.name, len(alarms[page])
        )
        for page in (chosen if results.config.report.gallery else [])
    ]
    return EmptyPages(len(alarms), len(silent), shown)
