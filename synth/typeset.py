"""Sets a recipe's text as a book page: which glyph stands where, in points, and nothing of pixels.

Page coordinates: points of 1/72 inch, origin at the page's top left corner, y down. A baseline is a y.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from synth import shaping
from synth.fonts import Family
from synth.page import Page
from synth.recipe import Block, Layout, Link, Recipe, Span, Word
from synth.typesetting import blocks, displays, formulas, slips
from synth.typesetting.canvas import Canvas
from synth.typesetting.flow import Column, Flow, height
from synth.typesetting.furniture import furnish
from synth.typesetting.press import Press
from synth.typesetting.strips import Galley, Strip
from synth.typesetting.tables import table
from synth.typesetting.voice import Setting

_NOTES_SHARE = 0.5  # of a column, at most, for footnotes
_RULE_LENGTH = 72.0  # points, of the rule above footnotes
_CAPTION_SPACE = 0.4  # lines, between a caption and what it belongs to
_FLOATING = {("figure", "caption"), ("table", "caption"), ("caption", "table"), ("caption", "figure")}


def typeset(recipe: Recipe, families: Mapping[str, Family]) -> Page:
    """Sets a page; what does not fit at its end is left out, links included.

    Args:
        recipe: what to set, and how.
        families: fonts by family name; those that the layout names must be among them.
    """
    layout = recipe.layout
    setting = Setting(layout, recipe.links, families)
    columns = _columns(layout)
    text = [block for block in recipe.blocks if block.kind != "footnote"]
    notes = [block for block in recipe.blocks if block.kind == "footnote"] + list(recipe.footnotes)
    width = (layout.width - layout.left - layout.right - layout.column_gap * (len(columns) - 1)) / len(columns)
    press = Press(setting, width, columns[0].floor - columns[0].top, recipe.blocks)
    canvas = Canvas(recipe.links)
    furnish(canvas, setting)
    columns = _set_notes(notes, text, press, columns, canvas)
    flow = Flow(columns, canvas)
    for galley in _galleys(text, press):
        if not flow.add(galley):
            break
    flow.finish()
    runs, links = canvas.finished()
    return Page(
        width=layout.width,
        height=layout.height,
        runs=runs,
        rectangles=tuple(canvas.rectangles),
        pictures=tuple(canvas.pictures),
        links=links,
        body_x_height=shaping.metrics(setting.body.font("roman")).x_height * layout.body_pt,
    )


def depth(text: Sequence[Block], layout: Layout, links: tuple[Link, ...], families: Mapping[str, Family]) -> float:
    """How deep a text without footnotes is in a single column of that layout, points."""
    column = layout.height - layout.top - layout.bottom
    press = Press(Setting(layout, links, families), layout.width - layout.left - layout.right, column, text)
    return height([strip for galley in _galleys(text, press) for strip in galley.strips])


def _columns(layout: Layout) -> list[Column]:
    width = (layout.width - layout.left - layout.right - layout.column_gap * (layout.columns - 1)) / layout.columns
    lefts = (layout.left + number * (width + layout.column_gap) for number in range(layout.columns))
    return [Column(left, layout.top, layout.height - layout.bottom) for left in lefts]


def _galleys(text: Sequence[Block], press: Press) -> Iterator[Galley]:
    """The blocks, each as its strips; a caption never leaves its figure or table."""
    waiting: list[Strip] = []
    for number, block in enumerate(text):
        before = text[number - 1] if number else None
        after = text[number + 1] if number + 1 < len(text) else None
        strips = _strips(block, press, before, after)
        floats = block.kind in ("figure", "table") or bool(waiting)
        if waiting and strips:
            waiting[-1].after = strips[0].before = _CAPTION_SPACE * press.line
        strips, waiting = waiting + strips, []
        if not strips:
            continue
        if after is not None and (block.kind, after.kind) in _FLOATING and not (floats and block.kind == "caption"):
            waiting = strips
        else:
            yield Galley(strips, floats)


def _strips(block: Block, press: Press, before: Block | None, after: Block | None) -> list[Strip]:
    match block.kind:
        case "paragraph":
            return blocks.text(press, block, before)
        case "heading":
            return blocks.heading(press, block)
        case "item":
            return blocks.item(press, block, before, after)
        case "quote":
            return blocks.quote(press, block)
        case "equation":
            return formulas.equation(press, block)
        case "aside":
            return displays.aside(press, block)
        case "entry":
            return blocks.entry(press, block)
        case "code":
            return displays.code(press, block)
        case "caption":
            return displays.caption(press, block)
        case "figure":
            return displays.figure(press, block)
        case "table":
            return table(press, block)
        case "left" | "centred" | "right":
            return slips.line(press, block)
        case "row":
            return slips.row(press, block)
        case "rule":
            return slips.rule(press, block)
    raise ValueError(f"A block of kind {block.kind!r} cannot be set.")


def _set_notes(
    notes: Sequence[Block], text: Sequence[Block], press: Press, columns: Sequence[Column], canvas: Canvas
) -> list[Column]:
    """Sets footnotes at the feet of the columns, each about where its mark stands; returns what is left of these."""
    shares = _shares(text) if len(columns) > 1 and notes else {}
    places = [min(int(shares.get(note.label, 0.0) * len(columns)), len(columns) - 1) for note in notes]
    places = list(accumulate(places, max))  # in order, whatever the marks say
    return [
        _noted([note for note, place in zip(notes, places, strict=True) if place == number], press, column, canvas)
        for number, column in enumerate(columns)
    ]


def _shares(text: Sequence[Block]) -> dict[str, float]:
    """What share of a text, in letters, stands before each of its marks, by the mark."""
    found, letters = dict[str, int](), 0
    for span in (span for block in text for word in block.words for span in _spans(word)):
        if span.style == "superscript":
            found.setdefault(span.text.lstrip(","), letters)
        letters += len(span.text) + 1
    return {mark: at / letters for mark, at in found.items()}


def _spans(word: Word) -> tuple[Span, ...]:
    return (Span(word),) if isinstance(word, str) else word


def _noted(notes: Sequence[Block], press: Press, column: Column, canvas: Canvas) -> Column:
    """Sets footnotes at a column's foot under their rule; returns what is left of it."""
    fitting: list[Strip] = []
    used = gap = press.voice("footnote").leading
    for note in notes:
        strips = blocks.footnote(press, note)
        used += sum(strip.height for strip in strips)
        if used > _NOTES_SHARE * press.height:
            break
        fitting += strips
    if not fitting:
        return column
    y = column.floor - sum(strip.height for strip in fitting)
    canvas.rule(column.left, column.left + min(_RULE_LENGTH, 0.4 * press.width), y - 0.35 * gap, 0.5)
    floor = y - gap
    for strip in fitting:
        if strip.draw is not None:
            strip.draw(canvas, column.left, y)
        y += strip.height
    return replace(column, floor=floor)
