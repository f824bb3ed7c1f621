"""Glyphs as FreeType draws them, without hinting; those used last are kept, as many as fit in a number of bytes."""

from __future__ import annotations

import ctypes
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

import freetype
from PIL import Image
from PIL import _imaging as _core

from synth import shaping
from synth.fonts import Font

PHASES = 2
"""Places of a pen within a pixel that a glyph is drawn for: whole and half pixels."""

Drawn = tuple[int, int, Any]
"""A drawn glyph: offset of its top left pixel from the pen (x right, y down), its coverage as Pillow's core image."""

_LOAD = freetype.FT_LOAD_RENDER | freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP
_ROOM = 40 << 20
"""Bytes for what is kept: some 1,500 strikes of pages that a phone saw, each a few dozen glyphs."""
_BESIDES = 450
"""Bytes that a drawn glyph takes besides its pixels, and 8 for each row."""


class Strikes:
    """The glyphs drawn so far, a strike for each font and size; those used longest ago go first."""

    def __init__(self, room: int = _ROOM) -> None:
        """An empty store of `room` bytes."""
        self._strikes: OrderedDict[tuple[Font, int], _Strike] = OrderedDict()
        self._room, self._taken = room, 0

    def drawn(self, font: Font, size: int, keys: Sequence[int]) -> Iterator[Drawn]:
        """Glyphs of a font at `size` 64ths of a pixel per em, by glyph id and phase (`id * PHASES + phase`)."""
        strike = self._strikes.get((font, size))
        if strike is None:
            strike = self._strikes[font, size] = _Strike(font, size)
        else:
            self._strikes.move_to_end((font, size))
        new = set(keys).difference(strike.known)
        if new:
            self._taken += strike.draw(new)
            while self._taken > self._room and len(self._strikes) > 1:
                self._taken -= self._strikes.popitem(last=False)[1].taken
        return map(strike.known.__getitem__, keys)


class _Strike:
    """The glyphs of a font drawn at one size so far."""

    def __init__(self, font: Font, size: int) -> None:
        self._face, self._size = shaping.face(font), size
        self.known: dict[int, Drawn] = {}
        self.taken = 0

    def draw(self, keys: set[int]) -> int:
        """Draws what is not known yet; how many bytes that takes."""
        handle = self._face._FT_Face
        freetype.raw.FT_Set_Char_Size(handle, self._size, self._size, 72, 72)
        added = 0
        for key in keys:
            glyph = self.known[key] = _drawn(handle, key)
            width, height = glyph[2].size
            added += (width + 8) * height + _BESIDES
        self.taken += added
        return added


def _drawn(handle: Any, key: int) -> Drawn:
    """Draws a glyph at the face's size. Through FreeType's C functions: its Python classes copy pixel by pixel."""
    pen = freetype.raw.FT_Vector(key % PHASES * 64 // PHASES, 0)
    freetype.raw.FT_Set_Transform(handle, None, ctypes.byref(pen))
    error = freetype.raw.FT_Load_Glyph(handle, key // PHASES, _LOAD)
    if error:
        raise freetype.FT_Exception(error)
    slot = handle.contents.glyph.contents
    bitmap = slot.bitmap
    size = (bitmap.width, bitmap.rows)
    if all(size):
        data = ctypes.string_at(bitmap.buffer, bitmap.pitch * bitmap.rows)
        # What Image.frombuffer does, without its Python objects in between: glyphs are many and small.
        pixels = _core.map_buffer(data, size, "raw", 0, ("L", bitmap.pitch, 1))
    else:
        pixels = Image.new("L", (1, 1)).im  # a blank
    return slot.bitmap_left, -slot.bitmap_top, pixels
