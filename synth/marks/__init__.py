"""What readers and time leave on a page: stains, folds, pen and highlighter, dust; chosen here, drawn from a seed each.

A new kind of mark is a drawer in `DRAWERS` and a place for it in `choose`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from synth.layers import Layer
from synth.marks.choice import choose
from synth.marks.felt import highlighter
from synth.marks.folds import dog_ear, fold
from synth.marks.pen import bar, circle, note, tick, underline
from synth.marks.place import Line
from synth.marks.stains import blot, dust, foxing, ring, water
from synth.marks.stuck import tab, tape
from synth.scene import Mark

if TYPE_CHECKING:
    from synth.ink import Raster

__all__ = ["DRAWERS", "choose", "draw"]

DRAWERS: dict[str, Callable[[Mark, Raster, Sequence[Line]], list[Layer]]] = {
    "ring": ring,
    "blot": blot,
    "water": water,
    "foxing": foxing,
    "dust": dust,
    "fold": fold,
    "dog_ear": dog_ear,
    "tape": tape,
    "tab": tab,
    "note": note,
    "underline": underline,
    "circle": circle,
    "tick": tick,
    "bar": bar,
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
