"""One face of a font file, and how HarfBuzz and FreeType get to see it: TrueType, OpenType, collections, WOFF2.

Neither of the two reads WOFF2 here, so such a file is unpacked in memory once a process.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import freetype
import uharfbuzz as hb

Axes = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """One face, made by `font(...)`: the same object wherever it is used in a process, so a fast key of caches.

    Attributes:
        path: of the file.
        index: of the face in a collection.
        features: OpenType features switched on when shaping, as `smcp`, or off, as `-liga`.
        axes: design coordinates of a variable font, as (("wght", 700.0),).
    """

    path: Path
    index: int = 0
    features: tuple[str, ...] = ()
    axes: Axes = ()

    def has(self, text: str) -> bool:
        """Whether it can draw each character of a text with ink; blanks are always there."""
        return not lacking(self, text)

    def __reduce__(self) -> tuple[Callable[..., Font], tuple[Path, int, tuple[str, ...], Axes]]:
        """A copy sent to another process is that one's own `Font` there."""
        return font, (self.path, self.index, self.features, self.axes)


@cache
def font(path: Path, index: int = 0, features: tuple[str, ...] = (), axes: Axes = ()) -> Font:
    """The one `Font` of these attributes in this process."""
    return Font(path, index, features, axes)


def lacking(font: Font, characters: Iterable[str]) -> str:
    """Those of some characters, blanks apart, that a font lacks or draws as nothing."""
    return "".join(c for c in characters if not (c.isspace() or _has_ink(shaper(font), ord(c))))


def _has_ink(shaper: hb.Font, character: int) -> bool:
    glyph = shaper.get_nominal_glyph(character)
    extents = shaper.get_glyph_extents(glyph) if glyph else None
    return extents is not None and extents.width != 0 and extents.height != 0


@cache
def shaper(font: Font) -> hb.Font:
    """HarfBuzz's font, scaled so that one em is the face's units per em."""
    blob = hb.Blob(_unpacked(font.path)) if is_packed(font.path) else hb.Blob.from_file_path(str(font.path))
    shaper = hb.Font(hb.Face(blob, font.index))
    if font.axes:
        shaper.set_variations(dict(font.axes))
    return shaper


@cache
def face(font: Font) -> freetype.Face:
    """FreeType's face, one a font and process, its design coordinates set; scale and transform are the user's.

    Raises:
        freetype.FT_Exception: where the file is damaged.
    """
    source = io.BytesIO(_unpacked(font.path)) if is_packed(font.path) else str(font.path)
    face = freetype.Face(source, font.index)
    if font.axes:
        chosen = dict(font.axes)
        face.set_var_design_coords([chosen.get(axis.tag, axis.default) for axis in face.get_variation_info().axes])
    return face


def is_packed(path: Path) -> bool:
    """Whether a file is WOFF2, by its name."""
    return path.suffix.lower() == ".woff2"


@lru_cache(maxsize=128)
def _unpacked(path: Path) -> bytes:
    from fontTools.ttLib import TTFont

    with TTFont(path, recalcBBoxes=False, recalcTimestamp=False) as packed, io.BytesIO() as plain:
        packed.flavor = None
        packed.save(plain)
        return plain.getvalue()


def table_faces(path: Path) -> list[hb.Face]:
    """The faces of a file for reading their tables of facts, quickly; none where the file is no font or cut short.

    Those of a packed file have no glyphs, for to unpack them takes long.
    """
    if is_packed(path):
        tables = _packed_tables(path)
        return [] if tables is None else [tables]
    if _is_cut(path):
        return []
    first = hb.Face(hb.Blob.from_file_path(str(path)))
    faces = [first, *(hb.Face(first.blob, index) for index in range(1, first.count))]
    return [face for face in faces if face.glyph_count]


def _is_cut(path: Path) -> bool:
    """Whether a single font's table directory (OpenType 1.9.1, "Organization of an OpenType font") points past its end.

    HarfBuzz would take the missing tables for empty ones.
    """
    with path.open("rb") as file:
        tag, tables = struct.unpack(">4sH6x", file.read(12).ljust(12, b"\0"))
        entries = [] if tag == b"ttcf" else [file.read(16).ljust(16, b"\xff") for _ in range(tables)]
    return any(sum(struct.unpack(">8xII", entry)) > path.stat().st_size for entry in entries)


def _packed_tables(path: Path) -> hb.Face | None:
    import brotli
    from fontTools.ttLib import TTFont, TTLibError

    try:
        reader = TTFont(path, lazy=True).reader
    except (TTLibError, brotli.error):
        return None
    tags = set(reader.keys()) - {"glyf", "loca"}
    return hb.Face.create_for_tables(lambda _, tag, __: reader[tag] if tag in tags else None, None)
