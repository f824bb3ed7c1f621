"""What firms print about themselves: names, addresses, telephones, tax numbers; and how they print a link."""

from __future__ import annotations

from synth import manual
from synth.chance import Chance
from synth.recipe import Link, Span, Word
from synth.sampling import decoys, lists
from synth.vocabulary import CAPITALS, CITIES, NOUNS, SURNAMES

_FIRMS = (
    "{Noun} {Noun}", "{Surname} & {Surname}", "{Surname} Trading Co", "{Surname} Marketing Sdn Bhd",
    "The {Noun} House", "{Noun} Market", "{Surname}'s Cafe", "{City} {Noun} Store", "{Surname} Hardware",
    "Restoran {Surname}", "{Noun} Mart", "{Surname} Enterprise", "{Noun} Pharmacy", "{Noun} Book Co. (M) Sdn Bhd",
    "{Surname} Bakery", "{Noun} Stationers", "{Noun} Coffee", "{Surname} Group plc", "{Noun} Garden Centre",
    "{Surname} GmbH", "{Noun} & Sons", "{City} Grill", "Hotel {City}", "{Surname} Consulting", "Institute of {Noun}",
    "{Noun} Studio", "{Surname} Architects", "{Noun} Ltd", "{Noun} Fashion", "{Surname} Supermarket",
    "{Noun} Petrol Station", "Studio {Surname}", "{Noun} Books", "{Noun}",
)  # fmt: skip
_STREETS = ("Street", "Road", "Avenue", "Lane", "Jalan {Noun} 3/1", "Square", "Drive", "Park Way", "Court", "Hill")
_FLOORS = ("Unit {small}", "Lot {number}", "Shop {small}", "Level {small}, {Noun} Mall", "No. {small}-{small}",
           "Ground Floor", "Block C")  # fmt: skip
_REGIONS = ("WA", "CA", "NY", "Selangor", "Kuala Lumpur", "Essex", "Ontario", "Johor", "Kent", "Bavaria", "TX")
_LINK_FRAMES = (
    "§", "§", "§", "§", "§", "§", "Visit us at §", "Visit §", "Visit us at: §", "VISIT: §", "Website: §", "Web: §",
    "Tell us: §", "Tell us how we did: §", "Shop online at §", "Order online: §", "Find us on §", "or go to §",
    "Join us at § today", "Log on to §", "Feedback: §", "Terms and conditions: §", "Powered by §", "More on §",
    "Please visit § to share your experience", "For details see §", "Register at § to collect points", "Website §",
    "Download your invoice from §", "Receipts and returns: §", "Scan the code or visit §", "Homepage : §", "URL: §",
)  # fmt: skip
_DECOY_FRAMES = {
    "email": ("§", "§", "E-mail: §", "EMAIL: §", "Contact: §", "e: §", "Mail §", "Questions? §", "Email : §"),
    "domain": ("§", "§", "Find us: §", "Visit: §", "Like us on §", "Web: §", "Follow §", "Visit us at §", "Online: §"),
    "word": ("Free WiFi § login", "Visit our § page", "§"),
    "time": ("Open until §", "§", "Pick-up at §", "Table ready §"),
    "ratio": ("Group §", "§", "Lane §"),
}
_OTHER_FRAMES = ("§", "Visit §", "Ref §", "VISIT: §")


def firm(chance: Chance) -> str:
    """A name, as `Harbor Market`."""
    return manual.fill(chance.one(_FIRMS), chance)


def address(chance: Chance) -> list[str]:
    """Two to four lines."""
    street = manual.fill(f"{{number}} {chance.one((*SURNAMES, *NOUNS)).capitalize()} {chance.one(_STREETS)}", chance)
    lines = [manual.fill(chance.one(_FLOORS), chance)] if chance.share(0.5) else []
    city = chance.one(CITIES)
    town = chance.one((
        f"{chance.whole((10000, 99999))} {city}", f"{city}, {chance.one(_REGIONS)} {chance.whole((10000, 99999))}",
        f"{city} {letters(chance, 2)}{chance.below(20)} {chance.below(10)}{letters(chance, 2)}",
    ))  # fmt: skip
    lines += [street, town]
    if chance.share(0.3):
        lines.append(chance.one(_REGIONS))
    return lines


def phone(chance: Chance) -> str:
    """A number, as `03-4108 6800` or `+44 (0) 20 9876 5432`."""
    digits = "".join(str(chance.below(10)) for _ in range(11))
    return chance.one((
        f"0{digits[0]}-{digits[1:5]} {digits[5:9]}", f"({digits[:3]}) {digits[3:6]}-{digits[6:10]}",
        f"+{digits[:2]} (0) {digits[2:4]} {digits[4:8]} {digits[8:]}", f"{digits[:3]}-{digits[3:6]}-{digits[6:10]}",
        f"0{digits[:2]}-{digits[2:9]}", f"+{digits[:2]} {digits[2:5]} {digits[5:]}", f"0{digits[:4]}/{digits[4:10]}",
    ))  # fmt: skip


def letters(chance: Chance, count: int) -> str:
    """So many capitals."""
    return "".join(chance.one(CAPITALS) for _ in range(count))


def digits(chance: Chance, count: int) -> str:
    """So many digits."""
    return "".join(str(chance.below(10)) for _ in range(count))


def link_line(number: int, link: Link, chance: Chance) -> tuple[Word, ...]:
    """A line with the link, most often nothing else."""
    return _framed(chance.one(_LINK_FRAMES), lists.link_word(number, link))


def decoy_line(kind: str, chance: Chance) -> tuple[Word, ...]:
    """A line with a look-alike of that kind."""
    span = decoys.decoy(kind, chance)
    return _framed(chance.one(_DECOY_FRAMES.get(kind, _OTHER_FRAMES)), (Span(span.text, underline=span.underline),))


def _framed(frame: str, made: tuple[Span, ...]) -> tuple[Word, ...]:
    """The frame's words, § replaced together with what touches it."""
    words: list[Word] = []
    for token in frame.split():
        before, is_placed, closing = token.partition("§")
        spans = (Span(before), *made, Span(closing))
        words.append(tuple(span for span in spans if span.text) if is_placed else token)
    return tuple(words)
