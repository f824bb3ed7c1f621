"""Frames with slots, filled by chance: titles, lines of code, and whatever else no running text offers."""

from __future__ import annotations

import re

from synth.chance import Chance
from synth.vocabulary import ADJECTIVES, CITIES, NOUNS, SURNAMES, VERBS

_SLOT = re.compile(r"\{(\w+)\}")


def fill(frame: str, chance: Chance) -> str:
    """A frame with each {slot} filled: by a word of the vocabulary, or by a number."""
    return _SLOT.sub(lambda slot: _word(slot[1], chance), frame)


_WORDS = {"noun": NOUNS, "verb": VERBS, "adjective": ADJECTIVES, "surname": SURNAMES, "city": CITIES}
_NUMBERS = {"small": (1, 12), "number": (12, 980), "percent": (2, 99), "year": (1952, 2025)}


def _word(slot: str, chance: Chance) -> str:
    if slot in _WORDS:
        return chance.one(_WORDS[slot])
    if slot in _NUMBERS:
        return str(chance.whole(_NUMBERS[slot]))
    if slot == "decimal":
        return f"{chance.below(90)}.{chance.whole((1, 9))}"
    return chance.one(_WORDS[slot.lower()]).capitalize()
