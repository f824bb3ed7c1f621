"""What the pages of a PDF document show: every printed link with its exact place, or why a page or a link is set aside.

Places are in display points (1/72 inch, y down), so that a page can be drawn at any width, or photographed.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from conf import UserError
from data.model import Point
from data.pdf.areas import areas
from data.pdf.find import Found, find
from data.pdf.layer import UNKNOWN, Glyph, glyphs
from data.pdf.lines import Line, across, lines
from data.pdf.measure import Frame, Measured, Quad, expected, measure
from data.pdf.picture import page_objects

_HINT = re.compile(r"(?i):\s*/\s*/|w\s*w\s*w|(https?|ftp)(:\s*/?)?\s")
"""What the text of a page has wherever it has a link; reading glyph by glyph takes 30 ms, and most pages have none."""
_OCR = "its text is an invisible layer, as OCR lays it under a scan"
_SCAN, _FEW = 0.7, 200
"""A page that one picture covers to more than this share, with fewer letters than this, is a scan."""
_GARBLED = 0.1
"""Share of the letters of a page that may be unknown."""
_X_HEIGHT_LETTERS = "xzvwucenmarso"
"""Letters as high as an x; those with a flat top first."""


class PrintedLink(msgspec.Struct):
    """A printed link in display points.

    Attributes:
        prefix: corners of the tight rectangle around its prefix, in reading order from the top left.
        hull: points around its ink.
        segments: the rectangle of each line of the link.
        upright: foot and head of a small letter at the prefix.
        fault: why it shall be neither learnt nor scored; empty where it shall.
    """

    prefix: Quad
    hull: tuple[Point, ...]
    segments: list[Quad]
    upright: tuple[Point, Point]
    text: str
    attributes: dict[str, str | int | float | bool | None]
    fault: str = ""


class Page(msgspec.Struct):
    """What one page shows.

    Attributes:
        number: from 1 on.
        width, height: points.
        fault: why the page is set aside; empty where it is not.
        hidden: texts of links that the file has and the page does not show.
    """

    number: int
    width: float
    height: float
    links: list[PrintedLink] = []
    hidden: list[tuple[str, str]] = []
    fault: str = ""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A PDF file as a pypdfium2 document.

    Raises:
        UserError: where it cannot be read: broken, empty, or locked by a password.
    """
    try:
        document = pdfium.PdfDocument(path)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except pdfium.PdfiumError:
        raise UserError(f"{path} {_why()}.") from None
    try:
        yield document
    finally:
        document.close()


def _why() -> str:
    """What kept PDFium from opening a file, as the end of a sentence."""
    code = raw.FPDF_GetLastError()
    if code == raw.FPDF_ERR_PASSWORD:
        return "is locked by a password"
    if code == raw.FPDF_ERR_SECURITY:
        return "is encrypted in a way that cannot be read"
    return "is broken or is no PDF file"


def survey(document: Any, number: int) -> Page:
    """Looks at page `number` (from 1 on) of a pypdfium2 document."""
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return Page(number, 0.0, 0.0, fault="the page is broken")
    with _closing(page):
        text_page = page.get_textpage()
        with _closing(text_page):
            return _surveyed(document, page, text_page, number)


@contextmanager
def _closing(thing: Any) -> Iterator[None]:
    """PDFium frees what a page holds when told to, not when Python happens to."""
    try:
        yield
    finally:
        thing.close()


def _surveyed(document: Any, page: Any, text_page: Any, number: int) -> Page:
    width, height = page.get_size()
    facts = Page(number, width, height)
    text = text_page.get_text_range()
    facts.fault = _page_fault(page, text)
    if facts.fault or not _HINT.search(text + "\n"):
        return facts
    printed = glyphs(page, text_page)
    found = lines(printed)
    for link in find(found, areas(document, page)):
        if link.prefix[0].style.invisible:
            facts.fault = _OCR
            facts.links = []
            return facts
        measured = measure(page, link)
        if measured.contrast == 0.0 or "cannot be seen" in measured.fault:
            facts.hidden.append((link.text, measured.fault))
        else:
            facts.links.append(_printed_link(link, measured, found))
    return facts


