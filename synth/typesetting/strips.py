"""Strips: what a column is filled with from top to bottom, and how a paragraph becomes strips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from synth.recipe import BLACK
from synth.scene import Rgb
from synth.typesetting import breaking
from synth.typesetting.canvas import Canvas
from synth.typesetting.material import Material
from synth.typesetting.voice import Type, Voice

Draw = Callable[[Canvas, float, float], None]
"""Draws a strip, given the left edge of its column and its own upper edge."""

_WIDEST_SPACE = 0.8  # em; a line that would need wider ones stays ragged
_ABOVE_BASELINE = 0.3  # em of a line that stand above the middle between baselines


@dataclass(frozen=True, slots=True)
class Box:
    """What stands behind all strips that share it: kind `frame`, `tint` or `bar`, edges from the column's left edge."""

    kind: str
    left: float
    right: float
    ink: Rgb = BLACK
    tone: float = 0.08


@dataclass(slots=True)
class Strip:
    """A part of a column that is never cut: a line of text, a picture, a row of a table.

    Attributes:
        height: points.
        before, after: empty space wanted above and below; between two strips the greater one counts.
        keep: whether the next strip must stand in the same column.
    """

    height: float
    draw: Draw | None = None
    before: float = 0.0
    after: float = 0.0
    keep: bool = False
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Galley:
    """The strips of a block; one that floats may stand at the head of a later column, whole."""

    strips: Sequence[Strip]
    floats: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a paragraph's first line, `left` points from the column's edge."""

    type: Type
    text: str
    left: float


@dataclass(frozen=True, slots=True)
class Shape:
    """The outline of a paragraph, points.

    Attributes:
        width: from the column's left edge to the ends of its lines.
        indents: of its lines; the last one holds for all that follow.
        align: justified, ragged, centred, or right.
        label: hangs before the first line.
    """

    width: float
    indents: tuple[float, ...] = (0.0,)
    align: str = "ragged"
    hyphenated: bool = False
    label: Label | None = None

    @property
    def measures(self) -> tuple[float, ...]:
        """Widths of the lines."""
        return tuple(self.width - indent for indent in self.indents)


def baseline_below(voice: Voice) -> float:
    """How far below the upper edge of its strip a line's baseline stands."""
    return 0.5 * voice.leading + _ABOVE_BASELINE * voice.size


def paragraph(material: Material, shape: Shape) -> list[Strip]:
    """A paragraph's lines; its first and its last two stay together."""
    broken = breaking.lines(material, shape.measures, shape.align == "justified", shape.hyphenated)
    voice, last = material.voice, len(broken) - 1
    label = shape.label
    return [
        Strip(
            voice.leading,
            SetLine(material, line, shape, number, label if number == 0 else None),
            keep=number < last and number in (0, last - 1),
        )
        for number, line in enumerate(broken)
    ]


@dataclass(frozen=True, slots=True)
class SetLine:
    """Draws line `number` of a paragraph."""

    material: Material
    line: breaking.Line
    shape: Shape
    number: int
    label: Label | None

    def __call__(self, canvas: Canvas, left: float, top: float) -> None:
        """Draws it, given the left edge of its column and its own upper edge."""
        shape, voice, line = self.shape, self.material.voice, self.line
        baseline = top + baseline_below(voice)
        indent = shape.indents[min(self.number, len(shape.indents) - 1)]
        room, stretch = shape.width - indent - line.width, 0.0
        if shape.align == "centred":
            indent += room / 2
        elif shape.align == "right":
            indent += room
        elif shape.align == "justified" and line.gaps and (room < 0 or not line.final):
            stretch = room / line.gaps
            if voice.space + stretch > _WIDEST_SPACE * voice.size:
                stretch = 0.0
        if self.label is not None:
            canvas.text(self.label.type, self.label.text, left + self.label.left, baseline)
        canvas.line(self.material, line, left + indent, baseline, stretch)
