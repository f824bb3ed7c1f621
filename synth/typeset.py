"""Sets a recipe's text into lines: which glyph stands where, in page points, and nothing of pixels.

Page coordinates: points of 1/72 inch, origin at the page's top left corner, y down. A baseline is a y.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pyphen

from synth import shaping
from synth.fonts import Family, Font
from synth.page import GlyphRun, Page, PlacedLink, Rectangle
from synth.recipe import BLACK, Block, Recipe, Span, Word
from synth.scene import Rgb

_HEADING_SIZE, _NOTE_SIZE, _HEAD_SIZE = 1.35, 0.82, 0.85
_MONO_SIZE = 0.9  # monospaced letters look larger than serif ones of their size, so books set them smaller
_GREATEST_SPACE = 0.9  # em; a line that would need wider spaces stays ragged
# Where a link may be broken (Chicago Manual of Style, 18th ed., 7.46): after a slash, before other punctuation.
_BREAKS = re.compile(r"(?<=/)|(?=[.?&=#_%~-])")


@dataclass(frozen=True, slots=True)
class _Piece:
    """The least part of a word that a line break cannot divide (ordinary words may still be hyphenated)."""

    text: str
    font: Font
    size: float
    ink: Rgb
    link: int | None
    prefix: bool = False
    may_start_line: bool = False  # within a word: whether the line may end before this piece

    @property
    def width(self) -> float:
        return shaping.shape(self.font, self.text).advance * self.size


@dataclass(slots=True)
class _Line:
    words: list[list[_Piece]] = field(default_factory=list)
    width: float = 0.0


def typeset(recipe: Recipe, families: Mapping[str, Family]) -> Page:
    """Sets a page; what does not fit at its end is left out, links included."""
    return _Setter(recipe, families).page()


class _Setter:
    """The cursor that walks down one page."""

    def __init__(self, recipe: Recipe, families: Mapping[str, Family]) -> None:
        self.recipe, self.families, self.layout = recipe, families, recipe.layout
        self.runs: list[GlyphRun] = []
        self.rules: list[Rectangle] = []
        self.pieces: dict[int, list[tuple[_Piece, GlyphRun]]] = {}
        self.y = self.layout.top

    def page(self) -> Page:
        layout = self.layout
        self._furniture()
        notes = [(block, self._lines(block)) for block in self.recipe.footnotes]
        note_leading = layout.body_pt * _NOTE_SIZE * layout.leading
        notes_height = sum(len(lines) for _, lines in notes) * note_leading + (note_leading if notes else 0)
        floor = layout.height - layout.bottom
        for block in self.recipe.blocks:
            if not self._set_block(block, floor - notes_height):
                break
        self.y = floor - notes_height
        if notes:
            self.rules.append(_rule(layout.left, layout.left + 72, self.y + note_leading / 2, 0.5, BLACK))
            self.y += note_leading
        for block, lines in notes:
            self._set_lines(block, lines, floor + 1)
        metrics = shaping.metrics(self.families[layout.body_family].font("roman"))
        return Page(
            width=layout.width,
            height=layout.height,
            runs=tuple(self.runs),
            rectangles=tuple(self.rules),
            pictures=(),
            links=tuple(
                _placed(number, self.recipe.links[number].text, self.pieces[number]) for number in sorted(self.pieces)
            ),
            body_x_height=metrics.x_height * layout.body_pt,
        )

    def _furniture(self) -> None:
        """Running head and page number."""
        layout, size = self.layout, self.layout.body_pt * _HEAD_SIZE
        font = self.families[layout.body_family]
        if layout.running_head:
            self._place(
                _Piece(layout.running_head, font.font("italic"), size, BLACK, None), layout.left, layout.top * 0.6
            )
        if layout.page_number is not None:
            piece = _Piece(str(layout.page_number), font.font("roman"), size, BLACK, None)
            self._place(piece, layout.width - layout.right - piece.width, layout.top * 0.6)

    def _set_block(self, block: Block, floor: float) -> bool:
        """Sets a block down to the floor; False once the page is full."""
        if block.kind == "heading":
            self.y += 0.8 * self._leading(block)
            if self.y + 3 * self._leading(block) > floor:
                return False
        done = self._set_lines(block, self._lines(block), floor)
        self.y += {"heading": 0.35, "paragraph": 0.25, "item": 0.1}.get(block.kind, 0) * self._leading(block)
        return done

    def _leading(self, block: Block) -> float:
        scale = {"heading": _HEADING_SIZE, "footnote": _NOTE_SIZE}.get(block.kind, 1.0)
        return self.layout.body_pt * scale * self.layout.leading

    def _indent(self, block: Block, first: bool) -> float:
        em = self.layout.body_pt
        if block.kind == "item":
            return em if first else 2 * em
        return 1.5 * em if block.kind == "paragraph" and first else 0.0

    def _measure(self, block: Block, first: bool) -> float:
        return self.layout.width - self.layout.left - self.layout.right - self._indent(block, first)

    def _lines(self, block: Block) -> list[_Line]:
        """Breaks a block into lines, first fit, links at their legal places, words at their hyphens."""
        lines = [_Line()]
        waiting = [
            self._word(word, block) for word in ((f"{block.label}",) if block.kind == "item" else ()) + block.words
        ][::-1]
        while waiting:
            word, line = waiting.pop(), lines[-1]
            space = self._space(block) if line.words else 0.0
            room = self._measure(block, len(lines) == 1) - line.width - space
            head, tail = self._fit(word, room, fresh=not line.words)
            if head:
                line.words.append(head)
                line.width += space + sum(piece.width for piece in head)
            if tail:
                waiting.append(tail)
                lines.append(_Line())
        return [line for line in lines if line.words]

    def _space(self, block: Block) -> float:
        piece = self._piece(Span(" "), block)
        return piece.width

    def _word(self, word: Word, block: Block) -> list[_Piece]:
        spans = (Span(word),) if isinstance(word, str) else word
        return [piece for span in spans for piece in self._split(span, block)]

    def _split(self, span: Span, block: Block) -> Iterator[_Piece]:
        if span.link is None:
            yield self._piece(span, block)
            return
        link = self.recipe.links[span.link]
        rest = link.text[len(link.prefix) :]
        prefix = replace(self._piece(Span(link.prefix, span.style, span.link), block), prefix=True)
        whole = self._piece(Span(rest, span.style, span.link), block)
        yield prefix
        # What is longer than a line must be broken, whatever the recipe says.
        if not link.may_wrap and prefix.width + whole.width <= self._measure(block, first=False):
            yield whole
            return
        for number, part in enumerate(part for part in _BREAKS.split(rest) if part):
            yield replace(whole, text=part, may_start_line=number > 0 or link.may_break_after_prefix)

    def _piece(self, span: Span, block: Block) -> _Piece:
        layout = self.layout
        heading = block.kind == "heading"
        size = layout.body_pt * {"heading": _HEADING_SIZE, "footnote": _NOTE_SIZE}.get(block.kind, 1.0)
        family = self.families[layout.heading_family if heading else layout.body_family]
        if span.style == "mono":
            family, size = self.families[layout.mono_family], size * _MONO_SIZE
        font = family.font("bold" if heading else "roman" if span.style == "mono" else span.style)
        ink = BLACK if span.link is None else self.recipe.links[span.link].ink
        return _Piece(span.text, font, size, ink, span.link)

    def _fit(self, word: list[_Piece], room: float, fresh: bool) -> tuple[list[_Piece], list[_Piece]]:
        """Splits a word into what goes on this line and what goes on the next; on a fresh line something must go."""
        if sum(piece.width for piece in word) <= room:
            return word, []
        if len(word) == 1 and word[0].link is None:
            return self._hyphenate(word[0], room, fresh)
        taken, used = 0, 0.0
        while taken < len(word) and used + word[taken].width <= room:
            used += word[taken].width
            taken += 1
        while taken and not word[taken].may_start_line:
            taken -= 1
        if taken == 0 and fresh:
            taken = next((n for n in range(1, len(word)) if word[n].may_start_line), len(word))
        return word[:taken], word[taken:]

    def _hyphenate(self, piece: _Piece, room: float, fresh: bool) -> tuple[list[_Piece], list[_Piece]]:
        if self.layout.hyphenated and piece.text.strip(",.?").isalpha():
            for start, end in _hyphenator().iterate(piece.text):
                head = replace(piece, text=start + "-")
                if head.width <= room:
                    return [head], [replace(piece, text=end)]
        return ([piece], []) if fresh else ([], [piece])

    def _set_lines(self, block: Block, lines: Sequence[_Line], floor: float) -> bool:
        for number, line in enumerate(lines):
            if self.y + self._leading(block) > floor:
                return False
            self.y += self._leading(block)
            self._set_line(block, line, first=number == 0, last=number == len(lines) - 1)
        return True

    def _set_line(self, block: Block, line: _Line, first: bool, last: bool) -> None:
        space = self._space(block)
        gaps = len(line.words) - 1
        if self.layout.justified and not last and gaps > 0 and block.kind != "heading":
            stretched = space + (self._measure(block, first) - line.width) / gaps
            space = stretched if stretched <= _GREATEST_SPACE * self.layout.body_pt else space
        x = self.layout.left + self._indent(block, first)
        for word in line.words:
            for piece in word:
                self._place(piece, x, self.y)
                x += piece.width
            x += space

    def _place(self, piece: _Piece, x: float, baseline: float) -> None:
        shaped = shaping.shape(piece.font, piece.text)
        run = GlyphRun(piece.font, piece.size, piece.ink, shaped.glyphs, x + shaped.xs * piece.size, baseline)
        self.runs.append(run)
        if piece.link is None:
            return
        self.pieces.setdefault(piece.link, []).append((piece, run))
        if self.recipe.links[piece.link].underline != "none":
            metrics = shaping.metrics(piece.font)
            y = baseline + metrics.underline * piece.size
            self.rules.append(_rule(x, x + piece.width, y, metrics.thickness * piece.size, piece.ink))


def _rule(left: float, right: float, y: float, thickness: float, ink: Rgb) -> Rectangle:
    return Rectangle(left, y - thickness / 2, right, y + thickness / 2, ink)


def _placed(number: int, text: str, pieces: Sequence[tuple[_Piece, GlyphRun]]) -> PlacedLink:
    """Joins the pieces of a link that stand on one line into a segment."""
    baselines = sorted({run.baseline for _, run in pieces})
    segments = (_joined([run for _, run in pieces if run.baseline == baseline]) for baseline in baselines)
    prefix = next(run for piece, run in pieces if piece.prefix)
    return PlacedLink(number, prefix, tuple(segments), text == "".join(piece.text for piece, _ in pieces))


def _joined(runs: Sequence[GlyphRun]) -> GlyphRun:
    first = runs[0]
    glyphs, xs = np.concatenate([run.glyphs for run in runs]), np.concatenate([run.xs for run in runs])
    return GlyphRun(first.font, first.size, first.ink, glyphs, xs, first.baseline)


@cache
def _hyphenator() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")
