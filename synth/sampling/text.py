"""Fills a page: paragraphs read from a text, between them whatever the plan has, and every link in its place.

Positions are counted in lines of a column from the top of the page, estimated from the mean width of letters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from conf.schema.synth import SynthConfig
from synth import prose, shaping, words
from synth.chance import Chance
from synth.fonts import Family, Font, faces
from synth.recipe import Block, Layout, Link, Span, Word
from synth.sampling import lists, titles
from synth.sampling.code import listing
from synth.sampling.formulas import SIGNS, formula
from synth.sampling.inserts import Inserts
from synth.sampling.layout import Plan

_SAMPLE = "The sick boy was about that idiot, the captain; in practice, a careful node is often better than a new one."
_OVERFULL = 1.12  # lines written over lines there are, so that no estimate leaves the page's end white
_FITS = 0.93  # share of a column's lines that something indivisible may reach down to, since all is estimated
_SURE = 0.82  # share of the lines that surely find room: what must be seen stands on these
_USED, _USED_HYPHENATED = 0.92, 0.96  # share of a line that ragged or stretched text fills
_SHORT_LINE = 0.5  # what is white of a paragraph's last line, on average
_NARROWER = {"item": 0.93, "quote": 0.88, "aside": 0.97}  # width of a line over that of a paragraph
_CODE_EM = 0.56  # advance of a monospaced letter as set in code, em of the body
_HIGHEST = 0.33  # of a picture, share of a column
_NOTE_WORDS = 20
_EMPHASIS = ("italic", "italic", "bold", "mono", "smallcaps")
_SAYS_SOMETHING = 5  # letters
_ASIDES = ("Note", "NOTE", "Tip", "Warning", "Important", "Remember", "In short", "Further reading", "Example", "Hint")
_EQUATION_LINES = 3.0  # that a formula takes with the white around it
_ASIDE_LINES = 2.2  # that the box of a note takes, and the white around it
Numbered = list[tuple[int, Link]]


@dataclass(frozen=True, slots=True)
class Column:
    """Room on a page.

    Attributes:
        letters: of running text in a line of a column.
        code_columns: monospaced letters in a line of code.
        lines, column_lines: of all columns together, of one.
        em: width of a column.
        signs: of formulas, those that the type has.
    """

    letters: float
    code_columns: int
    lines: float
    column_lines: float
    em: float
    signs: str


def column(layout: Layout, families: Mapping[str, Family]) -> Column:
    """The room that a layout has for text."""
    inner = layout.width - layout.left - layout.right
    em = (inner - layout.column_gap * (layout.columns - 1)) / layout.columns / layout.body_pt
    lines = (layout.height - layout.top - layout.bottom) / (layout.body_pt * layout.leading)
    letter = _letter(families[layout.body_family].font("roman")) + layout.tracking
    used = _USED_HYPHENATED if layout.hyphenated else _USED
    signs = _signs(*(families[layout.body_family].font(style) for style in ("roman", "italic")))
    return Column(used * em / letter, int(em / _CODE_EM) - 2, layout.columns * lines, lines, em, signs)


@cache
def _signs(roman: Font, italic: Font) -> str:
    missing = faces.lacking(roman, SIGNS) + faces.lacking(italic, SIGNS)
    return "".join(sign for sign in SIGNS if sign not in missing)


@cache
def _letter(font: Font) -> float:
    """Mean advance of a letter in running text, em."""
    return shaping.shape(font, _SAMPLE).advance / len(_SAMPLE)


class Writer:
    """Writes one page down to its end."""

    def __init__(
        self,
        config: SynthConfig,
        layout: Layout,
        room: Column,
        plan: Plan,
        links: tuple[Link, ...],
        stream: Callable[[str], Chance],
    ) -> None:
        """`stream` gives the chance of a part by its name."""
        self._config, self._layout, self._room, self._plan = config, layout, room, plan
        self._chance = stream("text")
        self._places = stream("places")
        self._links: dict[str, Numbered] = {}
        for number, link in enumerate(links):
            self._links.setdefault(link.place, []).append((number, link))
        self._reader = words.Reader(_text(config, plan), self._chance)
        self._blocks: list[Block] = []
        self._written = 0.0

    def page(self) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """(blocks, footnotes) of the page."""
        notes = self._footnotes()
        end = self._room.lines - 0.82 * sum(self._lines_of(note) for note in notes) - 2 * bool(notes)
        begins = end if self._plan.bibliography is None else self._plan.bibliography * end
        self._sure = sure = min(begins, _SURE * end)
        text_links = dict(self._links.get("text", []))
        self._inserts = Inserts(self._config.link, text_links, len(notes), sure, self._places)
        self._events = self._sorted_events(sure)
        limit = begins if begins < end else _OVERFULL * end
        # A picture may reach over a line where a link was due; it goes into one more paragraph then.
        while self._written < limit or self._inserts.waiting:
            self._next_blocks()
        if self._plan.bibliography is not None:
            self._bibliography(begins, end)
        return tuple(self._blocks), notes

    def _heading_lines(self, level: int) -> float:
        """What a heading takes with the white around it; smaller ones are set nearer to the size of the body."""
        return 1.4 + 1.4 * (1 + (self._layout.heading_size - 1) / level)

    def _put(self, block: Block, lines: float) -> None:
        self._blocks.append(block)
        self._written += lines

    def _lines_of(self, block: Block) -> float:
        letters = sum(len(w) + 1 if isinstance(w, str) else sum(len(s.text) for s in w) + 1 for w in block.words)
        return max(1.0, letters / self._room.letters + _SHORT_LINE)

    def _sorted_events(self, sure: float) -> list[tuple[float, str, int]]:
        """(line, kind, number) of the blocks that the plan has."""
        plan, chance = self._plan, self._chance
        wanted = [
            ("code", plan.codes),
            ("table", plan.tables),
            ("figure", plan.figures),
            ("aside", plan.asides),
            ("equation", plan.equations),
        ]
        found = [(kind, number, chance.between((0, 0.4))) for kind, count in wanted for number in range(count)]
        return sorted((share * sure, kind, number) for kind, number, share in found)

    def _next_blocks(self) -> None:
        """A heading sometimes, a paragraph, and what is due behind it."""
        page, chance = self._config.page, self._chance
        if chance.share(page.heading_share):
            level = chance.whole((1, 3))
            self._put(Block("heading", tuple(self._heading()), level=level), self._heading_lines(level))
        first = self._written == 0 and self._plan.drop_cap
        self._prose("paragraph", chance.whole(page.paragraph_sentences), drop_cap=first)
        self._written += self._layout.paragraph_gap
        if chance.share(page.list_share):
            self._list()
        if chance.share(page.quote_share):
            self._prose("quote", chance.whole((1, 4)))
        while self._events and self._events[0][0] <= self._written:
            _, kind, number = self._events.pop(0)
            _PUTS[kind](self, number)

    def _heading(self) -> list[str]:
        """A heading; over a text of the user's, whose language may be any, what a sentence of it begins with."""
        if self._config.page.text_file is None:
            return titles.section(self._plan.text, self._chance).split()
        said = self._reader.read(1)[: self._chance.whole((2, 5))]
        return [*said[:-1], said[-1].rstrip(".,;:!?…") or said[-1]]

    def _prose(self, kind: str, sentences: int, label: str = "", drop_cap: bool = False, level: int = 1) -> None:
        said: list[Word] = list(self._reader.read(sentences))
        if self._chance.share(self._config.page.emphasis_share):
            self._emphasise(said)
        letters = sum(len(word) + 1 for word in said if isinstance(word, str))
        per_line = self._room.letters * _NARROWER.get(kind, 1.0)
        lines = letters / per_line + _SHORT_LINE
        lines += self._inserts.put(said, self._written + lines) / per_line
        self._put(Block(kind, tuple(said), label, level, drop_cap), max(lines, 1.0))

    def _emphasise(self, said: list[Word]) -> None:
        """Sets a word apart: one that says something, so no short one."""
        style, found = self._chance.one(_EMPHASIS), [n for n, word in enumerate(said) if len(word) >= _SAYS_SOMETHING]
        place = self._chance.one(found or range(len(said)))
        word = said[place]
        if isinstance(word, str):
            said[place] = (Span(word, style),)

    def _aside(self, _: int) -> None:
        """A note of a few sentences under a word that says what it is."""
        own = self._config.page.text_file is not None  # in any language
        title = "" if own or self._chance.share(0.2) else self._chance.one(_ASIDES)
        self._prose("aside", self._chance.whole((1, 4)), title)
        self._written += _ASIDE_LINES + bool(title)

    def _equation(self, _: int) -> None:
        self._put(formula(self._room.signs, self._chance), _EQUATION_LINES)

    def _list(self) -> None:
        chance = self._chance
        labels, inner_labels = lists.labels(chance), lists.labels(chance)
        deep, outer, inner = chance.share(0.2), 0, 0
        for _ in range(chance.whole((2, 5))):
            nested = deep and outer > 0 and chance.share(0.5)
            outer, inner = (outer, inner + 1) if nested else (outer + 1, 0)
            label = inner_labels[inner - 1] if nested else labels[outer - 1]
            self._prose("item", chance.whole((1, 2)), label, level=2 if nested else 1)

    def _footnotes(self) -> tuple[Block, ...]:
        links, places = self._links.get("footnote", []), self._places
        count = max(self._plan.footnotes, len(links))
        notes = []
        for number in range(count):
            said: list[Word] = list(_shortened(self._reader.read(1)))
            if number < len(links):
                opened = places.one(("See", "", "", "Available at", "Cf."))
                said = [*(said if places.share(0.4) else []), *opened.split()]
                said.append(lists.link_word(*links[number], places.one((".", ""))))
            notes.append(Block("footnote", tuple(said), str(number + 1)))
        return tuple(notes)

    def _code(self, number: int) -> None:
        links = self._links.get("code", [])[number :: self._plan.codes]
        block = listing(self._config.page, self._room.code_columns, links, self._chance)
        self._float([block], len(block.lines) + 1.2, bool(links))

    def _table(self, number: int) -> None:
        links = self._links.get("table", [])[number :: self._plan.tables]
        block = lists.table(self._room.em > 32, links, self._chance)
        label = f"Table {self._chance.whole((1, 30))}."
        named = lists.caption(label, _shortened(self._reader.read(1)), [], self._chance)
        self._float([named, block], 1.2 * len(block.cells) + 2.5, bool(links))

    def _figure(self, number: int) -> None:
        links = self._links.get("caption", []) if number == 0 else []
        picture = lists.picture(self._config.page, self._chance)
        label = f"Figure {self._chance.whole((1, 30))}."
        named = lists.caption(label, _shortened(self._reader.read(1)), links, self._chance)
        said = self._lines_of(named) + 1.5
        # No higher than leaves room for its caption, and for text beside it on the page.
        most = min(self._sure - self._written - said, _HIGHEST * self._room.column_lines)
        width = self._room.em * picture.width / self._layout.leading  # in lines
        if picture.kind != "code":  # which is square
            picture = replace(picture, aspect=min(picture.aspect, max(most, 4) / width))
        block = Block("figure", figure=picture)
        self._float([block, named], width * picture.aspect + said, bool(links))

    def _float(self, blocks: list[Block], lines: float, needed: bool) -> None:
        """Puts what cannot be divided, if it holds a link, or neither opens a hole nor pushes a link off the page."""
        opens_hole = self._written % self._room.column_lines + lines > _FITS * self._room.column_lines
        links_follow = bool(self._inserts.waiting or self._links.get("bibliography"))
        if needed or not (opens_hole or (links_follow and self._written + lines > self._sure)):
            self._blocks += blocks
            self._written += lines

    def _bibliography(self, begins: float, end: float) -> None:
        """Entries to the end of the page, the links spread over those that surely find room."""
        links, chance, begins = self._links.get("bibliography", []), self._chance, max(begins, self._written)
        step = max(_SURE * end - begins, 0) / (len(links) + 1) if links else end
        waiting = [(begins + step * (n + self._places.between((0, 1))), *link) for n, link in enumerate(links)]
        self._put(
            Block("heading", (chance.one(("References", "Bibliography", "Literature", "Sources")),)),
            self._heading_lines(1),
        )
        style, number = chance.one(("[{}]", "{}.", "")), chance.whole((1, 60))
        while waiting or self._written < _OVERFULL * end:
            due = [waiting.pop(0)[1:]] if waiting and waiting[0][0] <= self._written else []
            block = lists.entry(style.format(number), due, chance)
            self._put(block, self._lines_of(block))
            number += 1


_PUTS: Mapping[str, Callable[[Writer, int], None]] = {
    "code": Writer._code,
    "table": Writer._table,
    "figure": Writer._figure,
    "aside": Writer._aside,
    "equation": Writer._equation,
}
_TEXTS = {"novel": prose.novel, "handbook": prose.handbook, "encyclopedia": prose.encyclopedia}


def _text(config: SynthConfig, plan: Plan) -> words.Text:
    if config.page.text_file is not None:
        return words.own(config.page.text_file)
    return _TEXTS[plan.text]()


def _shortened(said: list[str]) -> list[str]:
    """A sentence for a note or a caption, cut where it is long."""
    return said if len(said) <= _NOTE_WORDS else [*said[: _NOTE_WORDS - 1], said[_NOTE_WORDS - 1].strip(".,;:") + "…"]
