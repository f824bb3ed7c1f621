"""Galleries of the report: what failed, by cause, what succeeded, and the pages without links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from data.pixels import Pixels, load
from evaluate.difference import Run, differences
from evaluate.links import Item, Outcome
from evaluate.pictures import Mark, Picture, crop_around, small_page
from evaluate.results import Results

_MOST_BYTES = 7_000_000
"""All pictures of a report together; with the text around them it stays under 10 MB."""
_PAGE_PX, _MOST_PAGES = 200, 12
_TITLES: tuple[tuple[Outcome, str, str], ...] = (
    ("misread", "Misread", "Found, but what was read leads elsewhere or nowhere."),
    ("unread", "Found, not read", "A prefix was found, and nothing like a link was read behind it."),
    ("missed", "Missed", "No detection overlaps the printed prefix by half at the operating point."),
    ("false_alarm", "False alarms", "A detection where no link is printed."),
    ("exact", "Read right", "Found, and read as the printed link."),
    ("found", "Found", "Found; the text is not known or was not read."),
    ("seen", "What was found", "Detections on pictures of which nothing is known."),
)
Element = TypeVar("Element")


@dataclass(frozen=True, slots=True)
class Card:
    """One link in a gallery; `printed` and `read` in runs of letters, empty where there is no such text."""

    picture: Picture
    file: str
    printed: list[Run]
    read: list[Run]
    facts: list[str]


@dataclass(slots=True)
class Gallery:
    """Cards of one outcome; `total` counts those left out too."""

    outcome: Outcome
    title: str
    meaning: str
    total: int
    cards: list[Card] = field(default_factory=list)


def galleries(results: Results) -> list[Gallery]:
    """One gallery an outcome that occurs; where there are too many, cards are spread evenly over the set."""
    shown = []
    pictures = _Pictures(results)
    for outcome, title, meaning in _TITLES:
        items = [item for item in results.items if item.outcome == outcome]
        if not items:
            continue
        gallery = Gallery(outcome, title, meaning, len(items))
        for item in spread(items, results.config.report.gallery):
            picture = pictures.crop(item)
            if picture is not None:
                gallery.cards.append(_card(item, picture, results))
        shown.append(gallery)
    return shown


def spread(items: Sequence[Element], most: int) -> list[Element]:
    """At most so many of them, at even steps, in their order."""
    step = max(len(items) / max(most, 1), 1.0)
    return [items[int(place * step)] for place in range(min(len(items), most))]


def empty_pages(results: Results) -> dict[str, Any]:
    """Small pictures of pages without links, those with false alarms first."""
    if not results.subject.has_truth:
        return {"count": 0, "clean": 0, "pages": []}
    threshold = results.config.score_threshold
    alarms = {
        page: [Mark(d.bbox, "found") for d in results.pages[page] if d.score >= threshold]
        for page, image in enumerate(results.subject.dataset.images)
        if not image.links
    }
    loud = [page for page in alarms if alarms[page]]
    silent = [page for page in alarms if not alarms[page]]
    chosen = spread(loud, _MOST_PAGES)
    chosen += spread(silent, min(_MOST_PAGES - len(chosen), 6))
    images = results.subject.dataset.images
    pages = [
        {"picture": small_page(load(images[page].path), alarms[page], _PAGE_PX), "file": images[page].path.name,
         "alarms": len(alarms[page])}
        for page in chosen
    ]  # fmt: skip
    return {"count": len(alarms), "clean": len(silent), "pages": pages if results.config.report.gallery else []}


class _Pictures:
    """Crops of pages, as long as the report stays small; the last page is kept, since its items follow each other."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._left = _MOST_BYTES
        self._page = -1
        self._pixels: Pixels | None = None

    def crop(self, item: Item) -> Picture | None:
        if self._pixels is None or self._page != item.page:
            self._page, self._pixels = item.page, load(self._results.subject.dataset.images[item.page].path)
        picture = crop_around(self._pixels, _marks(item), self._results.config.report.thumbnail_px)
        self._left -= len(picture.uri)
        return picture if self._left > 0 else None


def _marks(item: Item) -> list[Mark]:
    marks = []
    if item.truth is not None:
        if item.truth.link_bbox is not None:
            marks.append(Mark(item.truth.link_bbox, "link"))
        marks.append(Mark(item.truth.bbox, "truth"))
    if item.detection is not None:
        marks.append(Mark(item.detection.bbox, "found"))
        if item.truth is None and item.detection.answer and item.detection.link_bbox is not None:
            marks.append(Mark(item.detection.link_bbox, "link"))
    return marks


def _card(item: Item, picture: Picture, results: Results) -> Card:
    printed, read = differences(item.printed, item.answer)
    if not item.printed:
        read = [Run(item.answer, "same")] if item.answer else []
    facts = [] if item.detection is None else [f"score {item.detection.score:.2f}"]
    facts += [] if item.iou is None else [f"IoU {item.iou:.2f}"]
    facts += [f"{item.edits} edits"] if item.printed and item.answer and item.edits else []
    facts += ["leads astray"] if item.scored and item.leads_astray else []
    facts += ["over several lines"] if item.wraps else []
    facts += ["a lower threshold would find it"] if item.lost_at == "threshold" else []
    facts += ["text not known"] if item.truth is not None and not item.scored else []
    return Card(picture, results.subject.dataset.images[item.page].path.name, printed, read, facts)
