"""How tables are set: columns as wide as their content, as far as the page's column allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from synth.page import Floats, Rectangle
from synth.recipe import BLACK, Block, Span, Word
from synth.typesetting.canvas import Canvas
from synth.typesetting.material import Material, measured
from synth.typesetting.press import Press, spaced
from synth.typesetting.strips import Shape, Strip, paragraph
from synth.typesetting.voice import Voice

_PADDING = 0.5  # em on each side of a cell's text
_HEAVY, _LIGHT = 0.8, 0.4  # points, of rules
_ROW_SPACE = 0.16  # lines above and below a row's text
_NARROWEST = 2.5  # em
_HAIR = 1e-6  # points
_ENDLESS = 1e5  # points: a line on which any cell's text has room


@dataclass(frozen=True, slots=True)
class Row:
    """Draws a row: the strips of its cells side by side, and the rules that touch it.

    Attributes:
        cells: lines of each cell.
        edges: of the columns, from the page column's left edge, one more than there are cells.
        above, below: thickness of the rules over and under it, points; 0 is none.
        grid: whether rules stand between the columns too.
    """

    cells: Sequence[Sequence[Strip]]
    edges: Sequence[float]
    padding: float
    space: float
    height: float
    above: float
    below: float
    grid: bool

    def __call__(self, canvas: Canvas, left: float, top: float) -> None:
        """Draws it, given the left edge of its column and its own upper edge."""
        for cell, edge in zip(self.cells, self.edges, strict=False):
            y = top + self.space
            for strip in cell:
                if strip.draw is not None:
                    strip.draw(canvas, left + edge + self.padding, y)
                y += strip.height
        for y, thickness in ((top, self.above), (top + self.height, self.below)):
            if thickness:
                canvas.rule(left + self.edges[0], left + self.edges[-1], y, thickness)
        for edge in self.edges if self.grid else ():
            x, half = left + edge, _LIGHT / 2
            canvas.rectangles.append(Rectangle(x - half, top, x + half, top + self.height, BLACK))


def table(press: Press, block: Block) -> list[Strip]:
    """A table with rules as in books, or with a grid; its rows stay together."""
    voice = press.voice("table")
    columns = max((len(row) for row in block.cells), default=0)
    if not columns:
        return []
    rows = [(*row, *((),) * (columns - len(row))) for row in block.cells]
    rows[0] = tuple(tuple(_bold(word) for word in cell) for cell in rows[0])
    padding = min(_PADDING * voice.size, 0.15 * press.width / columns)
    whole = [[measured(cell, voice, _ENDLESS) for cell in row] for row in rows]
    edges = _edges(whole, voice, press.width, padding)
    grid = press.layout.table_rules == "grid"
    strips = []
    for number, row in enumerate(rows):
        measures = [right - left - 2 * padding + _HAIR for left, right in pairwise(edges)]
        cells = [_cell(*cell) for cell in zip(row, whole[number], measures, strict=True)]
        space = _ROW_SPACE * voice.leading
        height = max(sum(strip.height for strip in cell) for cell in cells) + 2 * space
        above, below = _rules(number, len(rows), grid)
        row_drawn = Row(cells, edges, padding, space, height, above, below, grid)
        strips.append(Strip(height, row_drawn, keep=number < len(rows) - 1))
    return spaced(strips, 0.8 * press.line, 0.8 * press.line)


def _rules(number: int, count: int, grid: bool) -> tuple[float, float]:
    """Thickness of the rules over and under row `number`."""
    if grid:
        return _LIGHT if number == 0 else 0.0, _LIGHT
    below = _HEAVY if number == count - 1 else _LIGHT if number == 0 else 0.0
    return _HEAVY if number == 0 else 0.0, below


def _bold(word: Word) -> Word:
    """A word of the table's head."""
    if isinstance(word, str):
        return (Span(word, "bold"),)
    return tuple(replace(span, style="bold") if span.style == "roman" and span.link is None else span for span in word)


def _cell(words: Sequence[Word], whole: Material, measure: float) -> list[Strip]:
    """The lines of a cell, given its words and what they are on one line."""
    material = whole if whole.width <= measure else measured(words, whole.voice, measure)
    return paragraph(material, Shape(measure, hyphenated=True)) or [Strip(whole.voice.leading)]


def _edges(rows: Sequence[Sequence[Material]], voice: Voice, width: float, padding: float) -> list[float]:
    """Edges of the columns: as wide as their longest cell, or the widest ones narrowed until all fit."""
    columns = list(zip(*rows, strict=True))
    share = width / len(columns) - 2 * padding
    smallest = min(_NARROWEST * voice.size, share)
    least = np.array([max(smallest, *(_least(cell, share) for cell in column)) for column in columns]) + 2 * padding
    wanted = np.maximum(np.array([max(cell.width for cell in column) for column in columns]) + 2 * padding, least)
    widths = _narrowed(wanted, least, width)
    left = (width - widths.sum()) / 2
    return [left, *(left + np.cumsum(widths)).tolist()]


def _least(cell: Material, share: float) -> float:
    """Room that a cell needs: for its links' prefixes, which are never divided, and for its words if they are short."""
    least = 0.0
    for type_, left, right in zip(cell.types, cell.lefts, cell.rights, strict=True):
        if type_.prefix:
            least = max(least, right - left + cell.voice.size)
        elif type_.link is None:
            least = max(least, min(right - left, share))
    return least


def _narrowed(wanted: Floats, least: Floats, room: float) -> Floats:
    """Widths that share the room: as wanted, or all equally wide that want more, but none below its least."""
    widths, held = wanted, np.zeros(len(wanted), bool)
    while widths.sum() > room + _HAIR and not held.all():
        left = _levelled(wanted[~held], room - float(least[held].sum()))
        widths = least.copy()
        widths[~held] = left
        held |= widths < least
        widths = np.maximum(widths, least)
    return widths * min(1.0, room / float(widths.sum()))


def _levelled(wanted: Floats, room: float) -> Floats:
    """The greatest widths of at most `room` together of which none is more than wanted, the cut ones being equal."""
    ranked = np.sort(wanted)
    kept = np.cumsum(ranked) - ranked
    limits = (room - kept) / np.arange(len(wanted), 0, -1)
    cut = limits <= ranked
    return np.minimum(wanted, limits[np.argmax(cut)]) if cut.any() else wanted
