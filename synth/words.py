"""Running text as lists of words, read in order as in a book, in characters that fonts have.

Nothing is drawn word by word: a text is words ready to be cut into paragraphs.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
_SENTENCE_END = re.compile(r"([.!?][”’)»\"']*) (?=[“‘(«„\"']*(?:[A-Z0-9]|[^\x00-\x7F\W]))")
_SIGNS = {"‐": "-", "‑": "-", "−": "-", "―": "—", "…": "...", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss",
          "«": "“", "»": "”", "„": "“", "′": "'", "ł": "l", "Ł": "L"}  # fmt: skip


# Letters and signs that many fonts have: they are printed where a text of the user's is full of them.
_ALPHABETS = (range(0x100, 0x250), range(0x370, 0x400), range(0x400, 0x530), range(0x1E00, 0x1F00))
_MORE = (
    *(frozenset(filter(str.isalpha, map(chr, letters))) for letters in _ALPHABETS),
    frozenset("«»„‚‹›№€"),
)
_MUCH = 0.001  # of a text's characters
_MOST_LOST = 0.02  # of a text's characters
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Text:
    """A text as words; sentence i is `words[starts[i]:starts[i + 1]]`, and a paragraph begins at each of `breaks`.

    `letters` are what fonts must have for it besides `PRINTABLE`.
    """

    words: list[str]
    starts: list[int]
    breaks: frozenset[int] = frozenset()
    letters: frozenset[str] = frozenset()

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
        UserError: where the file is missing, no UTF-8 text, of letters that cannot be printed, or has no sentence
            without a link.
    """
    try:
        content = unicodedata.normalize("NFC", Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"page.text_file={path} cannot be read as UTF-8 text: {error}.") from None
    counted = Counter("".join(content.split()))
    letters = _letters(counted)
    _account(path, counted, letters)
    found = text(_BLANK_LINES.split(content), letters)
    if not found.words:
        raise UserError(f"page.text_file={path} holds no sentence without a link.")
    return found


def _letters(counted: Counter[str]) -> frozenset[str]:
    """The letters beyond `PRINTABLE` that a text is to be printed with."""
    least = _MUCH * counted.total()
    used = (alike & counted.keys() for alike in _MORE)
    return frozenset().union(*(alike for alike in used if sum(counted[c] for c in alike) >= least))


def _account(path: str, counted: Counter[str], letters: frozenset[str]) -> None:
    """Says what of a text is not printed as it is, or refuses it."""
    strange = [c for c, _ in counted.most_common() if c not in PRINTABLE and c not in letters]
    lost = [c for c in strange if not _spelled(c) and unicodedata.category(c) not in ("Cf", "Cc")]
    count = sum(counted[c] for c in lost)
    if count > _MOST_LOST * counted.total():
        raise UserError(
            f"page.text_file={path} would lose {count / counted.total():.0%} of its characters, as {_some(lost)}; "
            "Latin, Greek and Cyrillic letters can be printed."
        )
    if strange:
        spelled = [c for c in strange if _spelled(c)]
        log.info(
            "page.text_file=%s: %d characters are spelled otherwise%s, %d are left out%s",
            path,
            sum(counted[c] for c in spelled),
            f" ({_some(spelled)})" if spelled else "",
            count,
            f" ({_some(lost)})" if lost else "",
        )


def _some(characters: Sequence[str]) -> str:
    return ", ".join(characters[:5]) + (", …" if len(characters) > 5 else "")


def check(text_file: str | None) -> None:
    """Refuses a text that cannot be used, as `own` does."""
    if text_file is not None:
        own(text_file)


def text(paragraphs: Iterable[str], letters: frozenset[str] = frozenset()) -> Text:
    """The sentences of paragraphs, those with links left out; `letters` are printed besides `PRINTABLE`."""
    words: list[str] = []
    starts, breaks = [0], list[int]()
    for paragraph in paragraphs:
        breaks.append(len(starts) - 1)
        for sentence in _sentences(paragraph, letters):
            said = sentence.split()
            for first in range(0, len(said), _LONGEST):
                words += said[first : first + _LONGEST]
                starts.append(len(words))
    return Text(words, starts, frozenset(breaks), letters)


def _sentences(text: str, letters: frozenset[str]) -> Iterator[str]:
    """Sentences of a text that can be printed and hold no link."""
    plain = " ".join(text.split())
    plain = printable(_UNDERLINED.sub(r"\1", plain) if "_" in plain else plain, letters)
    may_link = "://" in plain or "www." in plain.lower()
    for sentence in _SENTENCE_END.sub(r"\1\n", plain).split("\n"):
        if sentence and not (may_link and PREFIX.search(sentence)):
            yield sentence


def printable(text: str, letters: frozenset[str] = frozenset()) -> str:
    """The text in characters that every font has, and in these letters: others lose accents, or are left out."""
    strange = set(text) - PRINTABLE - letters - {" "}
    return text.translate({ord(c): _spelled(c) for c in strange}) if strange else text


@cache
def _spelled(character: str) -> str:
    """What is printed instead of a character."""
    plain = unicodedata.normalize("NFKD", _SIGNS.get(character, character))
    return "".join(c for c in plain if c in PRINTABLE or c == " ")
