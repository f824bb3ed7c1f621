"""Running text as lists of words, read in order as in a book, in characters that fonts have.

Nothing is drawn word by word: a text is words ready to be cut into paragraphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conf import UserError
from synth.chance import Chance
from synth.fonts import NEEDED

PREFIX = re.compile(r"(?:https?|ftp|tcp)://|www\.", re.IGNORECASE)
"""What must stand nowhere but at the start of a link: elsewhere it would be printed without being in the truth."""

PRINTABLE = frozenset(NEEDED)
"""Characters that every font has."""

_BLANK_LINES = re.compile(r"\n\s*\n")
_LONGEST = 60  # words; a text without full stops is cut into sentences all the same
_UNDERLINED = re.compile(r"(?<!\w)_(?=[^\W_])([^_]*)(?<![\s_])_(?!\w)")  # italics in plain text
_SENTENCE_END = re.compile(r"([.!?][”’)\"']*) (?=[“‘(\"']*[A-Z0-9])")
_SIGNS = {"‐": "-", "‑": "-", "−": "-", "―": "—", "…": "...", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss",
          "«": "“", "»": "”", "„": "“", "′": "'"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A text as words; sentence i is `words[starts[i]:starts[i + 1]]`, and a paragraph begins at each of `breaks`."""

    words: list[str]
    starts: list[int]
    breaks: frozenset[int] = frozenset()

    @property
    def sentences(self) -> int:
        """How many it has."""
        return len(self.starts) - 1


class Reader:
    """A place in a text from which paragraphs are read on; behind its last sentence comes its first again."""

    def __init__(self, text: Text, chance: Chance) -> None:
        """Opens the text somewhere."""
        self._text, self._next = text, chance.below(text.sentences)

    def read(self, sentences: int) -> list[str]:
        """The words of the next sentences: so many, or two at least where the text has the end of a paragraph."""
        words: list[str] = []
        for number in range(sentences):
            if number > 1 and self._next in self._text.breaks:
                break
            words += self._text.words[self._text.starts[self._next] : self._text.starts[self._next + 1]]
            self._next = (self._next + 1) % self._text.sentences
        return words


@cache
def own(path: str) -> Text:
    """The text of a user's file, sentences with links left out.

    Raises:
        UserError: where the file is missing, no UTF-8 text, or has no sentence without a link.
    """
    try:
        content = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"page.text_file={path} cannot be read as UTF-8 text: {error}.") from None
    found = text(_BLANK_LINES.split(content))
    if not found.words:
        raise UserError(f"page.text_file={path} holds no sentence without a link.")
    return found


def check(text_file: str | None) -> None:
    """Refuses a text that cannot be used, as `own` does."""
    if text_file is not None:
        own(text_file)


def text(paragraphs: Iterable[str]) -> Text:
    """The sentences of paragraphs, those with links left out."""
    words: list[str] = []
    starts, breaks = [0], list[int]()
    for paragraph in paragraphs:
        breaks.append(len(starts) - 1)
        for sentence in _sentences(paragraph):
            said = sentence.split()
            for first in range(0, len(said), _LONGEST):
                words += said[first : first + _LONGEST]
                starts.append(len(words))
    return Text(words, starts, frozenset(breaks))


def _sentences(text: str) -> Iterator[str]:
    """Sentences of a text that can be printed and hold no link."""
    plain = " ".join(text.split())
    plain = printable(_UNDERLINED.sub(r"\1", plain) if "_" in plain else plain)
    may_link = "://" in plain or "www." in plain.lower()
    for sentence in _SENTENCE_END.sub(r"\1\n", plain).split("\n"):
        if sentence and not (may_link and PREFIX.search(sentence)):
            yield sentence


def printable(text: str) -> str:
    """The text in characters that every font has: others lose their accents, or are left out."""
    strange = set(text) - PRINTABLE - {" "}
    return text.translate({ord(c): _spelled(c) for c in strange}) if strange else text


@cache
def _spelled(character: str) -> str:
    """What is printed instead of a character."""
    plain = unicodedata.normalize("NFKD", _SIGNS.get(character, character))
    return "".join(c for c in plain if c in PRINTABLE or c == " ")
