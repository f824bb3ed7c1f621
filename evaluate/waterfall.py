"""From print to address in steps: how many links are still right after each, and so where they are lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evaluate.links import Item, Stage
from evaluate.url import extract, normalised

STEPS: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("printed", ()),
    ("found", ("threshold", "detection")),
    ("crop_whole", ("crop",)),
    ("characters", ("characters",)),
    ("extracted", ("extraction",)),
    ("exact", ("link",)),
)
"""Each step, and where a link was lost that is not there any more."""


def waterfall(items: Iterable[Item]) -> list[dict[str, Any]] | None:
    """Links of known text that are left after each step; None where there is none."""
    links = [item for item in items if item.truth is not None and item.scored]
    if not links:
        return None
    left, made = len(links), []
    for name, lost in STEPS:
        left -= sum(item.lost_at in lost for item in links)
        made.append({"name": name, "count": left, "share": left / len(links)})
    return made


def with_true_text(items: Iterable[Item]) -> list[dict[str, Any]] | None:
    """The waterfall of the same detections, had the engine read every found link letter by letter.

    What it still loses is lost by taking the link from the text.
    """
    links = [item for item in items if item.truth is not None and item.scored]
    if not links:
        return None
    found = [item for item in links if item.detection is not None]
    taken = [(extract(item.printed).link, item.printed) for item in found]
    answered = sum(bool(link) for link, _ in taken)
    exact = sum(bool(link) and normalised(link) == normalised(printed) for link, printed in taken)
    counts = (len(links), len(found), len(found), len(found), answered, exact)
    return [
        {"name": name, "count": count, "share": count / len(links)}
        for (name, _), count in zip(STEPS, counts, strict=True)
    ]
