"""Draws the recipe of a page: the only place where chance enters.

Everything behind it (`typeset`, `ink`, `paper`, `camera`) is a pure function of the recipe.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from conf.schema.link import LinkConfig
from conf.schema.synth import SynthConfig
from synth import fonts, links, words
from synth.chance import Chance
from synth.recipe import BLACK, Block, Layout, Link, Recipe, Span
from synth.sampling import scene
from synth.scene import Rgb

# Inks that printed links were seen in, blue by far the commonest.
_INKS: tuple[Rgb, ...] = ((0.02, 0.08, 0.55), (0.0, 0.15, 0.75), (0.0, 0.25, 0.35), (0.4, 0.0, 0.02), (0.5, 0.0, 0.35))
_INK_SHARES = (0.45, 0.25, 0.12, 0.12, 0.06)
_INTRODUCTIONS = ("see", "at", "visit", "from", "online:", "URL:", "Available at", "download", "via", "also")
# Characters that fit into an em of running text, on average; enough to overfill the page a little.
_CHARACTERS_PER_EM = 2.3
# Of a text as long as estimated this share surely fits on the page: links stand within it.
_FILLED = 0.6


def sample(config: SynthConfig, index: int) -> Recipe:
    """The recipe of page `index`; depends on the configuration, its seed, and the index alone."""
    rng = np.random.default_rng(np.random.SeedSequence(config.seed, spawn_key=(index,)))
    layout = _layout(config, rng)
    footnotes_wanted = rng.random() < config.page.footnote_share
    chosen = tuple(_link(config.link, footnotes_wanted, rng) for _ in range(_link_count(config.link, rng)))
    blocks = _blocks(config, layout, chosen, rng)
    notes = _footnotes(config, chosen, rng) if footnotes_wanted else ()
    return Recipe(
        seed=config.seed,
        index=index,
        layout=layout,
        blocks=blocks,
        footnotes=notes,
        links=chosen,
        paper=scene.paper(config.paper, Chance(config.seed, index, "paper")),
        camera=scene.camera(config.camera, len(chosen), Chance(config.seed, index, "camera")),
    )


def _between(rng: np.random.Generator, low_high: Sequence[float]) -> float:
    return float(rng.uniform(low_high[0], low_high[1]))


def _whole_between(rng: np.random.Generator, low_high: Sequence[int]) -> int:
    return int(rng.integers(low_high[0], low_high[1], endpoint=True))


def _layout(config: SynthConfig, rng: np.random.Generator) -> Layout:
    page = config.page
    families = fonts.library(config.font)
    named = {kind: [f.name for f in families.values() if f.kind == kind] for kind in ("serif", "sans", "mono")}
    kind_draw = rng.random()
    mono_end, sans_end = page.mono_share, page.mono_share + page.sans_share
    body_kind = "mono" if kind_draw < mono_end else "sans" if kind_draw < sans_end else "serif"
    body = links.one(rng, named[body_kind])
    return Layout(
        width=page.width_pt,
        height=page.height_pt,
        left=_between(rng, page.margin_pt),
        right=_between(rng, page.margin_pt),
        top=_between(rng, page.margin_pt),
        bottom=_between(rng, page.margin_pt),
        columns=1,
        column_gap=18.0,
        body_pt=round(_between(rng, page.body_pt), 2),
        leading=_between(rng, page.leading),
        tracking=0.0,
        indent=1.5,
        paragraph_gap=0.25,
        justified=bool(rng.random() < page.justified_share),
        hyphenated=bool(rng.random() < page.hyphenated_share),
        body_family=body,
        heading_family=links.one(rng, named["sans"]) if rng.random() < 0.5 else body,
        mono_family=links.one(rng, named["mono"]),
        heading_style="bold",
        heading_size=1.35,
        heading_centred=False,
        code_box="none",
        head_rule=False,
        folio="head",
        running_head=_title(rng) if rng.random() < page.running_head_share else None,
        page_number=int(rng.integers(1, 800)) if rng.random() < 0.85 else None,
    )


def _title(rng: np.random.Generator) -> str:
    return " ".join(links.one(rng, words.word_list()).capitalize() for _ in range(int(rng.integers(2, 6))))


def _link_count(config: LinkConfig, rng: np.random.Generator) -> int:
    if rng.random() < config.empty_share:
        return 0
    return _whole_between(rng, config.per_page)


def _link(config: LinkConfig, footnotes: bool, rng: np.random.Generator) -> Link:
    scheme = links.pick(rng, {s: config.scheme_weights.get(s, 0.0) for s in config.schemes})
    text, prefix = links.link_text(scheme, config, rng)
    coloured = rng.random() < config.coloured_share
    bracketed = rng.random() < config.bracket_share
    return Link(
        text=text,
        prefix=prefix,
        scheme=scheme,
        style=links.pick(rng, config.style_weights),
        ink=_INKS[int(rng.choice(len(_INKS), p=_INK_SHARES))] if coloured else BLACK,
        underline="thin" if rng.random() < config.underlined_share else "none",
        may_wrap=bool(rng.random() < config.wrap_share),
        may_break_after_prefix=bool(rng.random() < config.prefix_break_share),
        bracket=("(" if rng.random() < 0.88 else "<") if bracketed else "",
        place="footnote" if footnotes and rng.random() < config.footnote_share else "text",
    )


def _plain(text: str, style: str = "roman") -> tuple[Span, ...]:
    return (Span(text, style),)


def _link_word(number: int, link: Link, end: str) -> tuple[Span, ...]:
    """A link with the bracket and the punctuation that touch it."""
    closing = {"(": ")", "<": ">", "": ""}[link.bracket] + end
    spans = (Span(link.bracket), Span(link.text, link.style, number), Span(closing))
    return tuple(span for span in spans if span.text)


def _blocks(config: SynthConfig, layout: Layout, chosen: Sequence[Link], rng: np.random.Generator) -> tuple[Block, ...]:
    """Enough paragraphs to fill the page, the links spread over what will be visible of them."""
    lines = (layout.height - layout.top - layout.bottom) / (layout.body_pt * layout.leading)
    capacity = lines * (layout.width - layout.left - layout.right) / layout.body_pt * _CHARACTERS_PER_EM
    waiting = [number for number, link in enumerate(chosen) if link.place != "footnote"]
    places = sorted(float(p) for p in rng.uniform(0.02, _FILLED, len(waiting)) * capacity)
    decoys = sorted(
        float(p) for p in rng.uniform(0.02, _FILLED, _whole_between(rng, config.link.decoys_per_page)) * capacity
    )
    blocks: list[Block] = []
    written = 0.0
    while written < capacity:
        if rng.random() < config.page.heading_share:
            blocks.append(Block("heading", tuple(_plain(word) for word in _title(rng).split())))
        kind = "item" if rng.random() < config.page.list_share else "paragraph"
        block: list[tuple[Span, ...]] = []
        for _ in range(int(rng.integers(1, 3 if kind == "item" else 7))):
            said = [_plain(word) for word in words.sentence(rng, config.page.text_file)]
            written += sum(len(w[0].text) + 1 for w in said)
            if decoys and decoys[0] < written:
                decoys.pop(0)
                said.insert(int(rng.integers(len(said))), _plain(*links.decoy(rng)))
            while places and places[0] < written:
                places.pop(0)
                _insert_link(said, number := waiting.pop(0), chosen[number], rng)
                written += len(chosen[number].text)
            block += said
        blocks.append(Block(kind, tuple(block), "•" if kind == "item" else ""))
    return tuple(blocks)


def _insert_link(said: list[tuple[Span, ...]], number: int, link: Link, rng: np.random.Generator) -> None:
    """Puts a link into a sentence: at its end before the full stop, or somewhere within."""
    if rng.random() < 0.4:
        stem = said[-1][0].text.rstrip(".?")
        said[-1:] = [_plain(stem), _link_word(number, link, ".")] if stem else [_link_word(number, link, ".")]
        return
    place = int(rng.integers(1, len(said))) if len(said) > 1 else 0
    introduction = [_plain(word) for word in links.one(rng, _INTRODUCTIONS).split()] if rng.random() < 0.5 else []
    said[place:place] = [*introduction, _link_word(number, link, "," if rng.random() < 0.15 else "")]


def _footnotes(config: SynthConfig, chosen: Sequence[Link], rng: np.random.Generator) -> tuple[Block, ...]:
    notes: list[Block] = []
    numbers: list[int | None] = [number for number, link in enumerate(chosen) if link.place == "footnote"]
    for position, number in enumerate(numbers or [None], start=1):
        note = [_plain(str(position)), *(_plain(word) for word in words.sentence(rng, config.page.text_file)[:8])]
        if number is not None:
            note.append(_link_word(number, chosen[number], "." if rng.random() < 0.6 else ""))
        notes.append(Block("footnote", tuple(note)))
    return tuple(notes)
