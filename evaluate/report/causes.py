"""Why a link was lost, in the words of somebody who looks at the picture; one gallery of the report a cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.model import Box
from evaluate.links import Item
from evaluate.matching import MATCH_IOU, overlaps
from evaluate.predictions import Detection

_TOUCHES = 0.1
"""From this IoU on, a box beside a link was meant for it."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A gallery: its anchor, title, and what its pictures have in common. `good` ones are no failures."""

    key: str
    title: str
    meaning: str
    good: bool = False


CAUSES = (
    Cause("wrong_host", "Wrong destination",
          "A valid address, on another host than the printed one: the worst that a reader can be given."),
    Cause("characters", "Wrong character", "The line was read, with letters taken for others, added or lost."),
    Cause("crop", "Cut off", "The strip that was read does not hold the whole line of the link."),
    Cause("link", "Wrong end", "The letters are right, but the link was cut short, ran on, or was joined wrongly."),
    Cause("unread", "Found, not read", "The prefix was found, and nothing like a link was read behind it."),
    Cause("missed", "Missed", "Nothing near the printed prefix was detected, at any score."),
    Cause("unsure", "Missed, but suspected", "A box at the right place scores below the operating point."),
    Cause("misplaced", "Badly placed", "A box touches the printed prefix, but overlaps it by less than half (IoU)."),
    Cause("duplicate", "Found twice", "A second box on a link that already has one."),
    Cause("false_alarm", "False alarms", "A box where no link is printed."),
    Cause("exact", "Read right", "Found, and read as the printed link.", good=True),
    Cause("found", "Found", "Found; its text is not known, or was not read.", good=True),
    Cause("seen", "What was found", "Detections on pictures of which nothing is known.", good=True),
)  # fmt: skip


def cause_of(item: Item, links: Sequence[Item], detections: Sequence[Detection]) -> str:
    """The key of the cause of what became of one item.

    Args:
        item: a link, or a detection without a link.
        links: the items of its page.
        detections: all detections of its page, those below the operating point too.
    """
    if item.outcome == "misread":
        return _misread(item)
    if item.outcome == "missed" and item.truth is not None:
        return "unsure" if item.lost_at == "threshold" else _missed(item.truth.bbox, detections)
    if item.outcome == "false_alarm" and item.detection is not None:
        return _alarm(item.detection.bbox, [other.truth.bbox for other in links if other.truth is not None])
    return str(item.outcome)


def _misread(item: Item) -> str:
    """The worst outcome before the stage at which it went wrong."""
    if item.wrong_host:
        return "wrong_host"
    return item.lost_at if item.lost_at in ("crop", "characters") else "link"


def _missed(truth: Box, detections: Sequence[Detection]) -> str:
    return "misplaced" if _greatest_iou(truth, [found.bbox for found in detections]) >= _TOUCHES else "missed"


def _alarm(box: Box, truths: Sequence[Box]) -> str:
    nearest = _greatest_iou(box, truths)
    return "duplicate" if nearest >= MATCH_IOU else "misplaced" if nearest >= _TOUCHES else "false_alarm"


def _greatest_iou(box: Box, others: Sequence[Box]) -> float:
    iou, _ = overlaps([box], others)
    return float(iou.max(initial=0.0))
