"""A contact sheet: pictures of a set with their truth drawn in, to be looked at before anything is trained on it."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont
from tqdm import tqdm

from conf import UserError
from data.model import Box, Dataset, Image, LinkAnnotation, Point
from data.pixels import load

PREFIX, SEGMENT, IGNORED = (220, 30, 60), (20, 110, 230), (120, 120, 120)
_PAPER, _INK = (245, 245, 245), (20, 20, 20)
_GAP, _CAPTION, _DASH = 8, 18, 4


def contact_sheet(images: Sequence[Image], *, tile_px: int = 480, columns: int = 4) -> bytes:
    """Draws pictures side by side, each with prefix (red), line segments of the link (blue), ignored ones dashed grey.

    Args:
        images: what to show, in order; at least one.
        tile_px: width and greatest height of one picture, pixels.
        columns: pictures a row.

    Returns:
        A PNG file.

    Raises:
        UserError: where a picture cannot be read.
    """
    tiles = [_tile(image, tile_px) for image in tqdm(images, desc="preview", unit="", disable=None)]
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
    return _spread(linked, of_linked) + _spread(bare, count - of_linked)


def _spread(images: Sequence[Image], count: int) -> list[Image]:
    count = min(count, len(images))
    return [images[index * len(images) // count] for index in range(count)]


def _tile(image: Image, tile_px: int) -> PillowImage.Image:
    pixels = PillowImage.fromarray(load(image.path))
    scale = min(tile_px / image.width, tile_px * 1.5 / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    picture = pixels.resize(size, PillowImage.Resampling.LANCZOS)
    draw = ImageDraw.Draw(picture)
    for link in image.links:
        _draw_link(draw, link, scale)
    tile = PillowImage.new("RGB", (tile_px, size[1] + _CAPTION), _PAPER)
    tile.paste(picture, (0, 0))
    caption = f"{image.path.name}  {image.group or ''}  {len(image.links)} links"
    ImageDraw.Draw(tile).text((2, size[1] + 2), caption, _INK, ImageFont.load_default(12))
    return tile


def _draw_link(draw: ImageDraw.ImageDraw, link: LinkAnnotation, scale: float) -> None:
    outline = link.polygon or _corners(link.bbox)
    if link.ignore:
        _draw_dashed(draw, [(x * scale, y * scale) for x, y in outline])
        return
    for segment in link.segments or filter(None, [link.link_bbox]):
        _draw_outline(draw, _corners(segment), scale, SEGMENT)
    _draw_outline(draw, outline, scale, PREFIX)


def _corners(box: Box) -> list[Point]:
    x, y, width, height = box
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _draw_outline(
    draw: ImageDraw.ImageDraw, outline: Sequence[Point], scale: float, color: tuple[int, int, int]
) -> None:
    points = [(x * scale, y * scale) for x, y in outline]
    draw.line([*points, points[0]], color, 2)


def _draw_dashed(draw: ImageDraw.ImageDraw, points: Sequence[Point]) -> None:
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        steps = max(1, round(math.hypot(x1 - x0, y1 - y0) / _DASH))
        for step in range(0, steps, 2):
            part, end = step / steps, min(1.0, (step + 1) / steps)
            start = (x0 + part * (x1 - x0), y0 + part * (y1 - y0))
            draw.line([start, (x0 + end * (x1 - x0), y0 + end * (y1 - y0))], IGNORED, 2)
