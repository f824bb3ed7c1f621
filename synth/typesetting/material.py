"""Words measured, in a row as long as the paragraph, with all places where a line may end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import NamedTuple

from synth.recipe import Span, Word
from synth.shaping import Shaped
from synth.typesetting.voice import Type, Voice

# Where a link may be broken (Chicago Manual of Style, 18th ed., 7.46): after a slash, before other punctuation.
_LINK_BREAKS = re.compile(r"(?<=/)|(?=[.?&=#_%~-])")
_HAIR = 1e-6  # points
_WIDEST_LETTER = 1.1  # em, tracking included, on average over a word: shorter words surely fit on a line
# A compound may be divided behind its own hyphen or dash.
_WORD_BREAKS = re.compile(r"(?<=\w[-–—])(?=\w)")


class _Piece(NamedTuple):
    """Text that a line break cannot divide, hyphenation apart; `ends`: whether the line may end behind it."""

    text: str
    type: Type
    ends: bool


@dataclass(slots=True)
class Material:
    """A paragraph as one endless line: parallel lists over its items, positions in points.

    Attributes:
        voice: that it is set in.
        texts, shapes, types: of each item.
        lefts, rights: where it begins and ends when all spaces have their natural width.
        gaps: stretchable spaces before it.
        ends: items behind which a line may end, the last item always; `end_rights`: where that line would end.
        hyphens: printed behind an item if the line ends there.
        plain: whether all items are of the voice's base type.
    """

    voice: Voice
    texts: list[str] = field(default_factory=list)
    shapes: list[Shaped] = field(default_factory=list)
    types: list[Type] = field(default_factory=list)
    lefts: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    end_rights: list[float] = field(default_factory=list)
    hyphens: dict[int, tuple[Shaped, Type]] = field(default_factory=dict)
    plain: bool = True

    @property
    def width(self) -> float:
        """Of all of it on one line."""
        return self.rights[-1] if self.rights else 0.0

    def put_words(self, words: Sequence[str], x: float, gap: int) -> float:
        """Appends ordinary words, each of which fits on a line; returns where the next word begins."""
        size, space, number = self.voice.base.size, self.voice.space, len(self.texts)
        shapes = list(map(self.voice.base.shaper(), words))
        steps = [space] * (2 * len(words))
        steps[::2] = [shape.advance * size for shape in shapes]
        edges = list(accumulate(steps, initial=x))  # by turns left and right edges, and where the next word begins
        self.lefts += edges[:-1:2]
        self.rights += edges[1::2]
        self.texts += words
        self.shapes += shapes
        self.types += [self.voice.base] * len(words)
        self.gaps += range(gap, gap + len(words))
        self.ends += range(number, number + len(words))
        self.end_rights += self.rights[number:]
        return edges[-1]

    def put_pieces(self, pieces: Sequence[_Piece], x: float, gap: int) -> float:
        """Appends a word of several pieces; returns its right edge."""
        self.plain = False
        for number, piece in enumerate(pieces, start=1):
            shape, left = piece.type.shape(piece.text), x
            x += shape.advance * piece.type.size
            if number == len(pieces):
                self.ends.append(len(self.texts))
                self.end_rights.append(x)
            elif piece.ends:
                self.ends.append(len(self.texts))
                self.end_rights.append(x + self._hyphen(piece))
            self._put(piece.text, shape, piece.type, left, x, gap)
        return x

    def _put(self, text: str, shape: Shaped, type_: Type, left: float, right: float, gap: int) -> None:
        self.texts.append(text)
        self.shapes.append(shape)
        self.types.append(type_)
        self.lefts.append(left)
        self.rights.append(right)
        self.gaps.append(gap)

    def _hyphen(self, piece: _Piece) -> float:
        """Notes the hyphen printed where a link is broken behind this piece, the next to be put; its width."""
        link = piece.type.link
        if link is None or not self.voice.setting.links[link].hyphen or piece.text.endswith("-"):
            return 0.0
        self.hyphens[len(self.texts)] = piece.type.shape("-"), piece.type
        return piece.type.width("-")


def measured(words: Sequence[Word], voice: Voice, narrowest: float) -> Material:
    """Measures words; what is longer than the `narrowest` line of the paragraph gets places to break it at."""
    material = Material(voice)
    short = int(narrowest / (_WIDEST_LETTER * voice.size))
    x, simple = 0.0, list[str]()
    for gap, word in enumerate(words):
        if isinstance(word, str):
            if len(word) <= short and not ("-" in word or "–" in word or "—" in word):
                simple.append(word)
                continue
            word = (Span(word),)
        x = material.put_words(simple, x, gap - len(simple))
        simple = []
        x = material.put_pieces(_pieces(word, voice, narrowest), x, gap) + voice.space
    material.put_words(simple, x, len(words) - len(simple))
    return material


def verbatim(spans: Sequence[Span], voice: Voice, narrowest: float) -> Material:
    """Measures a line of code: blanks keep their number, and none of them stretches."""
    material = Material(voice)
    x = 0.0
    for span in spans:
        for token in re.split(r"( +)", span.text) if span.link is None else [span.text]:
            if token.strip():
                x = material.put_pieces(_pieces((replace(span, text=token),), voice, narrowest), x, 0)
            else:
                x += len(token) * voice.space
    return material


def _pieces(spans: Sequence[Span], voice: Voice, narrowest: float) -> list[_Piece]:
    """The pieces of a word, each run of pieces without an end no wider than the narrowest line, if that can be."""
    narrowest += _HAIR
    pieces = [piece for span in spans for piece in _split(span, voice, whole=True)]
    if _widest(pieces) <= narrowest or _width(pieces) <= narrowest:
        return pieces
    pieces = [piece for span in spans for piece in _split(span, voice, whole=False)]
    return [piece for run in _runs(pieces) for piece in (_shattered(run) if _width(run) > narrowest else run)]


def _split(span: Span, voice: Voice, whole: bool) -> Iterator[_Piece]:
    """A span's pieces; `whole` honours the wish of a link not to be broken."""
    if span.link is None:
        type_ = voice.type(span.style, span.underline)
        parts = _WORD_BREAKS.split(span.text) if type_.rise == 0 else [span.text]
        yield from (_Piece(part, type_, number < len(parts)) for number, part in enumerate(parts, start=1) if part)
        return
    link = voice.setting.links[span.link]
    prefix, rest = voice.link_types(span.link, span.style)
    text = link.text[len(link.prefix) :]
    if span.style == "spaced":
        text = (" " if link.prefix.endswith(".") else "") + text.replace(".", ". ")
    parts = [text] if whole and not link.may_wrap else [part for part in _LINK_BREAKS.split(text) if part]
    yield _Piece(link.prefix, prefix, len(parts) > 1 and link.may_break_after_prefix)
    yield from (_Piece(part, rest, number < len(parts)) for number, part in enumerate(parts, start=1) if part)


def _runs(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces between which no line can end."""
    run: list[_Piece] = []
    for piece in pieces:
        run.append(piece)
        if piece.ends:
            yield run
            run = []
    if run:
        yield run


def _shattered(run: Sequence[_Piece]) -> Iterator[_Piece]:
    """Pieces that together are longer than a line, divided anywhere but in a prefix, before it, or behind it."""
    for piece in run:
        if piece.type.prefix:
            yield piece
            continue
        yield from (_Piece(letter, piece.type, ends=True) for letter in piece.text[:-1])
        yield _Piece(piece.text[-1], piece.type, piece.ends)


def _width(pieces: Iterable[_Piece]) -> float:
    return sum(piece.type.width(piece.text) for piece in pieces)


def _widest(pieces: Iterable[_Piece]) -> float:
    """What they may be taken to fit in, without shaping them: as wide as text of wide letters."""
    return _WIDEST_LETTER * sum(len(piece.text) * piece.type.size for piece in pieces)
