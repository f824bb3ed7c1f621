"""Running text: a novel's, a manual's, or a user's own, read in order as in a book.

The novel is no book one could buy: sentences that the package `markov-draftjs` recombined from one out of copyright.
Texts are lists of words, ready to be cut into paragraphs; nothing is drawn word by word.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from conf import UserError
from synth import manual
from synth.chance import Chance
from synth.fonts import NEEDED

PREFIX = re.compile(r"(?:https?|ftp|tcp)://|www\.", re.IGNORECASE)
"""What must stand nowhere but at the start of a link: elsewhere it would be printed without being in the truth."""

PRINTABLE = frozenset(NEEDED)
"""Characters that every font has."""

_LONGEST = 60  # words; a text without full stops is cut into sentences all the same
_UNDERLINED = re.compile(r"(?<!\w)_(?=[^\W_])([^_]*)(?<![\s_])_(?!\w)")  # italics in plain text
_SENTENCE_END = re.compile(r"(?<=[.!?])([”’)\"']*)\s+(?=[“‘(\"']*[A-Z0-9])")
_SIGNS = {"‐": "-", "‑": "-", "−": "-", "―": "—", "…": "...", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss",
          "«": "“", "»": "”", "„": "“", "′": "'"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A text as words; sentence i is `words[starts[i]:starts[i + 1]]`."""

    words: list[str]
    starts: list[int]

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
        """The words of the next sentences."""
        words: list[str] = []
        while sentences:
            last = min(self._next + sentences, self._text.sentences)
            words += self._text.words[self._text.starts[self._next] : self._text.starts[last]]
            sentences -= last - self._next
            self._next = last % self._text.sentences
        return words


@cache
def novel() -> Text:
    """A Russian family of the nineteenth century, in disorder (160,000 words)."""
    content = json.loads(resources.files("markov_draftjs").joinpath("content.json").read_text("utf-8"))
    paragraphs = (_balanced(block["text"]) for page in content for block in page["blocks"])
    return _text(sentence for paragraph in paragraphs for sentence in _sentences(paragraph))


@cache
def technical() -> Text:
    """What handbooks and reports say, with numbers and terms."""
    return _text(manual.sentences())


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
    text = _text(_sentences(content))
    if not text.words:
        raise UserError(f"page.text_file={path} holds no sentence without a link.")
    return text


def check(text_file: str | None) -> None:
    """Refuses a text that cannot be used, as `own` does."""
    if text_file is not None:
        own(text_file)


def _text(sentences: Iterable[str]) -> Text:
    words: list[str] = []
    starts = [0]
    for sentence in sentences:
        said = sentence.split()
        for first in range(0, len(said), _LONGEST):
            words += said[first : first + _LONGEST]
            starts.append(len(words))
    return Text(words, starts)


def _sentences(text: str) -> Iterator[str]:
    """Sentences of a text that can be printed and hold no link."""
    plain = _UNDERLINED.sub(r"\1", " ".join(text.split()))
    for sentence in _SENTENCE_END.sub(r"\1\n", printable(plain)).split("\n"):
        if sentence and not PREFIX.search(sentence):
            yield sentence


def _balanced(paragraph: str) -> str:
    """The paragraph without what recombination left behind: marks of italics, hyphens of line ends, open quotes."""
    paragraph = re.sub(r"_|[-‐‑]{2,}", "", paragraph).replace("‐ ", "-")
    for opening, closing in ("“”", "()"):
        if paragraph.count(opening) != paragraph.count(closing):
            paragraph = paragraph.replace(opening, "").replace(closing, "")
    return paragraph


def printable(text: str) -> str:
    """The text in characters that every font has: others lose their accents, or are left out."""
    if PRINTABLE.issuperset(text.replace(" ", "")):
        return text
    spelled = "".join(c if c in PRINTABLE else _SIGNS.get(c, c) for c in text)
    plain = "".join(c if c in PRINTABLE else unicodedata.normalize("NFKD", c) for c in spelled)
    return "".join(c for c in plain if c in PRINTABLE or c == " ")
