"""What stands on a business card, a letterhead or the back of a cover: a name, a firm, and how to reach both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from conf.schema.page import PageConfig
from synth import manual
from synth.chance import Chance
from synth.recipe import Block, Figure, Layout, Link, Span, Word
from synth.sampling import business, decoys, lists
from synth.vocabulary import SURNAMES

_FIRST = (
    "Anna", "Ben", "Clara", "David", "Eva", "Farid", "Grace", "Hugo", "Ines", "Jan", "Kim", "Lena", "Mark", "Nina",
    "Omar", "Paula", "Ravi", "Sofia", "Tom", "Wei",
)  # fmt: skip
_BEFORE, _AFTER = ("", "", "", "", "Dr. ", "Prof. "), ("", "", "", "", ", PhD", ", MBA", " B.Sc.")
_JOBS = (
    "Senior Researcher", "Sales Manager", "Managing Director", "Architect", "Photographer", "Head of {Noun}",
    "Consultant", "Software Engineer", "Editor", "Chief {Noun} Officer", "Project Manager", "Owner", "Lawyer",
    "Librarian", "Designer", "Professor of {Noun}", "Translator", "{Noun} & {Noun} Department", "Accountant",
    "Physiotherapist", "Account Manager",
)  # fmt: skip
_MOTTOS = (
    "{Adjective} {noun}s since {year}", "Your {noun} is our {noun}", "{Noun}. {Noun}. {Noun}.", "We {verb} {noun}s",
    "{Adjective} by nature",
)  # fmt: skip
_PHONES = (("tel: ", "mob: ", "fax: "), ("T ", "M ", "F "), ("Tel. ", "Mobile ", "Fax "), ("", "", ""),
           ("Phone: ", "Cell: ", "Fax: "), ("TEL: ", "HP: ", "FAX: "))  # fmt: skip
_MAILS = ("", "", "E ", "Email: ", "e-mail: ", "E-mail ")
_WEBS = ("", "", "", "W ", "Web: ", "web ", "Website: ", "Visit ", "VISIT: ", "Online: ")
_FIGURES = (
    ("logo", 0.1),
    ("logo", 0.13),
    ("logo", 0.16),
    ("logo", 0.22),
    ("code", 0.16),
    ("code", 0.2),
    ("code", 0.45),
)


def blocks(
    page: PageConfig, layout: Layout, links: Sequence[Link], kinds: Sequence[str], chance: Chance
) -> list[Block]:
    """The card: who, and how to be reached, above each other or side by side."""
    side = chance.one(("left", "left", "centred", "right"))
    who, reached = _who(side, chance), _reached(links, kinds, chance)
    logo = []
    if chance.share(page.figure_share):
        kind, width = chance.one(_FIGURES)
        aspect = 0.35 if width > 0.4 else 1.0
        width *= layout.height / layout.width if layout.height > layout.width else 1.0
        logo = [Block("figure", label=side, figure=Figure(kind, width, aspect, chance.seed()))]
    if side == "left" and layout.width > layout.height and chance.share(0.45):
        above, beside = (who[:1], who[1:]) if chance.share(0.6) else ([], who)
        rows = zip_longest([block.words for block in beside], reached, fillvalue=())
        body = [*above, *(Block("row", cells=((left, right),), level=0) for left, right in rows)]
    else:
        body = [
            *who,
            Block("rule", label=chance.one(("", "", "line"))),
            *(Block(side, line, level=0) for line in reached),
        ]
        if chance.share(0.25):
            body = [*body[len(who) + 1 :], body[len(who)], *who]
    return [*logo, *body] if chance.share(0.7) else [*body, *logo]


def _who(side: str, chance: Chance) -> list[Block]:
    """Name, job and firm, sometimes the firm first, or alone with its motto."""
    name = chance.one(_BEFORE) + f"{chance.one(_FIRST)} {chance.one(SURNAMES)}" + chance.one(_AFTER)
    job, firm = manual.fill(chance.one(_JOBS), chance), business.firm(chance)
    large, style = chance.one((1, 1, 2)), chance.one(("roman", "roman", "italic", "bold"))
    named, held = Block(side, tuple(name.split()), level=large), Block(side, _styled(job, style), level=0)
    if chance.share(0.25):
        motto = manual.fill(chance.one(_MOTTOS), chance)
        return [Block(side, tuple(firm.split()), level=large), Block(side, _styled(motto, "italic"), level=-1)]
    if chance.share(0.4):
        return [Block(side, tuple(firm.split()), level=large), Block(side, _styled(name, "bold"), level=0), held]
    return [named, held, Block(side, _styled(firm, chance.one(("roman", "bold"))), level=0)]


def _reached(links: Sequence[Link], kinds: Sequence[str], chance: Chance) -> list[tuple[Word, ...]]:
    """Address, telephones, mail, links and look-alikes, a line each."""
    labels = chance.one(_PHONES)
    address = business.address(chance) if chance.share(0.8) else []
    address = [", ".join(address)] if chance.share(0.2) and address else address
    numbers = [label + business.phone(chance) for label in labels[: chance.whole((1, 3))]]
    mail = [chance.one(_MAILS) + decoys.email(chance)] if chance.share(0.75) else []
    groups = [address, numbers, mail]
    if chance.share(0.4):
        groups = groups[1:] + groups[:1]
    lines: list[tuple[Word, ...]] = [tuple(line.split()) for group in groups for line in group]
    for number, link in enumerate(links):
        plain: tuple[Word, ...] = (*chance.one(_WEBS).split(), lists.link_word(number, link))
        line = plain if chance.share(0.85) else business.link_line(number, link, chance)
        lines.insert(chance.one((len(lines), len(lines), chance.below(len(lines) + 1))), line)
    for kind in kinds:
        lines.insert(chance.below(len(lines) + 1), business.decoy_line(kind, chance))
    return lines


def _styled(said: str, style: str) -> tuple[Word, ...]:
    return tuple(word if style == "roman" else (Span(word, style),) for word in said.split())
