"""Link annotations: the areas of a page that a reader can click, and where they lead.

They are a second witness of where a printed link ends, never the first: what counts is what is printed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from data.pdf.layer import Display, Glyph

_SLACK = 0.5
"""Points by which a glyph's middle may lie outside: areas are drawn tight around the text."""


@dataclass(frozen=True, slots=True)
class Area:
    """Rectangles (left, top, right, bottom, display points) that lead to one address."""

    uri: str
    boxes: tuple[tuple[float, float, float, float], ...]

    def covers(self, glyph: Glyph) -> bool:
        """Whether a glyph's middle lies in it."""
        x, y = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
        return any(
            left - _SLACK <= x <= right + _SLACK and top - _SLACK <= y <= bottom + _SLACK
            for left, top, right, bottom in self.boxes
        )


def areas(document: Any, page: Any) -> list[Area]:
    """The areas of a pypdfium2 page with an address; those of one address are one area, as a wrapped link has them."""
    display, by_uri = Display(page), dict[str, list[tuple[float, float, float, float]]]()
    for link in _links(page):
        uri = _uri(document, link)
        if uri:
            by_uri.setdefault(uri, []).extend(_boxes(link, display))
    return [Area(uri, tuple(boxes)) for uri, boxes in by_uri.items()]


def _links(page: Any) -> Iterator[Any]:
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        yield link


def _uri(document: Any, link: Any) -> str:
    action = pdfium.FPDFLink_GetAction(link)
    if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
        return ""
    length = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
    text = ctypes.create_string_buffer(length)
    pdfium.FPDFAction_GetURIPath(document, action, text, length)
    return text.value.decode("utf-8", "replace")


def _boxes(link: Any, display: Display) -> Iterator[tuple[float, float, float, float]]:
    count = pdfium.FPDFLink_CountQuadPoints(link)
    quad = pdfium.FS_QUADPOINTSF()
    for index in range(count):
        if pdfium.FPDFLink_GetQuadPoints(link, index, quad):
            xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
            yield display.box(min(xs), min(ys), max(xs), max(ys))
    rectangle = pdfium.FS_RECTF()
    if not count and pdfium.FPDFLink_GetAnnotRect(link, rectangle):
        yield display.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
