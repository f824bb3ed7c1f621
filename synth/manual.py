"""Frames with slots, filled by chance: titles, lines of code, and whatever else no running text offers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from synth.chance import Chance
from synth.vocabulary import ADJECTIVES, CITIES, NOUNS, SURNAMES, VERBS

_SLOT = re.compile(r"\{(\w+)\}")


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
