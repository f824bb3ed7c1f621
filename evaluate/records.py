"""items.jsonl: one line a printed link or false alarm, so that any number can be traced to the links behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from data.model import LinkAnnotation
from evaluate.links import Item
from evaluate.results import Results
from evaluate.slices import has_books, labels


def item_lines(results: Results) -> Iterator[str]:
    """The lines of the file, in the order of the pages."""
    books = has_books(results.subject.dataset)
    return (json.dumps(_record(item, results, books), ensure_ascii=False) + "\n" for item in results.items)


def _record(item: Item, results: Results, books: bool) -> dict[str, Any]:
    image = results.subject.dataset.images[item.page]
    truth, found = item.truth, item.detection
    return {
        "image_id": results.subject.image_ids[item.page],
        "file": str(image.path),
        "group": image.group,
        "link": item.link,
        "outcome": item.outcome,
        "lost_at": item.lost_at,
        "scored": item.scored,
        "iou": item.iou,
        "truth": truth and _printed(truth),
        "prediction": found
        and {
            "bbox": found.bbox,
            "score": found.score,
            "link_bbox": found.link_bbox,
            "text": found.text,
            "line_text": found.line_text,
            "raw_text": found.raw_text,
        },
        "same": item.same,
        "same_raw": item.same_raw,
        "same_merged": item.same_merged,
        "wrong_destination": item.scored and item.leads_astray,
        "wrong_host": item.scored and item.wrong_host,
        "slices": labels(image, item, books=books),
        "edits": item.edits if item.printed else None,
    }


def _printed(truth: LinkAnnotation) -> dict[str, Any]:
    """What is known of a printed link; `segments` are its lines, the first one alone where nothing else is known."""
    first = (truth.link_bbox,) if truth.link_bbox is not None else ()
    return {"bbox": truth.bbox, "segments": truth.segments or first, "text": truth.text,
            "attributes": dict(truth.attributes)}  # fmt: skip