def _page_fault(page: Any, text: str) -> str:
    """Why nothing can be said about what a page shows; empty where the text layer tells."""
    letters = [character for character in text if not character.isspace()]
    if not letters:
        return "it has no text layer"
    unknown = sum(ord(character) in UNKNOWN for character in letters)
    if unknown > _GARBLED * len(letters):
        return "its text layer does not say which letters are printed"
    if _invisible(page):
        return _OCR
    scanned = len(letters) < _FEW and _largest_picture(page) > _SCAN
    return "it is a scan: a picture fills it, and there is next to no text" if scanned else ""


def _largest_picture(page: Any) -> float:
    """Share of the page that its largest picture covers."""
    width, height = page.get_size()
    return max((_area(thing) for thing in page_objects(page) if _is_picture(thing)), default=0.0) / (width * height)


def _is_picture(thing: Any) -> bool:
    return raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_IMAGE


def _area(thing: Any) -> float:
    sides = [raw.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(thing, *sides)
    left, bottom, right, top = (side.value for side in sides)
    return (right - left) * (top - bottom)


def _invisible(page: Any) -> bool:
    """Whether no text of a page is drawn."""
    modes = [raw.FPDFTextObj_GetTextRenderMode(thing) for thing in page_objects(page) if _is_text(thing)]
    return bool(modes) and all(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE for mode in modes)


def _is_text(thing: Any) -> bool:
    return raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_TEXT


def _printed_link(link: Found, measured: Measured, found: Sequence[Line]) -> PrintedLink:
    style = link.prefix[0].style
    angle = measured.frame.direction
    return PrintedLink(
        prefix=measured.frame.quad(),
        hull=measured.hull,
        segments=[_segment(link, measured.frame, number).quad() for number in range(len(link.pieces))],
        text=link.text,
        upright=_upright(link, _x_height(link, found)),
        fault=link.fault or measured.fault,
        attributes={
            "scheme": link.scheme,
            "font": style.font,
            "font_class": "mono" if style.mono else "serif" if style.serif else "sans",
            "style": "italic" if style.italic else "bold" if style.bold else "mono" if style.mono else "roman",
            "size_pt": round(link.prefix[0].size, 2),
            "underline": measured.underlined,
            "contrast": round(measured.contrast, 3),
            "coloured": max(style.colour) - min(style.colour) > 40,
            "wrapped": len(link.pieces) > 1,
            "bracket": link.bracket or "none",
            "rotated": abs(angle[1]) > 0.02 or angle[0] < 0,
            "text_unknown": bool(link.doubt),
        },
    )


def _segment(link: Found, prefix: Frame, number: int) -> Frame:
    """The rectangle around a line of a link; that of the first includes the measured prefix."""
    frame = expected(link.pieces[number])
    if number:
        return frame
    return Frame(
        prefix.direction,
        prefix.left,
        min(prefix.top, frame.top),
        max(prefix.right, frame.right),
        max(prefix.bottom, frame.bottom),
    )


def _x_height(link: Found, found: Sequence[Line]) -> float:
    """Height of a small letter of the link's font, points; half an em where the page shows none."""
    first = link.prefix[0]
    own = [glyph for piece in link.pieces for glyph in piece]
    others = [glyph for line in found for glyph in line.glyphs if _same_print(glyph, first)]
    for candidates in (own, others):
        for letter in _X_HEIGHT_LETTERS:
            heights = [_height(glyph) for glyph in candidates if glyph.char == letter]
            if heights:
                return statistics.median(heights)
    return 0.5 * first.size


def _upright(link: Found, x_height: float) -> tuple[Point, Point]:
    (x, y), (cos, sin) = link.prefix[0].origin, link.prefix[0].direction
    return (x, y), (x + x_height * sin, y - x_height * cos)


def _same_print(one: Glyph, other: Glyph) -> bool:
    return one.style.font == other.style.font and abs(one.size - other.size) < 0.01 * other.size


def _height(glyph: Glyph) -> float:
    """How far a glyph rises above its baseline, points; a small letter stands on it."""
    return across(glyph.origin, glyph.direction) - expected([glyph]).top
