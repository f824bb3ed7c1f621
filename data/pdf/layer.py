"""The text layer of a PDF page as glyphs that stand somewhere: what is printed where, in which font and ink.

Everything is in display points: points of 1/72 inch, origin at the top left of the page as it is shown (crop box
and page rotation applied), x to the right, y down.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from data.model import Point

INVISIBLE_MODES = frozenset((pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP))
LINE_END_HYPHEN = "\x02"
"""What PDFium makes of a hyphen at the end of a line: it cannot tell whether it belongs to the word."""
_FIXED_PITCH, _SERIF, _ITALIC, _FORCE_BOLD = 1, 1 << 1, 1 << 6, 1 << 18
UNKNOWN = frozenset((*range(2), *range(3, 0x20), *range(0x7F, 0xA0), *range(0xE000, 0xF900), 0xFFFD, 0xFFFE, 0xFFFF))
"""Codes that stand for no letter. Where a font does not say what its codes mean PDFium takes them for Unicode: right
for fonts coded as text is, as old TeX fonts are; elsewhere such codes come up."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a glyph is printed.

    Attributes:
        font: PostScript name of the font, without the tag of a subset.
        mono, serif, italic, bold: as the font's name or its flags say.
        colour: red, green, blue of its ink, 0…255.
        invisible: drawn without ink, as the words that OCR lays under a scan.
    """

    font: str
    mono: bool
    serif: bool
    italic: bool
    bold: bool
    colour: tuple[int, int, int]
    invisible: bool


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character.

    Attributes:
        char: as Unicode; empty where the file does not say which letter it is.
        origin: its pen on the baseline.
        direction: unit vector along the baseline.
        advance: how far the pen moves on, points.
        size: em, points.
        box: left, top, right, bottom of its outline, upright.
    """

    char: str
    origin: Point
    direction: Point
    advance: float
    size: float
    box: tuple[float, float, float, float]
    style: Style


class Display:
    """Maps PDF page space (y up, any origin, unrotated) to display points."""

    def __init__(self, page: Any) -> None:
        """For one pypdfium2 page."""
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._turn = page.get_rotation()
        self.width, self.height = page.get_size()

    def point(self, x: float, y: float) -> Point:
        """A point of page space on display."""
        if self._turn == 90:
            return (y - self._bottom, x - self._left)
        if self._turn == 180:
            return (self._right - x, y - self._bottom)
        if self._turn == 270:
            return (self._top - y, self._right - x)
        return (x - self._left, self._top - y)

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle of page space as left, top, right, bottom on display."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def vector(self, x: float, y: float) -> Point:
        """A direction of page space on display."""
        (x0, y0), (x1, y1) = self.point(0, 0), self.point(x, y)
        return (x1 - x0, y1 - y0)


def glyphs(page: Any, text_page: Any) -> list[Glyph]:
    """The printed characters of a pypdfium2 page in the order of the file, blanks left out."""
    display, styles = Display(page), _Styles(text_page)
    found = (_glyph(text_page, index, display, styles) for index in _printed(text_page))
    return [glyph for glyph in found if glyph is not None]


def _printed(text_page: Any) -> Iterator[int]:
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if not chr(code).isspace() and (code == ord(LINE_END_HYPHEN) or not _generated(text_page, index)):
            yield index


def _generated(text_page: Any, index: int) -> bool:
    return pdfium.FPDFText_IsGenerated(text_page, index) == 1


def _glyph(text_page: Any, index: int, display: Display, styles: _Styles) -> Glyph | None:
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX()
    pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
    pdfium.FPDFText_GetMatrix(text_page, index, matrix)
    along = display.vector(matrix.a, matrix.b)
    stretch = math.hypot(*along)
    size = pdfium.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    if not stretch or size <= 0:
        return None
    direction = (along[0] / stretch, along[1] / stretch)
    code = pdfium.FPDFText_GetUnicode(text_page, index)
    return Glyph(
        char="" if code in UNKNOWN else chr(code),
        origin=display.point(x.value, y.value),
        direction=direction,
        advance=turned_size(_loose_box(text_page, index, display), direction)[0],
        size=abs(size),
        box=_tight_box(text_page, index, display),
        style=styles.of(index),
    )


def _tight_box(text_page: Any, index: int, display: Display) -> tuple[float, float, float, float]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
    return display.box(left.value, bottom.value, right.value, top.value)


