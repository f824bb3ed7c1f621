"""What a detector and an OCR engine say of one picture, in the one form that every score and file is made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data.model import Box


@dataclass(frozen=True, slots=True)
class Detection:
    """One prefix that a detector claims to see, and the link read from there.

    Attributes:
        bbox: the prefix, (x, y, width, height) in pixels of the upright original picture.
        score: 0 to 1, higher is surer.
        category: name of its class.
        text: the link that was read; an empty text where nothing like a link was read; None where nobody tried.
        line_text: the part of `text` that stands on the prefix's own line; differs from `text` for wrapped links.
        link_bbox: box of the line that was read, prefix included.
        raw_text: all that the engine read on that line, before the link was taken from it.
    """

    bbox: Box
    score: float
    category: str
    text: str | None = None
    line_text: str | None = None
    link_bbox: Box | None = None
    raw_text: str | None = None

    @property
    def answer(self) -> str:
        """The link that a user would be given; empty where there is none."""
        return self.text or ""


def coco_results(
    pages: Iterable[Sequence[Detection]], image_ids: Iterable[int], category_ids: dict[str, int]
) -> Iterator[dict[str, Any]]:
    """The entries of a COCO results list, one a detection, in the order of the pages; texts stand in extra keys."""
    return (
        {
            "image_id": image_id,
            "category_id": category_ids[detection.category],
            "bbox": list(detection.bbox),
            "score": detection.score,
        }
        | ({} if detection.text is None else {"text": detection.text, "line_text": detection.line_text})
        | ({} if detection.link_bbox is None else {"link_bbox": list(detection.link_bbox)})
        for image_id, detections in zip(image_ids, pages, strict=True)
        for detection in detections
    )


def result_lines(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A JSON list of them, an entry a line: neither the list nor its text is ever in memory whole."""
    before = "["
    for entry in entries:
        yield before + json.dumps(entry, ensure_ascii=False, allow_nan=False)
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"
