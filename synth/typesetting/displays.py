"""How blocks are set that are no running text: code, figures, captions."""

from __future__ import annotations

from dataclasses import dataclass

from synth.fonts import Font
from synth.page import Picture
from synth.recipe import Block, Figure, Span
from synth.typesetting.canvas import Canvas
from synth.typesetting.material import measured, verbatim
from synth.typesetting.press import Press, spaced
from synth.typesetting.strips import Box, Shape, Strip, paragraph
from synth.typesetting.voice import Voice

_CODE_INDENT, _BOX_PADDING = 1.2, 0.7  # em
_CONTINUED = 2.0  # em: indent of what of a line of code goes on below
_TALLEST = 0.55  # of a column, for a figure
_AROUND = 0.7  # lines above and below code and a figure
_SIDES = {"": 0.5, "left": 0.0, "centred": 0.5, "right": 1.0}  # share of a column's white that lies left of a figure


def code(press: Press, block: Block) -> list[Strip]:
    """A listing: each line as it is; what is too long goes on below, indented."""
    voice, kind = press.voice("code"), press.layout.code_box
    box = None if kind == "none" else Box(kind, 0.0, press.width)
    padding = _BOX_PADDING * voice.size
    left = _CODE_INDENT * voice.size if box is None else padding
    right = press.width if box is None else press.width - padding
    strips = [strip for line in block.lines for strip in _code_line(line, voice, left, right)]
    return _boxed(press, strips, box, padding)


def _boxed(press: Press, strips: list[Strip], box: Box | None, padding: float) -> list[Strip]:
    """Strips that share a box, if any; its first lines stay together, and its last ones."""
    if box is not None:
        strips = [Strip(0.6 * padding, keep=True), *strips, Strip(0.6 * padding)]
    for place, strip in enumerate(strips):
        strip.box = box
        strip.keep = strip.keep or place in (0, 1, len(strips) - 3, len(strips) - 2)
    strips[-1].keep = False
    return spaced(strips, _AROUND * press.line, _AROUND * press.line)


def aside(press: Press, block: Block) -> list[Strip]:
    """A note in its box, under its title if it has one."""
    layout, voice = press.layout, press.voice("aside")
    padding = _BOX_PADDING * voice.size
    measure = press.width - 2 * padding
    strips: list[Strip] = []
    if block.label:
        title = measured(tuple((Span(word, "bold"),) for word in block.label.split()), press.voice("title"), measure)
        strips = paragraph(title, Shape(press.width - padding, (padding,)))
        for strip in strips:
            strip.keep = True
    shape = Shape(press.width - padding, (padding,), press.align, layout.hyphenated)
    strips += paragraph(measured(block.words, voice, measure), shape)
    box = Box(layout.aside_box, 0.0, press.width, layout.aside_ink, layout.aside_tone)
    return _boxed(press, strips, box, padding)


def _code_line(spans: tuple[Span, ...], voice: Voice, left: float, right: float) -> list[Strip]:
    indented = "".join(span.text for span in spans)
    blanks = len(indented) - len(indented.lstrip(" "))
    if blanks == len(indented):
        return [Strip(voice.leading)]
    # Depth that leaves no room for code is cut: printers do that too.
    first = min(left + blanks * voice.space, left + 0.4 * (right - left))
    further = min(first + _CONTINUED * voice.size, left + 0.45 * (right - left))
    strips = paragraph(verbatim(spans, voice, right - further), Shape(right, (first, further)))
    for strip in strips:
        strip.keep = False
    return strips


def figure(press: Press, block: Block) -> list[Strip]:
    """A picture as wide as its recipe says if that is not too tall; centred in the column, or at its labelled side."""
    if block.figure is None:
        return []
    width = block.figure.width * press.width
    width = min(width, _TALLEST * press.height / block.figure.aspect)
    height = width * block.figure.aspect
    family = press.setting.families[press.layout.heading_family]
    font = family.font("bold" if block.figure.kind == "logo" else "roman")
    strip = Strip(height, _Drawn(block.figure, font, (press.width - width) * _SIDES[block.label], width, height))
    return spaced([strip], _AROUND * press.line, _AROUND * press.line)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Draws a figure, `indent` points from its column's edge."""

    figure: Figure
    font: Font
    indent: float
    width: float
    height: float

    def __call__(self, canvas: Canvas, left: float, top: float) -> None:
        """Draws it, given the left edge of its column and its own upper edge."""
        x = left + self.indent
        picture = Picture(x, top, x + self.width, top + self.height, self.figure.kind, self.figure.seed, self.font)
        canvas.pictures.append(picture)


def caption(press: Press, block: Block) -> list[Strip]:
    """A caption: centred if it is one line."""
    voice = press.voice("caption")
    words = (*((Span(part, "bold"),) for part in block.label.split()), *block.words)
    material = measured(words, voice, press.width)
    align = "centred" if material.width <= press.width else press.align
    strips = paragraph(material, Shape(press.width, (0.0,), align, press.layout.hyphenated))
    return spaced(strips, _AROUND * press.line, _AROUND * press.line)
