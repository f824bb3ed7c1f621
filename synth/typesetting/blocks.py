"""How blocks of running text are set: paragraphs, headings, lists, quotes, bibliographies, footnotes."""

from __future__ import annotations

from collections.abc import Sequence

from synth import shaping
from synth.recipe import Block, Span, Word
from synth.typesetting.material import measured
from synth.typesetting.press import Press, spaced
from synth.typesetting.strips import Label, Shape, Strip, paragraph
from synth.typesetting.voice import Type, Voice

_HANG = 1.7  # em: indent of a list's text behind its label, and of a bibliography's further lines
_LABEL_GAP = 0.5  # em, between a label and its text
_WIDEST_KEY = 4.0  # em; a longer label of a bibliography's entry stands in its first line
_QUOTE_INDENT = 1.8  # em
_HEADING_SPACE = {1: (1.5, 0.6), 2: (1.2, 0.45), 3: (0.9, 0.25)}  # above and below, lines
_LIST_SPACE = 0.35  # lines, above and below a list and a quote


def text(press: Press, block: Block, before: Block | None) -> list[Strip]:
    """A paragraph; what follows a heading is not indented."""
    layout, voice = press.layout, press.body
    follows_heading = before is not None and before.kind == "heading"
    indent = 0.0 if follows_heading or block.drop_cap else layout.indent * voice.size
    strips = _with_initial(press, block) if block.drop_cap else []
    if not strips:
        shape = Shape(press.width, (indent, 0.0), press.align, layout.hyphenated)
        strips = paragraph(measured(block.words, voice, press.width - indent), shape)
    gap = layout.paragraph_gap * press.line
    return spaced(strips, gap, gap)


def _with_initial(press: Press, block: Block) -> list[Strip]:
    """A paragraph with a large initial, two or three lines high; nothing if it has no letter or is too short."""
    split = _initial(block.words)
    if split is None:
        return []
    letter, words = split
    voice = press.body
    for lines in (3, 2):
        label, indent = _drop_cap(voice, letter, lines)
        shape = Shape(press.width, (indent,) * lines + (0.0,), press.align, press.layout.hyphenated, label)
        strips = paragraph(measured(words, voice, press.width - indent), shape)
        if len(strips) > lines:
            for strip in strips[:lines]:
                strip.keep = True
            return strips
    return []


def _initial(words: Sequence[Word]) -> tuple[str, Sequence[Word]] | None:
    """The first letter, and the words without it."""
    first = words[0] if words else ""
    span = Span(first) if isinstance(first, str) else first[0]
    if span.link is not None or not span.text[:1].isalpha():
        return None
    rest = () if isinstance(first, str) else first[1:]
    left = tuple(s for s in (Span(span.text[1:], span.style), *rest) if s.text)
    return span.text[0].upper(), [*([left] if left else []), *words[1:]]


def _drop_cap(voice: Voice, letter: str, lines: int) -> tuple[Label, float]:
    """The initial, as high as capitals from the first line to the baseline of the last; and the indent beside it."""
    font = voice.base.font
    cap_height = shaping.metrics(font).cap_height
    size = ((lines - 1) * voice.leading + cap_height * voice.size) / cap_height
    type_ = Type(font, size, rise=-(lines - 1) * voice.leading)
    ink = shaping.outline(font, type_.shape(letter).glyphs[0])[:, 0] * size
    return Label(type_, letter, -float(ink.min())), float(ink.max() - ink.min()) + 0.25 * voice.size


def heading(press: Press, block: Block) -> list[Strip]:
    """A heading: never hyphenated, never apart from what follows."""
    voice = press.voice("heading", block.level)
    align = "centred" if press.layout.heading_centred else "ragged"
    words = (*block.label.split(), *block.words)
    strips = paragraph(measured(words, voice, press.width), Shape(press.width, align=align))
    for strip in strips:
        strip.keep = True
    above, below = _HEADING_SPACE[min(block.level, 3)]
    return spaced(strips, above * press.line, below * press.line)


def item(press: Press, block: Block, before: Block | None, after: Block | None) -> list[Strip]:
    """An item of a list: its bullet or number hangs before it, deeper with each level."""
    voice, layout = press.body, press.layout
    gap = _LABEL_GAP * voice.size
    label_width = voice.base.width(block.label)
    left = (block.level - 1) * _HANG * voice.size
    hang = left + max(_HANG * voice.size, label_width + gap)
    label = Label(voice.base, block.label, hang - gap - label_width)
    shape = Shape(press.width, (hang,), press.align, layout.hyphenated, label)
    strips = paragraph(measured(block.words, voice, press.width - hang), shape)
    edge, inner = _LIST_SPACE * press.line, 0.5 * layout.paragraph_gap * press.line
    return spaced(strips, *(inner if near is not None and near.kind == "item" else edge for near in (before, after)))


def quote(press: Press, block: Block) -> list[Strip]:
    """A quotation: indented on both sides."""
    voice = press.voice("quote")
    indent = min(_QUOTE_INDENT * voice.size, 0.08 * press.width)
    shape = Shape(press.width - indent, (indent,), press.align, press.layout.hyphenated)
    strips = paragraph(measured(block.words, voice, press.width - 2 * indent), shape)
    return spaced(strips, 2 * _LIST_SPACE * press.line, 2 * _LIST_SPACE * press.line)


def entry(press: Press, block: Block) -> list[Strip]:
    """An entry of a bibliography: lines after the first hang behind its key, or by a fixed indent."""
    voice = press.voice("entry")
    gap, em = _LABEL_GAP * voice.size, voice.size
    widest, words, label = press.entry_label_width(voice), block.words, None
    if block.label and widest <= _WIDEST_KEY * em:
        hang = widest + gap
        label = Label(voice.base, block.label, hang - gap - voice.base.width(block.label))
        indents: tuple[float, ...] = (hang,)
    else:
        hang, words = _HANG * em, (*block.label.split(), *words)
        indents = (0.0, hang)
    shape = Shape(press.width, indents, press.align, press.layout.hyphenated, label)
    strips = paragraph(measured(words, voice, press.width - hang), shape)
    return spaced(strips, 0.2 * press.line, 0.2 * press.line)


def footnote(press: Press, block: Block) -> list[Strip]:
    """A footnote: its mark small and raised before the first line."""
    voice = press.voice("footnote")
    indent, label = 0.0, None
    if block.label:
        mark = voice.type("superscript")
        label = Label(mark, block.label, 0.6 * voice.size)
        indent = label.left + mark.width(block.label) + 0.15 * voice.size
    shape = Shape(press.width, (indent, 0.0), press.align, press.layout.hyphenated, label)
    return paragraph(measured(block.words, voice, press.width - indent), shape)
