"""Follows a printed link from its prefix to its end, over line breaks.

A link that reaches the end of its line may go on in the next one. What decides, in this order: an angle bracket that
opened before it, the area of the page that leads to its address, a font or colour of its own, the characters at the
break. Where they leave a doubt, it is told; the prefix is certain all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import unquote

from data.pdf.areas import Area
from data.pdf.layer import Glyph
from data.pdf.lines import Line, along

_NEVER = re.compile(
    r'[\s<>"“”‘’«»‹›\\^`{}|\u0000-\u001f\ufffd…\u2190-\u21ff⏎\u3000-\u30ff\u4e00-\u9fff]'
    r"|[,;](?=(?:https?|ftp)://|www\.)"
)
"""What no printed address contains, or where another begins: it ends there."""
_PAIRS = {")": "(", "]": "["}
_TRAILING = ".,;:!?'·*"
_JOINT_BEFORE, _JOINT_AFTER = "/-_=&?%#~+@:", "/?&=#%_~"
_PIECE = re.compile(r"[/._=&?%#~]\w|\w[/=&#~]|\d")
"""What a part of an address has, and a word of prose has not."""
_BREAKS = re.compile(r"(?<=[/._=&?%#~:-])")
_BREAK_MARK = re.compile(r" ?[←↩↵⏎↪][⊣\ufffd-]?")
_HOOK = re.compile(r",?→ ?|[↪↳] ?")
"""What some typesetters print where they break an address, and at the head of the line where it goes on."""
_MOST_LINES = 8
_SURPLUS = 4
"""Characters of punctuation behind a link."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `begin` to `stop` of a line's text."""

    line: Line
    begin: int
    stop: int

    @property
    def text(self) -> str:
        """Its characters."""
        return self.line.text[self.begin : self.stop]

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """Its glyphs, each once."""
        owners = dict.fromkeys(owner for owner in self.line.owner[self.begin : self.stop] if owner is not None)
        return tuple(self.line.glyphs[owner] for owner in owners)

    @property
    def at_end(self) -> bool:
        """Whether it reaches the end of its line, or a mark that says that the line was broken."""
        return self.stop == len(self.line.text) or self.marked

    @property
    def marked(self) -> bool:
        """Whether a mark behind it says that it goes on in the next line."""
        return self.stop > self.begin and _BREAK_MARK.fullmatch(self.line.text, self.stop) is not None


@dataclass(frozen=True, slots=True)
class Whole:
    """A link: its pieces line by line, its text, and why the text is not certain (empty where it is)."""

    pieces: tuple[Piece, ...]
    text: str
    doubt: str = ""


def followed(prefix: Piece, area: Area | None, lines: Sequence[Line]) -> Whole:
    """The link that begins with a prefix.

    Args:
        prefix: scheme and `://`, or `www.`.
        area: what a reader can click at the prefix, if anything.
        lines: all lines of the page.
    """
    if area is not None and (loose := _despite_blanks(prefix, area)):
        return loose
    first = _within(area, _token(prefix.line, prefix.begin, prefix.stop), prefix)
    chain = list(_chain(first, lines))
    bracketed = prefix.begin > 0 and prefix.line.text[prefix.begin - 1] == "<"
    if bracketed and (closed := _until_bracket(chain)):
        return _joined(closed, prefix)
    if area is not None and (told := _as_area_says(chain, area, prefix)):
        return told
    pieces, doubt = [chain[0]], ""
    for piece in chain[1:]:
        verdict = _covered(pieces[-1], piece, area) if area is not None else _goes_on(pieces, piece, prefix, lines)
        doubt = "it may go on in the next line" if verdict is None else doubt
        if not verdict:
            break
        pieces.append(piece)
    if area is not None and _area_goes_on(pieces[-1], area):
        doubt = doubt or "what can be clicked goes on behind it"
    return _joined(pieces, prefix, doubt)


def _area_goes_on(piece: Piece, area: Area) -> bool:
    """Whether letters behind a piece, on its line, lead where it does."""
    rest = Piece(piece.line, piece.stop, len(piece.line.text)).glyphs
    return any(glyph.char.isalnum() and area.covers(glyph) for glyph in rest)


