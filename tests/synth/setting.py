"""Recipes made by hand, and what a page set from them says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from conf import app
from conf.schema.synth import SynthConfig
from synth import fonts, shaping
from synth.fonts import Family, faces
from synth.page import GlyphRun, Page, Rectangle
from synth.recipe import BLACK, Block, Layout, Link, Span, Word
from synth.sample import sample
from synth.typeset import typeset

CONFIG = app.composed("synth", SynthConfig, [])
FAMILIES: Mapping[str, Family] = fonts.library(CONFIG.font)
_TEXT = (
    "The printed page is an old machine for reading, and most of what makes it work is invisible to those who use it. "
    "Its margins hold the thumb; its lines are as long as the eye can follow without losing its way back to the left. "
    "A compositor who knows the trade will divide a word rather than leave a hole in the line, will never let a "
    "heading stand alone at the foot of a column, and considers the space between paragraphs as carefully as letters. "
    "Nevertheless circumstances change: typographical conventions differ between publishers, and well-known technical "
    "documentation in particular tolerates considerable irregularity."
)
_WORDS = _TEXT.split()


def named(kind: str) -> list[str]:
    """Names of the families of a kind."""
    return [family.name for family in FAMILIES.values() if family.kind == kind]


def layout(**changes: Any) -> Layout:
    """A plain page of a book."""
    plain: dict[str, Any] = {
        "width": 432.0, "height": 648.0, "left": 54.0, "right": 50.0, "top": 60.0, "bottom": 56.0,
        "columns": 1, "column_gap": 18.0, "body_pt": 10.0, "leading": 1.25, "tracking": 0.0, "indent": 1.5,
        "paragraph_gap": 0.0, "justified": True, "hyphenated": True, "body_family": named("serif")[0],
        "heading_family": named("sans")[0], "mono_family": named("mono")[0], "heading_style": "bold",
        "heading_size": 1.5, "heading_centred": False, "code_box": "none", "running_head": None, "head_rule": False,
        "page_number": None, "folio": "none",
    }  # fmt: skip
    return Layout(**{**plain, **changes})


def link(text: str, **changes: Any) -> Link:
    """A link in roman that may wrap."""
    prefix = text[: text.index("//") + 2] if "//" in text else "www."
    plain: dict[str, Any] = {"style": "roman", "ink": BLACK}
    return Link(text, prefix, prefix.rstrip(":/."), **{**plain, **changes})


def words(count: int, start: int = 0) -> tuple[str, ...]:
    """So many words of running text."""
    return tuple(_WORDS[(start + number) % len(_WORDS)] for number in range(count))


def linked(links: Sequence[Link], number: int = 0, opening: str = "", closing: str = "") -> Word:
    """A link as a word, with what touches it."""
    spans = Span(opening), Span(links[number].text, links[number].style, number), Span(closing)
    return tuple(span for span in spans if span.text)


def page(
    blocks: Iterable[Block], links: Sequence[Link] = (), notes: Iterable[Block] = (), look: Layout | None = None
) -> Page:
    """The page set from these."""
    recipe = replace(
        sample(CONFIG, 0),
        layout=look or layout(),
        blocks=tuple(blocks),
        footnotes=tuple(notes),
        links=tuple(links),
    )
    return typeset(recipe, FAMILIES)


def right_end(run: GlyphRun) -> float:
    """Where the pen stands after the last glyph."""
    shaper = faces.shaper(run.font)
    return float(run.xs[-1]) + shaper.get_glyph_h_advance(int(run.glyphs[-1])) / shaper.face.upem * run.size


def spelled(run: GlyphRun, text: str) -> str:
    """The characters that a run draws, by glyphs that pieces of `text` are drawn with."""
    pieces = {text[a:b] for a in range(len(text)) for b in range(a + 1, min(a + 4, len(text) + 1))}
    shaped = {piece: shaping.shape(run.font, piece).glyphs for piece in sorted(pieces)}
    letters = {int(glyphs[0]): piece for piece, glyphs in shaped.items() if len(glyphs) == 1}
    return "".join(letters.get(glyph, "?") for glyph in run.glyphs.tolist())


def rows(runs: Iterable[GlyphRun]) -> list[list[GlyphRun]]:
    """Runs by baseline, from top to bottom, each row from left to right."""
    by_baseline: dict[float, list[GlyphRun]] = {}
    for run in runs:
        by_baseline.setdefault(round(run.baseline, 3), []).append(run)
    return [sorted(by_baseline[y], key=lambda run: float(run.xs[0])) for y in sorted(by_baseline)]


def ink(run: GlyphRun) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what a run prints."""
    drawn = [(x, shaping.outline(run.font, glyph)) for x, glyph in zip(run.xs, run.glyphs.tolist(), strict=True)]
    points = np.concatenate([[x, 0.0] + outline * run.size for x, outline in drawn if len(outline)])
    (left, low), (right, high) = points.min(axis=0), points.max(axis=0)
    return float(left), run.baseline - float(high), float(right), run.baseline - float(low)


def rules(page: Page) -> list[Rectangle]:
    """Horizontal rules, from top to bottom."""
    return sorted((r for r in page.rectangles if r.bottom - r.top < 2), key=lambda rule: rule.top)
