"""HarfBuzz shaping and glyph outlines, cached for the process: a word is shaped once per font, whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import freetype
import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from synth.fonts import Font

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shaped:
    """Glyphs of a piece of text; lengths in em.

    Attributes:
        glyphs: glyph ids, int64, shape (n,).
        xs: pen positions of the glyphs from the piece's left edge, float64, shape (n,).
        advance: width of the piece.
    """

    glyphs: npt.NDArray[np.int64]
    xs: Floats
    advance: float


@dataclass(frozen=True, slots=True)
class Metrics:
    """Vertical facts of a font in em: height of `x`, of capitals; underline's depth and thickness."""

    x_height: float
    cap_height: float
    underline: float
    thickness: float


@cache
def _shaper(font: Font) -> tuple[hb.Font, float]:
    face = hb.Face(hb.Blob.from_file_path(str(font.path)))
    return hb.Font(face), float(face.upem)


@lru_cache(maxsize=200_000)
def shape(font: Font, text: str) -> Shaped:
    """Shapes text of one font with its ligatures and kerning."""
    shaper, upem = _shaper(font)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(shaper, buffer, dict.fromkeys(font.features, True))
    positions = buffer.glyph_positions
    advances = np.array([p.x_advance for p in positions], float) / upem
    offsets = np.array([p.x_offset for p in positions], float) / upem
    glyphs = np.array([info.codepoint for info in buffer.glyph_infos], np.int64)
    return Shaped(glyphs, np.cumsum(advances) - advances + offsets, float(advances.sum()))


@cache
def face(font: Font) -> freetype.Face:
    """FreeType's face of a font file, one a process."""
    return freetype.Face(str(font.path))


@cache
def metrics(font: Font) -> Metrics:
    """Measured on the letters `x` and `H`, since fonts' own fields are often empty."""
    upem = face(font).units_per_EM
    return Metrics(
        x_height=float(outline(font, face(font).get_char_index("x"))[:, 1].max()),
        cap_height=float(outline(font, face(font).get_char_index("H"))[:, 1].max()),
        underline=-face(font).underline_position / upem or 0.1,
        thickness=face(font).underline_thickness / upem or 0.05,
    )


@lru_cache(maxsize=20_000)
def outline(font: Font, glyph: int) -> Floats:
    """Points on a glyph's outline in em, y up, shape (n, 2): nodes and points along its curves."""
    upem = face(font).units_per_EM
    face(font).load_glyph(glyph, freetype.FT_LOAD_NO_SCALE | freetype.FT_LOAD_IGNORE_TRANSFORM)
    points: list[tuple[float, float]] = []

    def node(to: freetype.FT_Vector, _: object) -> None:
        points.append((to.x, to.y))

    def conic(control: freetype.FT_Vector, to: freetype.FT_Vector, _: object) -> None:
        _along(points, (control.x, control.y), (to.x, to.y))

    def cubic(c1: freetype.FT_Vector, c2: freetype.FT_Vector, to: freetype.FT_Vector, _: object) -> None:
        _along(points, (c1.x, c1.y), (c2.x, c2.y), (to.x, to.y))

    face(font).glyph.outline.decompose(None, move_to=node, line_to=node, conic_to=conic, cubic_to=cubic)
    return np.array(points, float).reshape(-1, 2) / upem


def _along(points: list[tuple[float, float]], *rest: tuple[float, float]) -> None:
    """Appends points of the Bézier curve from the last point through the controls to its end (de Casteljau)."""
    start = points[-1]
    for t in (0.25, 0.5, 0.75, 1.0):
        level = [start, *rest]
        while len(level) > 1:
            level = [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b in pairwise(level)]
        points.append(level[0])
