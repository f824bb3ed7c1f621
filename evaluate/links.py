"""What became of every printed link and every detection: the list that end-to-end numbers, slices and galleries share.

Everything here is at the operating point: detections below `score_threshold` are not there, except to say that a
missed link would have been found with a lower one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz.distance import Levenshtein

from data.model import Image, LinkAnnotation
from evaluate.matching import MATCH_IOU, match, overlaps
from evaluate.predictions import Detection
from evaluate.url import host, is_address, merged, normalised

Outcome = Literal["exact", "misread", "unread", "missed", "found", "false_alarm", "seen"]
"""exact: found and read right (normalised). misread: read as something else. unread: found, but no link was read.
missed: not found. found: found, and nobody asks for its text (unknown, or nothing was read by choice).
false_alarm: a detection where no link is. seen: a detection on a picture without truth."""

Stage = Literal["threshold", "detection", "crop", "characters", "extraction", "link"]
"""Where a link was lost. threshold: a detection is there, below the operating point. detection: there is none.
crop: the line that was read does not hold the whole first line of the link. characters: the engine misread it.
extraction: it was read well, and no link was taken from it. link: one was, of too many or too few letters, or with
its lines wrongly joined."""


@dataclass(frozen=True, slots=True)
class Item:
    """One link, or one detection without a link.

    Attributes:
        page: place of its picture in the dataset.
        outcome: see `Outcome`.
        truth: the printed link; None for false alarms.
        detection: what was found there; None for missed links.
        iou: of the two boxes.
        scored: whether it counts end to end: false where the print does not show the text.
        lost_at: see `Stage`; None where nothing was lost.
        link: place of the link among all of its picture, ignored ones included; None for false alarms.
    """

    page: int
    outcome: Outcome
    truth: LinkAnnotation | None = None
    detection: Detection | None = None
    iou: float | None = None
    scored: bool = True
    lost_at: Stage | None = None
    link: int | None = None

    @property
    def answer(self) -> str:
        """The link that a user would be given; empty where there is none."""
        return self.detection.answer if self.detection else ""

    @property
    def printed(self) -> str:
        """The true text; empty where there is none or nobody knows it."""
        return (self.truth.text or "") if self.truth and self.scored else ""

    @property
    def same_raw(self) -> bool:
        """Whether the answer is the printed text, letter by letter."""
        return bool(self.printed) and self.answer == self.printed

    @property
    def same(self) -> bool:
        """Whether the answer leads where the printed link leads: equal normal forms."""
        return bool(self.printed) and bool(self.answer) and normalised(self.answer) == normalised(self.printed)

    @property
    def leads_astray(self) -> bool:
        """Whether the answer is a working address, but not the printed one."""
        return bool(self.answer) and not self.same and is_address(self.answer)

    @property
    def same_merged(self) -> bool:
        """As `same`, with letters that look alike taken for one another."""
        return self.same or bool(self.printed and self.answer and merged(self.answer) == merged(self.printed))

    @property
    def wrong_host(self) -> bool:
        """Whether the answer is a working address of another host than the printed link's."""
        return self.leads_astray and host(self.answer) != host(self.printed)

    @property
    def edits(self) -> int:
        """Letters to change from the answer to the printed text."""
        return int(Levenshtein.distance(self.answer, self.printed))

    @property
    def wraps(self) -> bool:
        """Whether the link is printed on several lines."""
        return self.truth is not None and (len(self.truth.segments) > 1 or bool(self.truth.attributes.get("wrapped")))

    @property
    def first_line_right(self) -> bool:
        """For a wrapped link: whether what was read on its first line is what stands there.

        The truth does not say where its text was broken; the widths of its lines do, to about a tenth.
        """
        if self.truth is None or self.detection is None or len(self.truth.segments) < 2:
            return False
        line, printed = (self.detection.line_text or "").removesuffix("-"), self.printed
        expected = len(printed) * self.truth.segments[0][2] / sum(segment[2] for segment in self.truth.segments)
        return bool(line) and printed.startswith(line) and abs(len(line) - expected) <= max(2.0, 0.1 * len(printed))


def text_known(link: LinkAnnotation) -> bool:
    """Whether the print shows the whole link, and somebody wrote it down."""
    return bool(link.text) and not link.attributes.get("text_unknown")


def seen_on(page: int, detections: Iterable[Detection], threshold: float) -> list[Item]:
    """The detections at the operating point of a picture of which nothing is known."""
    return [Item(page, "seen", detection=each, scored=False) for each in detections if each.score >= threshold]


def of_page(
    page: int,
    image: Image,
    detections: Sequence[Detection],
    threshold: float,
    *,
    was_read: bool,
    least_iou: float = MATCH_IOU,
) -> Iterator[Item]:
    """Matches a page and says what became of each of its links and detections.

    Args:
        page: its place in the dataset.
        image: with its links.
        detections: all of them, those below the threshold too.
        threshold: operating point.
        was_read: False where no OCR engine ran; found links then are `found`.
        least_iou: of a detection and the link that it stands for.
    """
    used = [each for each in detections if each.score >= threshold]
    places = [place for place, link in enumerate(image.links) if not link.ignore]
    truths = [image.links[place] for place in places]
    ignored = [link.bbox for link in image.links if link.ignore]
    matching = match([link.bbox for link in truths], ignored, [each.bbox for each in used], least_iou)
    for place, number, iou in matching.pairs:
        yield replace(_matched(page, truths[place], used[number], iou, was_read), link=places[place])
    weak = [each.bbox for each in detections if each.score < threshold] if matching.missed else []
    near, _ = overlaps([truths[place].bbox for place in matching.missed], weak)
    for row, place in enumerate(matching.missed):
        truth = truths[place]
        stage: Stage = "threshold" if near[row].max(initial=0.0) >= least_iou else "detection"
        yield Item(page, "missed", truth=truth, scored=text_known(truth), lost_at=stage, link=places[place])
    for number in matching.spare:
        yield Item(page, "false_alarm", detection=used[number], lost_at="detection")


def _matched(page: int, truth: LinkAnnotation, detection: Detection, iou: float, was_read: bool) -> Item:
    scored = text_known(truth)
    if not (was_read and scored):
        return Item(page, "found", truth, detection, iou, scored)
    item = Item(page, "exact", truth, detection, iou)
    if item.same:
        return item
    return replace(item, outcome="misread" if detection.answer else "unread", lost_at=_lost_in_reading(item))


def _lost_in_reading(item: Item) -> Stage:
    """Which step of reading lost a found link."""
    if not _crop_is_whole(item):
        return "crop"
    if not (item.first_line_right or _characters_are_right(item)):
        return "characters"
    return "link" if item.answer else "extraction"


def _crop_is_whole(item: Item) -> bool:
    """Whether the line that was read spans the first line of the link, give or take half the prefix's height."""
    if item.truth is None or item.detection is None or item.detection.raw_text is None:
        return True  # whole pages are read without a crop
    first = item.truth.segments[0] if item.truth.segments else item.truth.link_bbox
    read = item.detection.link_bbox
    if first is None or read is None:
        return first is None
    slack = 0.5 * item.truth.bbox[3]
    return read[0] <= first[0] + slack and read[0] + read[2] >= first[0] + first[2] - slack


def _characters_are_right(item: Item) -> bool:
    """Whether all letters of the link stand in what the engine read; spaces do not matter, nor do letters around."""
    raw = item.detection.raw_text if item.detection else None
    return _squeezed(item.printed) in _squeezed(item.answer if raw is None else raw)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
