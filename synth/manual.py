"""Sentences as handbooks, papers and reports write them: frames with slots, filled once from a fixed stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from synth.chance import Chance
from synth.vocabulary import ADJECTIVES, CITIES, NOUNS, SURNAMES, VERBS

_ROUNDS = 45  # each says every frame once
_SLOT = re.compile(r"\{(\w+)\}")

_FRAMES = (
    "The {adjective} {noun} is stored in the {noun}, so that each {noun} can {verb} its own {noun}.",
    "To {verb} a {noun}, open the {adjective} {noun} and choose “{Verb} {noun}” from the {noun} menu.",
    "In {year}, {surname} and {surname} showed that the {adjective} {noun} grows with the square of the {noun}.",
    "If the {noun} does not {verb} within {number} seconds, the {noun} returns an error and the {noun} is closed.",
    "Table {small} lists the {noun} and {noun} values that we used for the {adjective} experiments.",
    "As shown in Figure {small}, the {adjective} {noun} reaches {percent} percent of the {noun} after {number} steps.",
    "By default, the {noun} will {verb} every {noun}; this can be changed in the {noun} settings.",
    "We {verb} the {noun} first, and then {verb} the {adjective} {noun} with a {noun} of {decimal}.",
    "This chapter explains how to {verb} and {verb} a {noun}.",
    "Note that the {noun} must be {adjective} before the {noun} can {verb} it.",
    "A {noun} has three parts: a {noun}, a {adjective} {noun}, and an optional {noun}.",
    "Most of the {nouns} in this section were collected between {year} and {year} in {city}.",
    "The {noun} was measured at {number} points; the mean error is {decimal} ({surname} et al., {year}).",
    "You should {verb} the {noun} only when the {adjective} {noun} is not in use.",
    "For a {noun} of size {number}, the {noun} needs about {decimal} MB of memory.",
    "There are two ways to {verb} a {noun}: by hand, or with the {noun} command.",
    "According to {surname}, “the {noun} is the {adjective} part of any {noun}.”",
    "The result is a {adjective} {noun} that can {verb} {number} {nouns} a day.",
    "When the {noun} is {adjective}, the {noun} and the {noun} have the same {noun}.",
    "However, this {noun} is {adjective}: it cannot {verb} a {noun} without a {adjective} {noun}.",
    "Each {noun} is given a number (from {small} to {number}) and a {adjective} name.",
    "The first {noun} was built in {city} in {year} by {surname} and {surname}, who had worked on the {noun} before.",
    "It is {adjective} to {verb} the {noun} twice.",
    "Before you begin, {verb} the {noun}, {verb} the {noun}, and make sure that the {noun} is {adjective}.",
    "Let us now {verb} the {noun} from the previous section.",
    "What happens if the {noun} is {adjective}?",
    "Version {decimal} can {verb} a {noun} directly; older versions need a {adjective} {noun}.",
    "In practice, a {adjective} {noun} is often better than a {adjective} one.",
    "The {noun}, which was {adjective} until {year}, now has more than {number} members in {city} alone.",
    "Our {noun} differs from that of {surname} ({year}) in its {adjective} {noun} and in how it can {verb} {nouns}.",
    "Press the {noun} key to {verb} the {adjective} {noun}, or wait until the {noun} has finished.",
    "A {adjective} {noun} at {number} Hz gives {percent}% less {noun} than the {adjective} {noun} does.",
    "The {noun} of the {noun} can be written as a sum over all {nouns}.",
    "Suppose that a {noun} has {small} {nouns}; how many of them can {verb} the {noun} at the same time?",
    "This is the {adjective} case, and we will come back to it in Chapter {small}.",
    "The price of a {adjective} {noun} rose from ${decimal} in {year} to ${number} ten years later.",
    "Only {percent}% of the {nouns} were {adjective} enough to {verb}.",
    "{surname} called this the “{adjective} {noun}” of the {noun}.",
    "Do not {verb} the {noun} while the {noun} is open, since this may {verb} the {adjective} {noun}.",
    "On the other hand, a {noun} of {number} can hold {small} {nouns} at most, whatever the {noun} says.",
    "The authors thank {surname} and {surname} for the {adjective} {noun} and for many hours with the {noun}.",
    "It took {surname} nearly {small} years to {verb} what the {city} group had called a “{adjective} {noun}.”",
    "Whenever a {noun} is {adjective}, the {nouns} that belong to it must be {adjective} as well.",
    "Consider a {noun} with {number} {nouns}, of which {small} are {adjective}.",
    "You will need a {noun}, two {adjective} {nouns}, and about {number} minutes.",
    "Of the {number} {nouns} that took part, {percent}% said that they would rather {verb} than {verb}.",
    "(The {noun} is {adjective} by default; see Section {decimal}.)",
    "Readers in {city} and {city} have pointed out that this {noun} does not {verb} {nouns} at all.",
    "Why, then, do so many {nouns} still {verb} the {adjective} {noun}?",
    "Although the {noun} looks {adjective}, it was made in {year}, and its {noun} is far older.",
    "{City} has had a {noun} since {year}; {city}, only since {year}.",
    "Never {verb} a {noun}!",
    "Figure {small} shows the {noun} before and after we {verb} the {adjective} {nouns}.",
    "Both {nouns} cost less than ${number}, but only the {adjective} one comes with a {noun}.",
    "Once the {noun} is full, {verb} the oldest {noun} and {verb} the rest.",
    "There is no {adjective} {noun} for this; the nearest that {surname} found is {decimal}.",
    "In the end, the {noun} matters more than the {noun}, and the {adjective} {noun} more than either.",
    "The next {noun} does the same with {nouns} instead of {nouns}.",
    "Some {nouns}—the {adjective} ones above all—must be closed by hand.",
    "The {noun} on the left is {adjective}; the one on the right has been {adjective} since {year}.",
)


def sentences() -> Iterator[str]:
    """Always the same sentences in the same order."""
    chance = Chance(0, 0, "manual")
    for _ in range(_ROUNDS):
        for frame in sorted(_FRAMES, key=lambda _: chance.below(1 << 30)):
            yield re.sub(r"\b([Aa]) (?=[aeio]|u(?!s|ni))", r"\1n ", fill(frame, chance))


def fill(frame: str, chance: Chance, more: Mapping[str, Sequence[str]] | None = None) -> str:
    """A frame with each {slot} filled: by a word of `more`, of the vocabulary, or by a number."""
    return _SLOT.sub(lambda slot: _word(slot[1], chance, more or {}), frame)


_WORDS = {"noun": NOUNS, "verb": VERBS, "adjective": ADJECTIVES, "surname": SURNAMES, "city": CITIES}
_NUMBERS = {"small": (1, 12), "number": (12, 980), "percent": (2, 99), "year": (1952, 2025)}


def _word(slot: str, chance: Chance, more: Mapping[str, Sequence[str]]) -> str:
    if slot in more:
        return chance.one(more[slot])
    if slot in _WORDS:
        return chance.one(_WORDS[slot])
    if slot in _NUMBERS:
        return str(chance.whole(_NUMBERS[slot]))
    if slot == "nouns":
        return _plural(chance.one(NOUNS))
    if slot == "decimal":
        return f"{chance.below(90)}.{chance.whole((1, 9))}"
    return chance.one(_WORDS[slot.lower()]).capitalize()


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
