"""Writes what is printed on a loose slip, a receipt or a card, and cuts the slip to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from conf.schema.synth import SynthConfig
from synth.chance import Chance
from synth.fonts import Family
from synth.recipe import Block, Layout, Link, Word
from synth.sampling import cards, receipts
from synth.typeset import depth

Blocks = tuple[Block, ...]
Deep = Callable[[Blocks, Layout], float]
"""How deep these blocks are when set so, points."""
_WRITERS = {"receipt": receipts.blocks, "card": cards.blocks}
_SMALLEST = 4.0  # points of type
_MUCH = 1.25  # of the room
_SPARE = 1.0  # points, so that no rounding pushes the last line off


def write(
    config: SynthConfig,
    layout: Layout,
    families: Mapping[str, Family],
    links: tuple[Link, ...],
    stream: Callable[[str], Chance],
) -> tuple[Layout, tuple[Block, ...]]:
    """(layout, blocks) of a receipt, which ends below its text, or of a card, on which the text finds room.

    `stream` gives the chance of a part by its name.
    """
    chance = stream("text")
    decoys = [chance.pick(config.link.decoy_weights) for _ in range(chance.whole(config.link.decoys_per_page))]
    capitals = chance.share(config.page.capitals_share)
    blocks = _WRITERS[config.page.kind](config.page, layout, links, decoys, chance)
    if capitals:
        blocks = [_in_capitals(block) for block in blocks]
    fit = _cut if config.page.kind == "receipt" else _placed
    return fit(layout, tuple(blocks), lambda shown, look: depth(shown, look, links, families), chance)


def _in_capitals(block: Block) -> Block:
    cells = tuple(tuple(tuple(map(_capitals, cell)) for cell in row) for row in block.cells)
    return replace(block, words=tuple(map(_capitals, block.words)), cells=cells)


def _capitals(word: Word) -> Word:
    if isinstance(word, str):
        return word.upper()
    return tuple(span if span.link is not None else replace(span, text=span.text.upper()) for span in word)


def _cut(layout: Layout, blocks: Blocks, deep: Deep, chance: Chance) -> tuple[Layout, Blocks]:
    """The strip torn off below its last line."""
    needed = deep(blocks, layout) + layout.top + layout.bottom + _SPARE
    return replace(layout, height=min(layout.height, needed)), blocks


def _placed(layout: Layout, blocks: Blocks, deep: Deep, chance: Chance) -> tuple[Layout, Blocks]:
    """The text between the upper and the lower margin, smaller where it is too much, and if much without picture."""
    room = layout.height - layout.top - layout.bottom - _SPARE
    if deep(blocks, layout) > _MUCH * room:
        blocks = tuple(block for block in blocks if block.kind != "figure")
    while (needed := deep(blocks, layout)) > room and layout.body_pt > _SMALLEST:
        layout = replace(layout, body_pt=round(layout.body_pt * max(0.7, 0.98 * room / needed), 2))
    return replace(layout, top=layout.top + max(room - needed, 0.0) * chance.between((0, 1))), blocks
