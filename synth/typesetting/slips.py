"""How lines of receipts and cards are set, which are no running text: aligned, in rows of cells, between rules."""

from __future__ import annotations

from itertools import accumulate

from synth.recipe import Block, Word
from synth.typesetting.canvas import Canvas
from synth.typesetting.material import measured
from synth.typesetting.press import Press, spaced
from synth.typesetting.strips import Shape, Strip, baseline_below, paragraph
from synth.typesetting.tables import Row
from synth.typesetting.voice import Voice

_CELL = 0.17  # of the width, for each of several cells at the right
_WIDEST_CELL = 0.72  # of the width, for all cells at the right together
_CELL_GAP = 0.8  # em before a cell
_RULE = 0.7  # points
_WHITE = 0.6  # lines
_HAIR = 1e-6  # points


def line(press: Press, block: Block) -> list[Strip]:
    """A line aligned as its kind says; what is too long goes on below."""
    align = {"left": "ragged"}.get(block.kind, block.kind)
    words = (*block.label.split(), *block.words)
    strips = paragraph(measured(words, _voice(press, block), press.width), Shape(press.width, align=align))
    return spaced(strips, *_space(press, block))


def row(press: Press, block: Block) -> list[Strip]:
    """Cells side by side, the first at the left, all others against right edges that rows of as many cells share."""
    voice, (first, *others) = _voice(press, block), block.cells[0]
    widths = [_cell_width(press, voice, cell, len(others)) for cell in others]
    left = max(press.width - sum(widths), (1 - _WIDEST_CELL) * press.width)
    cells = [paragraph(measured(first, voice, left), Shape(left))]
    cells += [
        paragraph(measured(cell, voice, width), Shape(width, align="right"))
        for cell, width in zip(others, widths, strict=True)
    ]
    edges = list(accumulate([left, *widths], initial=0.0))
    high = max(sum(strip.height for strip in cell) for cell in cells)
    return spaced([Strip(high, Row(cells, edges, 0.0, 0.0, high, 0.0, 0.0, False))], *_space(press, block))


def _cell_width(press: Press, voice: Voice, cell: tuple[Word, ...], count: int) -> float:
    """As wide as its text and the space before it, but no narrower than others and no wider than it may be."""
    needed = measured(cell, voice, press.width).width + _CELL_GAP * voice.size + _HAIR
    least = _CELL * press.width if count > 1 else 0.0
    return min(max(needed, least), _WIDEST_CELL * press.width / count)


def rule(press: Press, block: Block) -> list[Strip]:
    """A rule across the column: drawn, or a sign typed again and again; without a sign, white."""
    voice = press.body
    if not block.label:
        return [Strip(_WHITE * press.line)]
    if block.label == "line":
        return [Strip(0.6 * press.line, lambda canvas, left, top: canvas.rule(left, left + press.width, top, _RULE))]
    wide = voice.base.width(block.label * 20) / 20
    typed = block.label * max(int(press.width / wide), 1)
    indent = (press.width - voice.base.width(typed)) / 2

    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.text(voice.base, typed, left + indent, top + baseline_below(voice))

    return [Strip(voice.leading, draw)]


def _voice(press: Press, block: Block) -> Voice:
    if block.level > 0:
        return press.voice("heading", block.level)
    return press.body if block.level == 0 else press.voice("footnote")


def _space(press: Press, block: Block) -> tuple[float, float]:
    """Above and below: headings stand apart a little."""
    space = 0.2 * press.line if block.level > 0 else 0.0
    return space, space
