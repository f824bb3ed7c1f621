"""Blocks that are no prose: entries of a bibliography, tables, pictures with their captions."""

from __future__ import annotations

from collections.abc import Sequence

from conf.schema.page import PageConfig
from synth import links, manual
from synth.chance import Chance
from synth.recipe import Block, Figure, Link, Span, Word
from synth.sampling import titles
from synth.sampling.printed import BRACKETS
from synth.vocabulary import CAPITALS, CITIES, NOUNS, SURNAMES

_CLOSING = {both[0]: both[1] for both in BRACKETS.values()}
_RETRIEVED = ("Retrieved from", "Available at", "URL", "URL:", "Available from:", "Online:", "Accessed at", "", "See")
_PUBLISHERS = ("University Press", "& Sons", "Verlag", "Books", "Academic Press", "Publishing")
_BULLETS = ("•", "•", "•", "–", "*")
_COUNTED = ("12345", "12345", "12345", "abcde")
_CAPTIONS = ("Photo:", "Source:", "Data from", "Courtesy of", "See also", "Image from")


def link_word(number: int, link: Link, end: str = "") -> tuple[Span, ...]:
    """A link with the bracket and the punctuation that touch it."""
    spans = (Span(link.bracket), Span(link.text, link.style, number), Span(_CLOSING.get(link.bracket, "") + end))
    return tuple(span for span in spans if span.text)


def labels(chance: Chance) -> tuple[str, ...]:
    """What stands before the items of a list: bullets, numbers or letters, five of them."""
    if chance.share(0.6):
        return (chance.one(_BULLETS),) * 5
    form = chance.one(("{}.", "{}.", "{})", "({})"))
    return tuple(form.format(sign) for sign in chance.one(_COUNTED))


def entry(label: str, numbered: Sequence[tuple[int, Link]], chance: Chance) -> Block:
    """A book or an article, with the link (number and link) at its end if there is one."""
    year, authors = chance.whole((1961, 2025)), " and ".join(_author(chance) for _ in range(chance.whole((1, 2))))
    words: list[Word] = [*authors.split(), f"({year})." if chance.share(0.6) else f"{year}."]
    name, italic = titles.book(chance), chance.share(0.6)
    named = (name if name.endswith("?") else f"{name}.").split()
    words += [(Span(word, "italic"),) for word in named] if italic else named
    if chance.share(0.5):
        volume, first = chance.whole((1, 90)), chance.whole((1, 700))
        words += f"{titles.journal(chance)}, {volume}({chance.whole((1, 12))}),".split()
        words.append(f"{first}–{first + chance.whole((3, 40))}.")
    else:
        words += f"{chance.one(CITIES)}: {chance.one(SURNAMES)} {chance.one(_PUBLISHERS)}.".split()
    for number, link in numbered:
        words += [*chance.one(_RETRIEVED).split(), link_word(number, link, chance.one((".", ".", "")))]
    if not numbered and chance.share(0.25):
        words.append(f"doi:{links.doi(chance)}")
    return Block("entry", tuple(words), label)


def _author(chance: Chance) -> str:
    initials = " ".join(f"{chance.one(CAPITALS)}." for _ in range(chance.whole((1, 2))))
    return f"{chance.one(SURNAMES)}, {initials}"


def table(wide: bool, numbered: Sequence[tuple[int, Link]], chance: Chance) -> Block:
    """Names and numbers; links (number and link) stand in its last column, bare domains in the rows without one."""
    rows = max(chance.whole((3, 8)), len(numbered))
    columns = chance.whole((1, 2) if numbered else (2, 4) if wide else (2, 3))
    makers = [chance.one(("number", "year", "percent", "price", "noun", "decimal")) for _ in range(columns - 1)]
    head = [(chance.one(NOUNS).capitalize(),) for _ in range(columns)]
    cells: list[tuple[tuple[Word, ...], ...]] = []
    for row in range(rows):
        line: list[tuple[Word, ...]] = [_name(chance), *((_cell(maker, chance),) for maker in makers)]
        if numbered:
            line.append((link_word(*numbered[row]),) if row < len(numbered) else (links.domain(chance, 1),))
        cells.append(tuple(line))
    return Block("table", cells=(tuple([*head, ("Address",)] if numbered else head), *cells))


def _name(chance: Chance) -> tuple[Word, ...]:
    if chance.share(0.4):
        return (chance.one(CITIES),)
    return (chance.one(NOUNS).capitalize(), chance.one(NOUNS)) if chance.share(0.5) else (chance.one(SURNAMES),)


def _cell(kind: str, chance: Chance) -> str:
    said = manual.fill(f"{{{'decimal' if kind == 'price' else kind}}}", chance)
    return {"percent": f"{said}%", "price": f"${said}"}.get(kind, said)


def picture(page: PageConfig, chance: Chance) -> Figure:
    """A picture; what looks like a QR code is small and square."""
    kind = chance.pick(page.figure_weights)
    width, aspect = (
        (chance.between((0.18, 0.35)), 1.0)
        if kind == "code"
        else (chance.between((0.45, 1.0)), chance.between((0.35, 0.8)))
    )
    return Figure(kind, width, aspect, chance.seed())


def caption(label: str, said: Sequence[Word], numbered: Sequence[tuple[int, Link]], chance: Chance) -> Block:
    """What stands below a picture or above a table, with links (number and link) at its end."""
    words = list(said)
    for number, link in numbered:
        words += [*chance.one(_CAPTIONS).split(), link_word(number, link, chance.one((".", "")))]
    return Block("caption", tuple(words), label)
