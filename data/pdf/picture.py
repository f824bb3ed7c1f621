"""Draws PDF pages: whole at a chosen width, or a window of one, turned and enlarged, with or without its graphics.

Annotations are not drawn: borders around links are for the screen, a book has none.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from data.model import Point
from data.pixels import Pixels

_WHITE, _CLEAR = 0xFFFFFFFF, 0x00000000


def height_px(size_pt: tuple[float, float], width_px: int) -> int:
    """Height of a page's picture, pixels: in the page's proportion, at least 1."""
    return max(round(size_pt[1] * width_px / size_pt[0]), 1)


def draw(page: Any, width_px: int) -> Pixels:
    """A pypdfium2 page as it is printed, on white.

    The page fills the picture exactly: display point (x, y) lies at (x * width / page width, y * height / page height).

    Returns:
        uint8 RGB of shape (height, width, 3).
    """
    height = height_px(page.get_size(), width_px)
    with _bitmap(width_px, height, pdfium.FPDFBitmap_BGRx, _WHITE) as (bitmap, pixels):
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width_px, height, 0, 0)
        return np.ascontiguousarray(pixels[:, :, 2::-1])


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the page, turned so that a line of text in it runs to the right.

    Attributes:
        corner: its top left, display points.
        direction: unit vector of reading.
        width, height: points.
        scale: pixels per point.
    """

    corner: Point
    direction: Point
    width: float
    height: float
    scale: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of its picture."""
        return max(math.ceil(self.height * self.scale), 1), max(math.ceil(self.width * self.scale), 1)

    def matrix(self) -> Any:
        """From display points to pixels of the window, as PDFium wants it."""
        (cos, sin), k = self.direction, self.scale
        shift_x = -(self.corner[0] * cos + self.corner[1] * sin) * k
        shift_y = (self.corner[0] * sin - self.corner[1] * cos) * k
        return pdfium.FS_MATRIX(cos * k, -sin * k, sin * k, cos * k, shift_x, shift_y)


def draw_window(page: Any, window: Window) -> Pixels:
    """What is printed in a window, on white: uint8 RGB (rows, columns, 3)."""
    with _bitmap(*window.shape[::-1], pdfium.FPDFBitmap_BGRx, _WHITE) as (bitmap, pixels):
        _render(bitmap, page, window)
        return np.ascontiguousarray(pixels[:, :, 2::-1])


def text_coverage(page: Any, window: Window) -> npt.NDArray[np.uint8]:
    """How much of each pixel of a window is covered by letters, whatever their colour and what lies over them.

    Returns:
        uint8 (rows, columns), 255 where wholly.
    """
    with (
        _without_graphics(page),
        _bitmap(*window.shape[::-1], pdfium.FPDFBitmap_BGRA, _CLEAR) as (bitmap, pixels),
    ):
        _render(bitmap, page, window)
        return np.ascontiguousarray(pixels[:, :, 3])


def _render(bitmap: Any, page: Any, window: Window) -> None:
    rows, columns = window.shape
    clip = pdfium.FS_RECTF(0, 0, columns, rows)
    pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, page, window.matrix(), clip, 0)


@contextmanager
def _bitmap(width: int, height: int, layout: int, colour: int) -> Iterator[tuple[Any, npt.NDArray[np.uint8]]]:
    """A PDFium bitmap of one colour, and its pixels as uint8 (height, width, 4); both end with the block."""
    pixels = np.zeros((height, width, 4), np.uint8)
    memory = pixels.ctypes.data_as(ctypes.c_void_p)
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, layout, memory, width * 4)
    if not bitmap:
        raise MemoryError(f"PDFium cannot make a picture of {width} × {height} pixels")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, colour)
        yield bitmap, pixels
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


@contextmanager
def _without_graphics(page: Any) -> Iterator[None]:
    """Leaves only text to be drawn, until the block ends."""
    hidden = [thing for thing in page_objects(page) if pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_TEXT]
    for thing in hidden:
        pdfium.FPDFPageObj_SetIsActive(thing, False)
    try:
        yield
    finally:
        for thing in hidden:
            pdfium.FPDFPageObj_SetIsActive(thing, True)


def page_objects(page: Any) -> Iterator[Any]:
    """What a page is made of, forms opened: texts, paths, pictures, shadings."""
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _opened(pdfium.FPDFPage_GetObject(page, index))


def _opened(thing: Any) -> Iterator[Any]:
    if pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_FORM:
        yield thing
        return
    for index in range(pdfium.FPDFFormObj_CountObjects(thing)):
        yield from _opened(pdfium.FPDFFormObj_GetObject(thing, index))
