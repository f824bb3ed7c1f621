"""Pages of real type with links on them, and their truth, for the tests of this room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from data import Box, Dataset, Image, LinkAnnotation, write_dataset
from data.files import write_json
from data.pixels import Pixels

FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"
SERIF, MONO = "DejaVuSerif.ttf", "DejaVuSansMono.ttf"


def typeset(
    lines: Sequence[str], prefix: str, *, font: str = SERIF, size: int = 30, left: int = 60, underline: bool = False
) -> tuple[Pixels, Box]:
    """Black text on white, and the box of the first place where `prefix` is printed.

    Returns:
        uint8 (height, width, 3), and (x, y, width, height) tight around the ink of the prefix.
    """
    face = ImageFont.truetype(str(FONTS / font), size)
    leading = round(size * 1.35)
    width = round(max(face.getlength(line) for line in lines)) + 2 * left
    page = PillowImage.new("L", (width, leading * (len(lines) + 2)), 255)
    draw = ImageDraw.Draw(page)
    box: Box | None = None
    for row, line in enumerate(lines, start=1):
        draw.text((left, row * leading), line, font=face, fill=0)
        if prefix in line and box is None:
            start = left + face.getlength(line[: line.index(prefix)])
            x0, y0, x1, y1 = draw.textbbox((start, row * leading), prefix, font=face)
            box = (float(x0), float(y0), float(x1 - x0), float(y1 - y0))
            if underline:
                draw.line(
                    (start, row * leading + size * 1.05, left + face.getlength(line), row * leading + size * 1.05), 0, 2
                )
    assert box is not None, f"{prefix} is not in the text"
    return np.repeat(np.asarray(page)[:, :, None], 3, axis=2), box


def image(path: Path, links: Sequence[LinkAnnotation], size: tuple[int, int] = (400, 300), **facts: Any) -> Image:
    """A page of a dataset; its picture need not exist."""
    return Image(path, *size, tuple(links), **facts)


def link(x: float = 10, y: float = 10, text: str | None = "https://a.org/b", **facts: Any) -> LinkAnnotation:
    """A link whose prefix is 40 × 10 pixels large."""
    return LinkAnnotation(**({"bbox": (x, y, 40.0, 10.0), "text": text} | facts))


def save_set(folder: Path) -> Dataset:
    """Two pages in real type, one with a link and one without, written as a set."""
    raw = folder.parent / f"{folder.name}-raw"
    raw.mkdir(parents=True)
    pixels, box = typeset(
        ["More of it is to be found", "at https://example.org/ink and", "in the library."], "https://"
    )
    PillowImage.fromarray(pixels).save(raw / "link.png")
    PillowImage.fromarray(np.full_like(pixels, 255)).save(raw / "empty.png")
    size = (pixels.shape[1], pixels.shape[0])
    truth = LinkAnnotation(box, text="https://example.org/ink", attributes={"scheme": "https"})
    dataset = Dataset((image(raw / "link.png", [truth], size), image(raw / "empty.png", [], size)))
    write_dataset(dataset, folder)
    return dataset


def save_validation(folder: Path) -> None:
    """The two pages of `save_set`, the link with a slash at its end: another set, which reads alike."""
    save_set(folder)
    annotations = json.loads((folder / "annotations.json").read_text())
    annotations["annotations"][0]["text"] += "/"
    write_json(folder / "annotations.json", annotations)


def save_results(path: Path, entries: Any) -> Path:
    """A COCO results file, right or wrong."""
    path.write_text(json.dumps(entries))
    return path
