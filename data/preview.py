"""A contact sheet: pictures of a set with their truth drawn in, to be looked at before anything is trained on it."""

from __future__ import annotations

import importlib.util
import io
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont
from tqdm import tqdm

from conf import UserError
from data.model import Box, Dataset, Image, LinkAnnotation, Point
from data.pixels import load

PREFIX, SEGMENT, IGNORED = (220, 30, 60), (20, 110, 230), (120, 120, 120)
CLASSES = (
    PREFIX,
    (0, 135, 85),
    (150, 70, 190),
    (215, 120, 0),
    (0, 140, 190),
    (190, 30, 140),
    (120, 110, 0),
    (90, 60, 40),
)
"""A colour for each class, in their order; a ninth class gets the first one's, but its own name."""
_PAPER, _INK = (245, 245, 245), (20, 20, 20)
_GAP, _CAPTION, _DASH, _LETTERS = 8, 18, 4, 12

Color = tuple[int, int, int]


def contact_sheet(
    images: Sequence[Image], *, tile_px: int = 480, columns: int = 4, categories: Sequence[str] = ()
) -> bytes:
    """Draws pictures side by side, each with prefix (red), line segments of the link (blue), ignored ones dashed grey.

    Where the set has several classes, each has a colour of its own, and its name stands at each box.

    Args:
        images: what to show, in order; at least one.
        tile_px: width of one picture, pixels; it is at most half as high again.
        columns: pictures a row.
        categories: the set's classes, in their order.

    Returns:
        A PNG file.

    Raises:
        UserError: where a picture cannot be read.
    """
    colors = {name: CLASSES[place % len(CLASSES)] for place, name in enumerate(categories)}
    tiles = [_tile(image, tile_px, colors) for image in tqdm(images, desc="preview", unit="", disable=None)]
    columns = min(columns, len(tiles))
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    heights = [max(tile.height for tile in row) for row in rows]
    width = columns * (tile_px + _GAP) + _GAP
    sheet = PillowImage.new("RGB", (width, sum(heights) + _GAP * (len(rows) + 1)), _PAPER)
    top = _GAP
    for row, height in zip(rows, heights, strict=True):
        for column, tile in enumerate(row):
            sheet.paste(tile, (_GAP + column * (tile_px + _GAP), top))
        top += height + _GAP
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def chosen(dataset: Dataset, count: int) -> list[Image]:
    """`count` pictures, evenly spread over the set; half of them with links, as far as there are such.

    Raises:
        UserError: where the set holds no pictures.
    """
    if not dataset.images:
        raise UserError("The source holds no pictures; there is nothing to show.")
    linked = [image for image in dataset.images if image.links]
    bare = [image for image in dataset.images if not image.links]
    of_linked = min(len(linked), max(math.ceil(count / 2), count - len(bare)))
    return spread(linked, of_linked) + spread(bare, count - of_linked)


def spread(images: Sequence[Image], count: int) -> list[Image]:
    """At most `count` pictures, evenly spread."""
    count = min(count, len(images))
    return [images[index * len(images) // count] for index in range(count)]


def _tile(image: Image, tile_px: int, colors: Mapping[str, Color]) -> PillowImage.Image:
    pixels = PillowImage.fromarray(load(image.path))
    scale = min(tile_px / image.width, tile_px * 1.5 / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    picture = pixels.resize(size, PillowImage.Resampling.LANCZOS)
    draw = ImageDraw.Draw(picture)
    for link in image.links:
        _draw_link(draw, link, scale, colors.get(link.category, PREFIX))
    if len(colors) > 1:
        for link in image.links:
            _draw_name(draw, link, scale, IGNORED if link.ignore else colors.get(link.category, PREFIX))
    tile = PillowImage.new("RGB", (tile_px, size[1] + _CAPTION), _PAPER)
    tile.paste(picture, (0, 0))
    count = f"{len(image.links)} link{'' if len(image.links) == 1 else 's'}"
    _draw_caption(ImageDraw.Draw(tile), (2, size[1] + 2), f"{image.path.name}  {image.group or ''}", count, tile_px)
    return tile


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu, which has most of the world's alphabets and comes with matplotlib; that is not loaded for it."""
    found = importlib.util.find_spec("matplotlib")
    for folder in (found.submodule_search_locations or []) if found else []:
        file = Path(folder) / "mpl-data/fonts/ttf/DejaVuSans.ttf"
        if file.is_file():
            return ImageFont.truetype(str(file), _LETTERS)
    return ImageFont.load_default(_LETTERS)


def _draw_caption(draw: ImageDraw.ImageDraw, place: tuple[int, int], name: str, count: str, width: int) -> None:
    """Name and group, cut short where they are too long, then how many links there are."""
    font = _font()
    room = width - 2 * place[0] - font.getlength(f"  {count}")
    while font.getlength(name) > room and len(name) > 1:
        name = name.removesuffix("…")[:-1] + "…"
    draw.text(place, f"{name}  {count}", _INK, font)


def _draw_name(draw: ImageDraw.ImageDraw, link: LinkAnnotation, scale: float, color: Color) -> None:
    """The class on a label of its colour, above the box, or below where there is no room."""
    x, y, _, height = (value * scale for value in link.bbox)
    font = _font()
    wide, tall = font.getlength(link.category) + 6, _LETTERS + 4
    left = max(0.0, min(x, draw.im.size[0] - wide))
    top = y - tall - 1 if y >= tall + 1 else y + height + 2
    draw.rectangle((left, top, left + wide, top + tall), color)
    draw.text((left + 3, top), link.category, (255, 255, 255), font)


def _draw_link(draw: ImageDraw.ImageDraw, link: LinkAnnotation, scale: float, color: Color) -> None:
    outline = link.polygon or _corners(link.bbox)
    if link.ignore:
        _draw_dashed(draw, [(x * scale, y * scale) for x, y in outline])
        return
    for segment in link.segments or filter(None, [link.link_bbox]):
        _draw_outline(draw, _corners(segment), scale, SEGMENT)
    _draw_outline(draw, outline, scale, color)


def _corners(box: Box) -> list[Point]:
    x, y, width, height = box
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _draw_outline(draw: ImageDraw.ImageDraw, outline: Sequence[Point], scale: float, color: Color) -> None:
    points = [(x * scale, y * scale) for x, y in outline]
    draw.line([*points, points[0]], color, 2)


def _draw_dashed(draw: ImageDraw.ImageDraw, points: Sequence[Point]) -> None:
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        steps = max(1, round(math.hypot(x1 - x0, y1 - y0) / _DASH))
        for step in range(0, steps, 2):
            part, end = step / steps, min(1.0, (step + 1) / steps)
            start = (x0 + part * (x1 - x0), y0 + part * (y1 - y0))
            draw.line([start, (x0 + end * (x1 - x0), y0 + end * (y1 - y0))], IGNORED, 2)
