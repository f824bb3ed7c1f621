"""Finds printed links in the lines of a page: where each prefix stands, and the link that begins with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import ada_url

from data.pdf.areas import Area
from data.pdf.layer import Glyph
from data.pdf.lines import Line
from data.pdf.wrap import Piece, Whole, below, followed

# Blanks may stand where a prefix was pieced together from several fonts.
_PREFIX = r"(?P<scheme>https?|ftp|tcp) ?: ?/ ?/|(?P<www>www) ?\.(?!\.)"
_START = re.compile(rf"(?i){_PREFIX}|(?P<other>[a-z][a-z0-9+.-]*)://")
_TAIL = re.compile(r"(?i)(?<![a-z0-9]\+)(https?|ftp|tcp)$")
"""A scheme at the end of letters that are none: `manual.htmlhttp`, but not `git+http`."""
_LONGER = frozenset({"sftp", "tftp", "shttp"})
"""Schemes that end like ours."""
_HEAD = re.compile(r"(?i)(?<![\w.-])(https?|ftp)(:/?)?$")
_REST = re.compile(r":?//?")
_SEPARATES = re.compile(r"[ ,;()\[\]<>]")
_EAST_ASIAN = "\u2e80"
_OPENERS = "([{<“‘«‹\"'"


@dataclass(frozen=True, slots=True)
class Found:
    """A printed prefix, and the link that begins with it.

    Attributes:
        prefix: its glyphs.
        pieces: the link's glyphs, line by line, those of the prefix included.
        scheme: https, http, ftp, tcp, www, or another that is printed in its place.
        text: the link as somebody would type it.
        bracket: the opening bracket or quote before it, or empty.
        doubt: why the text may be another; empty where it is certain.
        fault: why it is no link to be learnt though it looks like one; empty where it is one.
    """

    prefix: tuple[Glyph, ...]
    pieces: tuple[tuple[Glyph, ...], ...]
    scheme: str
    text: str
    bracket: str
    doubt: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Start:
    """A prefix in a line: characters `begin` to `stop` of its text."""

    line: Line
    begin: int
    stop: int
    scheme: str
    fault: str = ""


def find(lines: Sequence[Line], areas: Sequence[Area]) -> list[Found]:
    """All printed links of a page, line by line, and what a detector may take for one (with a `fault`)."""
    found: list[Found] = []
    taken: set[int] = set()
    for start in (start for line in lines for start in _starts(line, lines, areas)):
        # `www.` at the head of a line may go on with the `http://` that ended the line above.
        if id(start.line.glyphs[start.line.owner[start.begin] or 0]) not in taken:
            link = _found(start, lines, areas)
            taken.update(id(glyph) for piece in link.pieces[1:] for glyph in piece)
            found.append(link)
    return found


def _starts(line: Line, lines: Sequence[Line], areas: Sequence[Area]) -> list[_Start]:
    found: list[_Start] = []
    for match in _START.finditer(line.text):
        start = _start(line, match, areas)
        if start is not None and not (found and _part_of(found[-1], start.begin, areas)):
            found.append(start)
    head = _HEAD.search(line.text)
    if head and (next_line := below(line, lines)) and _REST.match(next_line.text):
        whole = head[0] + next_line.text[:3]
        if "://" in whole:
            found.append(_Start(line, *head.span(), head[1].lower(), "the prefix itself is broken over two lines"))
    return found


def _start(line: Line, match: re.Match[str], areas: Sequence[Area]) -> _Start | None:
    """What a match is the start of; None where it is the tail of something else."""
    begin, stop = match.span()
    other = (match["other"] or "").lower()
    tail = _TAIL.search(other)
    if tail is not None and tail.start() and other not in _LONGER:
        begin += tail.start()
        fault = "" if _begins_area(line, begin, areas) else "it stands right behind a word"
        return _Start(line, begin, stop, tail[1], fault)
    if _within_word(line.text, begin) and not _begins_area(line, begin, areas):
        return None
    fault = f"{other}:// is not one of the schemes to be learnt" if other else ""
    return _Start(line, begin, stop, other or (match["scheme"] or match["www"]).lower(), fault)


def _begins_area(line: Line, begin: int, areas: Sequence[Area]) -> bool:
    """Whether what can be clicked begins at a character: a link printed right behind another, or behind a word."""
    here, before = (line.glyphs[line.owner[at] or 0] for at in (begin, max(begin - 1, 0)))
    area = _area_of([here], areas)
    return area is not None and begin > 0 and not area.covers(before)


def _part_of(start: _Start, begin: int, areas: Sequence[Area]) -> bool:
    """Whether what stands at `begin` belongs to a link that began before: `www.` behind a scheme, a path's address."""
    line = start.line
    if _SEPARATES.search(line.text, start.stop, begin):
        return False
    area = _area_of(Piece(line, start.begin, start.stop).glyphs, areas)
    return area is None or area.covers(line.glyphs[line.owner[begin] or 0])


def _within_word(text: str, begin: int) -> bool:
    """Whether a prefix is the tail of something else: a word, a mail address, the middle of a host."""
    before = text[begin - 1] if begin else " "
    # Languages that have no blanks print a link right behind a word.
    return (before.isalnum() and before < _EAST_ASIAN) or before in "@.-_\\"


def _found(start: _Start, lines: Sequence[Line], areas: Sequence[Area]) -> Found:
    line = start.line
    prefix = Piece(line, start.begin, start.stop).glyphs
    whole = followed(Piece(line, start.begin, start.stop), _area_of(prefix, areas), lines)
    return Found(
        prefix=prefix,
        pieces=tuple(piece.glyphs for piece in whole.pieces),
        scheme=start.scheme,
        text=whole.text,
        bracket=line.text[start.begin - 1] if start.begin and line.text[start.begin - 1] in _OPENERS else "",
        doubt=whole.doubt,
        fault=start.fault or _fault(whole, start),
    )


def _area_of(prefix: Sequence[Glyph], areas: Sequence[Area]) -> Area | None:
    return next((area for area in areas if sum(map(area.covers, prefix)) * 2 > len(prefix)), None)


def _fault(whole: Whole, start: _Start) -> str:
    """What keeps a prefix from being the head of an address, as a sentence's part; empty where nothing does."""
    rest = whole.text[len("www." if start.scheme == "www" else f"{start.scheme}://") :]
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if not host:
        return "nothing follows the prefix"
    address = f"http://{whole.text}" if start.scheme == "www" else whole.text
    if not ada_url.check_url(address) or (start.scheme == "www" and not re.match(r"\w.*\.\w\w", host)):
        return f"{whole.text!r} is no address"
    return ""
