"""An evaluation in which everything happens that a report has a word for, on pictures that exist."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from data import Box, Dataset, LinkAnnotation
from evaluate.predictions import Detection
from evaluate.results import Results
from tests.evaluate.cases import evaluated, read_as
from tests.evaluate.pages import image, typeset

TEXT = "https://example.org/ink"
WIDTH, HEIGHT = 900, 700


def truth(row: int, **facts: Any) -> LinkAnnotation:
    """The link on a row of the page, its line 300 pixels long."""
    box = _box(row)
    line = (box[0], box[1], 300.0, box[3])
    return LinkAnnotation(box, **({"text": TEXT, "link_bbox": line, "segments": (line,), "attributes": {}} | facts))


def _box(row: int) -> Box:
    return (100.0, 40.0 + 50 * row, 90.0, 24.0)


def seen(row: int, text: str | None = None, *, score: float = 0.9, right: float = 0.0) -> Detection:
    """A detection of the row's link, moved to the right by that many pixels, with a text read there."""
    x, y, w, h = _box(row)
    found = Detection((x + right, y, w, h), score, "http", link_bbox=(x, y, 310.0, h))
    return found if text is None else read_as(found, text)


FATES: dict[str, list[Detection]] = {
    "exact": [seen(0, TEXT)],
    "wrong_host": [seen(1, "https://examp1e.org/ink")],
    "characters": [seen(2, "https://example.org/lnk")],
    "link": [replace(seen(3, "https://example.org/"), raw_text=TEXT)],
    "crop": [replace(seen(4, "https://example.org/in"), link_bbox=(100.0, 240.0, 150.0, 24.0))],
    "unread": [replace(seen(5, ""), raw_text="")],
    "missed": [],
    "unsure": [seen(7, score=0.3)],
    "misplaced": [seen(8, "", right=50)],
    "duplicate": [seen(9, TEXT), seen(9, TEXT, score=0.8, right=8)],
    "false_alarm": [Detection((600.0, 600.0, 90.0, 24.0), 0.7, "http", text="")],
}
"""What becomes of the link on each row, by the key of its cause; the last row has none."""


def every_fate(folder: Path, out: Path | None = None, **keys: Any) -> Results:
    """The page with all of them, one without links and a false alarm, and one without anything."""
    pixels, _ = typeset([f"some words and {TEXT} and more of them"] * 12, "https://")
    folder.mkdir(parents=True, exist_ok=True)
    canvas = np.full((HEIGHT, WIDTH, 3), 250, np.uint8)
    part = pixels[:HEIGHT, :WIDTH]
    canvas[: part.shape[0], : part.shape[1]] = part
    for name in ("a.png", "b.png", "c.png"):
        PillowImage.fromarray(canvas).save(folder / name)
    schemes = ("https", "http")
    links = [truth(row, attributes={"scheme": schemes[row % 2], "style": "mono"}) for row in range(len(FATES) - 1)]
    size = (WIDTH, HEIGHT)
    dataset = Dataset(
        (image(folder / "a.png", links, size), image(folder / "b.png", [], size), image(folder / "c.png", [], size))
    )
    pages = [[one for found in FATES.values() for one in found], [seen(0, "https://nowhere.org/x")], []]
    return evaluated(dataset, pages, out, **keys)