def _loose_box(text_page: Any, index: int, display: Display) -> tuple[float, float, float, float]:
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, index, box)
    return display.box(box.left, box.bottom, box.right, box.top)


def is_upright(direction: Point) -> bool:
    """Whether a line of text runs along an edge of the page, so that upright boxes are its letters' own."""
    return max(abs(direction[0]), abs(direction[1])) > 0.9999


def is_diagonal(direction: Point) -> bool:
    """Whether a line of text runs so near to 45 degrees that its letters' boxes do not tell their size."""
    return abs(direction[0] ** 2 - direction[1] ** 2) < 0.2


def turned_size(box: tuple[float, float, float, float], direction: Point) -> tuple[float, float]:
    """Width and height, in its own frame, of a rectangle turned to `direction`, from the upright box around it.

    The box of a rectangle w × h turned by t is (w |cos t| + h |sin t|) × (w |sin t| + h |cos t|), which can be solved
    but for 45 degrees, where it is a square whatever the rectangle; a letter is then taken for twice as high as wide.
    """
    width, height = box[2] - box[0], box[3] - box[1]
    cos, sin = abs(direction[0]), abs(direction[1])
    determinant = cos * cos - sin * sin
    if is_diagonal(direction):
        across = (width + height) / (3 * (cos + sin))
        return across, 2 * across
    return (width * cos - height * sin) / determinant, (height * cos - width * sin) / determinant


class _Styles:
    """Looks up the style of each character; those of one text object share it."""

    def __init__(self, text_page: Any) -> None:
        self._text_page = text_page
        self._known: dict[int, Style] = {}

    def of(self, index: int) -> Style:
        drawn = pdfium.FPDFText_GetTextObject(self._text_page, index)
        key = ctypes.cast(drawn, ctypes.c_void_p).value or -1
        if key not in self._known:
            self._known[key] = self._look_up(index, drawn)
        return self._known[key]

    def _look_up(self, index: int, drawn: Any) -> Style:
        flags, name = ctypes.c_int(), ctypes.create_string_buffer(256)
        pdfium.FPDFText_GetFontInfo(self._text_page, index, name, 256, flags)
        font = name.value.decode("utf-8", "replace")
        font = font[7:] if font[6:7] == "+" else font
        lower = font.lower()
        colour = tuple(ctypes.c_uint() for _ in range(4))
        pdfium.FPDFText_GetFillColor(self._text_page, index, *colour)
        red, green, blue, _ = (channel.value for channel in colour)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn) if drawn else 0
        return Style(
            font=font,
            mono=bool(flags.value & _FIXED_PITCH) or any(word in lower for word in _MONO),
            serif=is_serif(lower, flags.value),
            italic=bool(flags.value & _ITALIC) or any(word in lower for word in _SLANTED),
            bold=bool(flags.value & _FORCE_BOLD) or any(word in lower for word in _HEAVY),
            colour=(red, green, blue),
            invisible=mode in INVISIBLE_MODES,
        )


def is_serif(lower: str, flags: int) -> bool:
    """By a font's name in small letters; by its flags where the name tells nothing.

    Flags alone will not do: TeX sets none for its fonts, and the standard fonts, which a file need not describe, have
    none either.
    """
    if any(word in lower for word in _SANS):
        return False
    return bool(flags & _SERIF) or any(word in lower for word in _SERIFED)


_MONO = ("mono", "courier", "cmtt", "t1xtt", "t1xbtt", "sftt", "nimbusmon", "typewriter", "consol", "code")
_SANS = ("sans", "helvet", "arial", "gothic", "cmss", "sfss", "sfsx", "verdana", "calibri")
_SERIFED = (
    *("times", "serif", "lmroman", "cmr", "cmti", "cmsl", "cmbx", "cmcsc", "sfrm", "sfti", "sfbx", "sfsl", "nimbusrom"),
    *("palladio", "palatino", "pagella", "termes", "bookman", "bonum", "schola", "schlbk", "century", "charter"),
    *("utopia", "georgia", "cambria", "garamond", "minion", "libertin", "baskerville", "bodoni", "caslon", "stix"),
)
_SLANTED = ("italic", "oblique", "slanted", "-ital", "cmti", "cmsl")
_HEAVY = ("bold", "black", "heavy", "cmbx")