def below(line: Line, lines: Sequence[Line]) -> Line | None:
    """The line in which a text goes on: the nearest one below that overlaps it, or begins where its column does."""
    size = line.size
    candidates = [
        (other.depth - line.depth, abs(other.start - line.start), number, other)
        for number, other in enumerate(lines)
        if 0.6 * size < other.depth - line.depth < 2.1 * size
        and other.direction[0] * line.direction[0] + other.direction[1] * line.direction[1] > 0.99
        and other.start < line.end
        and other.end > line.start - 30 * size
        and 0.75 < other.size / size < 1.33
    ]
    overlapping = [entry for entry in candidates if entry[3].end > line.start]
    return min(overlapping or candidates, default=(0, 0, 0, None))[3]


def _token(line: Line, begin: int, search: int) -> Piece:
    """From `begin` to the first character that no address contains, or a bracket that nothing in it opened."""
    match = _NEVER.search(line.text, search)
    stop = match.start() if match else len(line.text)
    depth = dict.fromkeys(_PAIRS.values(), 0)
    for place in range(begin, stop):
        character = line.text[place]
        if character in depth:
            depth[character] += 1
        elif character in _PAIRS:
            depth[_PAIRS[character]] -= 1
            if depth[_PAIRS[character]] < 0:
                return Piece(line, begin, place)
    return Piece(line, begin, stop)


def _chain(first: Piece, lines: Sequence[Line]) -> Iterator[Piece]:
    """The first piece, and the heads of the lines below for as long as each fills its line."""
    piece: Piece | None = first
    for _ in range(_MOST_LINES):
        if piece is None:
            return
        yield piece
        line = below(piece.line, lines) if piece.at_end else None
        piece = _head(line) if line is not None and line.text else None
        if piece is not None and (not piece.text or "://" in piece.text):
            return


def _head(line: Line) -> Piece:
    """What may go on at the beginning of a line."""
    hook = _HOOK.match(line.text)
    begin = hook.end() if hook else 0
    return _token(line, begin, begin)


def _within(area: Area | None, piece: Piece, prefix: Piece) -> Piece:
    """A piece cut where its area ends, if it does within the line: the next word may follow without a blank."""
    if area is None:
        return piece
    owners, glyphs, address = piece.line.owner, piece.line.glyphs, _comparable(area.uri)
    for place in range(prefix.stop, piece.stop):
        owner = owners[place]
        outside = owner is not None and not any(area.covers(glyph) for glyph in glyphs[owner : owner + 2])
        if outside and not address.startswith(_comparable(piece.line.text[prefix.begin : place + 1])):
            return replace(piece, stop=place)
    return piece


def _despite_blanks(prefix: Piece, area: Area) -> Whole | None:
    """The link where its area's address is printed on one line with gaps in it, as wide as blanks."""
    line = prefix.line
    places = [place for place in range(prefix.begin, len(line.text)) if line.text[place] != " "]
    text, wanted = "".join(line.text[place] for place in places), _comparable(area.uri)
    for stop in range(len(prefix.text) + 1, len(text) + 1):
        whole = Piece(line, prefix.begin, places[stop - 1] + 1)
        if _comparable(text[:stop]) == wanted:
            return Whole((whole,), text[:stop]) if " " in whole.text[len(prefix.text) :] else None
    return None


def _until_bracket(chain: Sequence[Piece]) -> list[Piece] | None:
    """The pieces up to one that ends at a closing angle bracket."""
    for count, piece in enumerate(chain, start=1):
        if piece.line.text[piece.stop : piece.stop + 1] == ">":
            return list(chain[:count])
    return None


def _as_area_says(chain: Sequence[Piece], area: Area, prefix: Piece) -> Whole | None:
    """The pieces that spell the area's address to its end; None where no number of them does."""
    wanted = _comparable(area.uri)
    for count in range(1, len(chain) + 1):
        for keep in product((True, False), repeat=_hyphens(chain[:count])):
            text = _spelt(chain[:count], prefix, keep)
            # An address may end in what looks like punctuation: it is taken as long as the print agrees.
            for stop in range(len(text), max(len(text) - _SURPLUS, 0), -1):
                if _comparable(text[:stop]) == wanted:
                    surplus = len(text) - stop
                    last = replace(chain[count - 1], stop=chain[count - 1].stop - surplus)
                    return Whole((*chain[: count - 1], last), text[:stop])
    return None


