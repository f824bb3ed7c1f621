"""Small pictures, links and whole sets for the tests of this room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image as PillowImage

from data import Dataset, Image, LinkAnnotation

WIDTH, HEIGHT = 80, 60
ROTATED = 6


def save_picture(path: Path, size: tuple[int, int] = (WIDTH, HEIGHT), *, seed: int = 0, orientation: int = 1) -> Path:
    """A picture of soft noise; `size` is as stored, before EXIF turns it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    PillowImage.fromarray(coarse).resize(size).save(path, exif=exif)
    return path


def link(x: float = 10, y: float = 20, **changes: object) -> LinkAnnotation:
    facts: dict[str, object] = {
        "bbox": (x, y, 20.0, 8.5),
        "polygon": ((x, y), (x + 20, y + 1), (x + 20, y + 8.5), (x, y + 7.5)),
        "text": "https://example.org/ä",
        "link_bbox": (x, y, 50.0, 9.0),
        "segments": ((x, y, 50.0, 9.0), (2.0, y + 12, 30.0, 9.0)),
        "attributes": {"scheme": "https", "x_height_px": 5.5, "underline": False, "note": "7"},
    }
    return LinkAnnotation(**(facts | changes))  # type: ignore[arg-type]


def save_set(folder: Path, images: int = 3, *, groups: int = 3, seed: int = 0) -> Dataset:
    """A set in memory whose pictures lie in `folder`; every second one has a link."""
    return Dataset(
        tuple(
            Image(
                save_picture(folder / f"p{index}.jpg", seed=seed + index),
                WIDTH,
                HEIGHT,
                (link(),) if index % 2 == 0 else (),
                group=f"book{index % groups}",
                id=index + 1,
            )
            for index in range(images)
        )
    )


def _pixels(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(round(low * 100), round(high * 100)).map(lambda value: value / 100)


_words = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=("C", "Z")), max_size=12)
_values = st.none() | st.booleans() | st.integers(-99, 99) | _pixels(-9, 9) | _words
_boxes = st.tuples(_pixels(0, 60), _pixels(0, 40), _pixels(1.02, 50), _pixels(1.02, 50))
_polygons = st.lists(st.tuples(_pixels(-5, 90), _pixels(-5, 70)), min_size=4, max_size=6).map(tuple)


def links(categories: list[str], attributes: st.SearchStrategy[object] = _values) -> st.SearchStrategy[LinkAnnotation]:
    return st.builds(
        LinkAnnotation,
        bbox=_boxes,
        category=st.sampled_from(categories),
        polygon=st.just(()) | _polygons,
        text=st.none() | _words.filter(bool),
        link_bbox=st.none() | _boxes,
        segments=st.lists(_boxes, max_size=3).map(tuple),
        ignore=st.booleans(),
        attributes=st.dictionaries(_words.filter(bool), attributes, max_size=3),  # type: ignore[arg-type]
    )
