"""What readers and time leave on a page: stains, folds, pen and highlighter, dust; chosen here, drawn from a seed each.

A new kind of mark is a drawer in `DRAWERS` and a place for it in `choose`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from synth.layers import Layer
from synth.marks import folds, pen, stains, stuck
from synth.marks.choice import choose
from synth.marks.highlighter import highlighter
from synth.marks.place import Line
from synth.scene import Mark

if TYPE_CHECKING:
    from synth.ink import Raster

__all__ = ["DRAWERS", "choose", "draw"]

DRAWERS: dict[str, Callable[[Mark, Raster, Sequence[Line]], list[Layer]]] = {
    "ring": stains.ring,
    "blot": stains.blot,
    "water": stains.water,
    "foxing": stains.foxing,
    "dust": stains.dust,
    "fold": folds.fold,
    "dog_ear": folds.dog_ear,
    "tape": stuck.tape,
    "tab": stuck.tab,
    "note": pen.note,
    "underline": pen.underline,
    "circle": pen.circle,
    "tick": pen.tick,
    "bar": pen.bar,
    "highlighter": highlighter,
}


def draw(marks: Sequence[Mark], raster: Raster, lines: Sequence[Line]) -> list[Layer]:
    """The marks that the raster sees, as layers inside it, in the order in which they lie over the print.

    Args:
        marks: as `choose` gave them.
        raster: the window of the page that is drawn.
        lines: (left, right, baseline) of the lines of text, page points: highlighter, underline and circle follow the
            line nearest to their place, and are left out on a page without text.
    """
    return [layer for mark in marks for layer in DRAWERS[mark.kind](mark, raster, lines)]
