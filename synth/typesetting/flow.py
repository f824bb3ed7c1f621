"""Fills columns with strips from top to bottom; what finds no room any more is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synth.typesetting import canvas as canvases
from synth.typesetting.canvas import Canvas
from synth.typesetting.strips import Box, Galley, Strip

_HAIR = 0.01


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column stands on the page, points."""

    left: float
    top: float
    floor: float


@dataclass(slots=True)
class _Boxed:
    """A box as far as it reaches in a column."""

    box: Box
    left: float
    top: float
    bottom: float


def height(strips: Sequence[Strip], above: Strip | None = None) -> float:
    """Of strips below what stands in the column already, the space above them included; points."""
    total = 0.0
    for strip in strips:
        total += _gap(above, strip) + strip.height
        above = strip
    return total


def _gap(above: Strip | None, strip: Strip) -> float:
    return 0.0 if above is None else max(above.after, strip.before)


class Flow:
    """The cursor that walks down the columns of a page."""

    def __init__(self, columns: Sequence[Column], canvas: Canvas) -> None:
        """Begins at the top of the first column."""
        self.columns, self.canvas = columns, canvas
        self.number, self.y = 0, columns[0].top
        self.above: Strip | None = None
        self.chain: list[Strip] = []
        self.waiting: list[Sequence[Strip]] = []
        self.boxed: list[_Boxed] = []

    def add(self, galley: Galley) -> bool:
        """Places a block, what must stay with its next one excepted; False once the page is full."""
        if galley.floats and not self.chain:
            if not self.waiting and self._fits(galley.strips):
                self._place(galley.strips)
            else:
                self.waiting.append(galley.strips)
            return True
        for strip in galley.strips:
            self.chain.append(strip)
            if not strip.keep and not self._commit():
                return False
        return True

    def finish(self) -> None:
        """Draws the boxes, and what waits for the head of a column that no text has reached."""
        while self.waiting and self._next_column():
            continue
        for part in self.boxed:
            edges = part.left + part.box.left, part.top, part.left + part.box.right, part.bottom
            canvases.box(self.canvas, edges, part.box.kind, part.box.ink, part.box.tone)

    def _commit(self) -> bool:
        """Places the strips that must stay together; False if no column has room for them."""
        chain, self.chain = self.chain, []
        while not self._fits(chain):
            if self.above is None and self._height(chain) > self.columns[self.number].floor - self.y:
                return self._place_some(chain)
            if not self._next_column():
                return False
        self._place(chain)
        return True

    def _place_some(self, chain: Sequence[Strip]) -> bool:
        """Strips that no column can hold together: as many as go into each."""
        for strip in chain:
            while not self._fits([strip]):
                if not self._next_column():
                    return False
            self._place([strip])
        return True

    def _next_column(self) -> bool:
        if self.number + 1 == len(self.columns):
            return False
        self.number += 1
        self.y, self.above = self.columns[self.number].top, None
        waiting, self.waiting = self.waiting, []
        for strips in waiting:
            if self._fits(strips):
                self._place(strips)
            else:
                self.waiting.append(strips)
        return True

    def _height(self, strips: Sequence[Strip]) -> float:
        return height(strips, self.above)

    def _fits(self, strips: Sequence[Strip]) -> bool:
        return self.y + self._height(strips) <= self.columns[self.number].floor + _HAIR

    def _place(self, strips: Sequence[Strip]) -> None:
        left = self.columns[self.number].left
        for strip in strips:
            self.y += _gap(self.above, strip)
            if strip.draw is not None:
                strip.draw(self.canvas, left, self.y)
            bottom = self.y + strip.height
            if strip.box is not None:
                self._extend(strip.box, left, self.y, bottom)
            self.y, self.above = bottom, strip

    def _extend(self, box: Box, left: float, top: float, bottom: float) -> None:
        last = self.boxed[-1] if self.boxed else None
        if last is not None and last.box is box and last.left == left:
            last.bottom = bottom
        else:
            self.boxed.append(_Boxed(box, left, top, bottom))