def _comparable(address: str) -> str:
    """An address for comparing print with target: without scheme, escapes, a last slash, or capitals."""
    plain = re.sub(r"(?i)^\w+://", "", unquote(address.strip()))
    return plain.removesuffix("/").lower()


def _hyphens(pieces: Sequence[Piece]) -> int:
    """How many line breaks have a hyphen before them, which may belong to the address or not."""
    return sum(piece.text.endswith("-") for piece in pieces[:-1])


def _spelt(pieces: Sequence[Piece], prefix: Piece, keep: Sequence[bool] = ()) -> str:
    """The text of some pieces; `keep` says of each hyphen at a break whether it is a part of it."""
    kept, parts = iter(keep), [re.sub(" ", "", prefix.text) + pieces[0].text[len(prefix.text) :]]
    parts += [piece.text for piece in pieces[1:]]
    for index, part in enumerate(parts[:-1]):
        if part.endswith("-") and not next(kept, True):
            parts[index] = part[:-1]
    return "".join(parts)


def _joined(pieces: Sequence[Piece], prefix: Piece, doubt: str = "") -> Whole:
    """Pieces as a link, without the punctuation behind it."""
    text = _spelt(pieces, prefix)
    least = len(prefix.text.replace(" ", ""))
    stop = max(len(text.rstrip(_TRAILING)), least)
    last = replace(pieces[-1], stop=pieces[-1].stop - (len(text) - stop))
    if _hyphens(pieces):
        doubt = doubt or "a hyphen at the end of a line may belong to it or not"
    shown = (*pieces[:-1], last) if last.stop > last.begin else tuple(pieces[:-1])
    return Whole(shown, text[:stop], doubt)


def _covered(last: Piece, piece: Piece, area: Area) -> bool | None:
    """Whether the next piece leads where the link does; None where the area ends in the middle of the address."""
    glyphs = piece.glyphs
    if last.marked or piece.begin or sum(map(area.covers, glyphs)) * 2 > len(glyphs):
        return True
    return None if last.text[-1:] in "-_=&?%" else False


def _goes_on(pieces: Sequence[Piece], piece: Piece, prefix: Piece, lines: Sequence[Line]) -> bool | None:
    """Whether the print alone says that the next piece belongs to the link; None where it does not say."""
    last = pieces[-1]
    if last.marked or piece.begin:
        return True
    if _would_have_fitted(last.line, piece, lines) or last.text[-1:] in ",;!'":
        return False
    if _set_apart(prefix):
        return _alike(prefix.glyphs[0], piece.glyphs[0])
    looks_like_address = _PIECE.search(piece.text.rstrip(_TRAILING)) is not None
    if last.text[-1:] in _JOINT_BEFORE or piece.text[0] in _JOINT_AFTER:
        return True if looks_like_address or last.text == prefix.text else None
    return None if looks_like_address and not piece.text[:1].isupper() else False


def _would_have_fitted(line: Line, piece: Piece, lines: Sequence[Line]) -> bool:
    """Whether the next line's first breakable part had room at the end of this one: then nobody broke the link."""
    column = max(other.end for other in lines if other.direction == line.direction and _beside(other, line))
    head = len(_BREAKS.split(piece.text, maxsplit=1)[0])
    part = Piece(piece.line, piece.begin, piece.begin + max(head, 1)).glyphs
    width = along(part[-1].origin, line.direction) + part[-1].advance - along(part[0].origin, line.direction)
    return column - line.end > width + 0.5 * line.size


def _beside(other: Line, line: Line) -> bool:
    """Whether a line is of the same column, so that its end tells where the column ends."""
    return abs(other.depth - line.depth) < 12 * line.size and other.start < line.end and other.end > line.start


def _set_apart(prefix: Piece) -> bool:
    """Whether a link has a font or colour that the words before it have not."""
    before = prefix.line.glyphs[: prefix.line.glyphs.index(prefix.glyphs[0])]
    return any(glyph.char.isalpha() and not _alike(glyph, prefix.glyphs[0]) for glyph in before)


def _alike(one: Glyph, other: Glyph) -> bool:
    return one.style == other.style
