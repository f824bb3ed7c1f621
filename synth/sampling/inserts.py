"""What comes in between the sentences of paragraphs: links, look-alikes, and the marks of footnotes.

As writers do, it puts them where a sentence or a clause ends, or into a sentence of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conf.schema.link import LinkConfig
from synth.chance import Chance
from synth.recipe import Link, Span, Word
from synth.sampling import lists
from synth.sampling.decoys import decoy, phrase

# Sentences of their own, what stands before the full stop of another, and what stands behind a comma.
_SENTENCES = (
    "See §.", "See also §.", "For details, see §.", "The source is available at §.", "There is more on this at §.",
    "Visit § for more.", "Download it from §.", "It can be found at §.", "A copy is kept at §.", "(See also §.)",
    "Write to us or go to §.", "The full text is at §.", "According to §, little has changed.", "Compare §.",
    "The site § has a map.", "A list is kept up to date at §.", "The data are from §.", "At § there is a list.",
    "An introduction can be read at §.", "The address is §.", "Readers may also consult §.", "More: §.",
)  # fmt: skip
_ENDINGS = ("(see §).", "(see also §).", "; see §.", ", as described at §.", ": §.", "(from §).", "at §.", "(cf. §).")
_CLAUSES = ("as described at §,", "see §,", "according to §,", "which is explained at §,", "now at §,")
_ENDS, _PAUSES = ".?!", ",;"


class Inserts:
    """(line at which it is due, what it is, its number) of each that is `waiting` for its paragraph."""

    def __init__(self, config: LinkConfig, links: Mapping[int, Link], notes: int, lines: float, chance: Chance) -> None:
        """Links by their numbers and marks of so many notes, spread with look-alikes over so many lines."""
        self._config, self._links, self._chance = config, links, chance
        # On a page without paragraphs nothing can come in.
        decoys = chance.whole(config.decoys_per_page) if lines > 0 else 0
        whats = [("link", number) for number in links] + [("decoy", 0)] * decoys
        marks = sorted(chance.between((0, lines)) for _ in range(notes))
        self.waiting = sorted(
            [(chance.between((0, lines)), *what) for what in whats]
            + [(line, "mark", number) for number, line in enumerate(marks, 1)]
        )

    def put(self, said: list[Word], line: float) -> int:
        """Puts what is due before that line between the words; returns how many letters came in."""
        letters = 0
        while self.waiting and self.waiting[0][0] < line:
            _, what, number = self.waiting.pop(0)
            if what == "link":
                letters += self._link(said, number)
            elif what == "mark":
                letters += self._mark(said, number)
            else:
                letters += self._decoy(said)
        return letters

    def _link(self, said: list[Word], number: int) -> int:
        """A link in a sentence of its own, before the full stop of another one, or behind a clause."""
        link, chance = self._links[number], self._chance

        def word(closing: str) -> tuple[Span, ...]:
            return lists.link_word(number, link, closing)

        way = chance.between((0, 1))
        ends, pauses = _ending(said, _ENDS), _ending(said, _PAUSES)
        if way < 0.45 and ends:
            place, clause = chance.one(ends), f"{chance.one(_ENDINGS) if not link.bracket else '§.'}"
            return _close(said, place, clause, word)
        if way < 0.65 and pauses:
            place = chance.one(pauses) + 1
            return _insert(said, place, chance.one(_CLAUSES) if not link.bracket else "§,", word)
        place = chance.one(ends) + 1 if ends else len(said)
        sentence = chance.one(_SENTENCES) if not link.bracket else "See also §."
        return _insert(said, place, sentence, word)

    def _decoy(self, said: list[Word]) -> int:
        """A look-alike in a phrase of its own, or words that are there, underlined."""
        kind = self._chance.pick(self._config.decoy_weights)
        if kind == "underlined":
            self._underline(said)
            return 0
        span = decoy(kind, self._chance)
        ends = _ending(said, _ENDS)
        place = self._chance.one(ends) + 1 if ends else len(said)
        return _insert(said, place, phrase(kind, self._chance), lambda closing: (span, Span(closing)))

    def _underline(self, said: list[Word]) -> None:
        """A word or a few under which somebody drew a line in the type."""
        look, first = decoy("underlined", self._chance), self._chance.below(len(said))
        for place in range(first, min(first + self._chance.whole((1, 4)), len(said))):
            word = said[place]
            if not isinstance(word, str):
                return
            said[place] = (Span(word, look.style, underline=look.underline),)

    def _mark(self, said: list[Word], number: int) -> int:
        """The number of a note, raised, behind a word that no later note's mark precedes; two of them as 2,3."""
        first = max((place for place, word in enumerate(said) if _is_marked(word)), default=-1) + 1
        found = [place for place in _ending(said, _ENDS + _PAUSES) if place >= first]
        place = self._chance.one(found) if found else len(said) - 1
        word, mark = said[place], Span(f",{number}" if _is_marked(said[place]) else str(number), "superscript")
        said[place] = (Span(word), mark) if isinstance(word, str) else (*word, mark)
        return len(mark.text)


_Made = Callable[[str], tuple[Span, ...]]  # the word that stands for § with the punctuation that follows it


def _close(said: list[Word], place: int, clause: str, made: _Made) -> int:
    """Puts a clause before the full stop of the word there, with the sign that it begins with behind that word."""
    ended, sign = str(said[place]), clause[0] if clause[0] in ";,:" else ""
    said[place] = ended[:-1] + sign
    return _insert(said, place + 1, clause.lstrip(";,: ")[:-1] + ended[-1], made) - len(sign)


def _insert(said: list[Word], place: int, phrase: str, made: _Made) -> int:
    """Puts a phrase with § before the word there; returns how many letters came in."""
    words: list[Word] = []
    for token in phrase.split():
        before, is_placed, closing = token.partition("§")
        if not is_placed:
            words.append(token)
            continue
        words.append(tuple(span for span in (Span(before), *made(closing)) if span.text))
    said[place:place] = words
    return sum(len(word) if isinstance(word, str) else sum(len(span.text) for span in word) for word in words) + len(
        words
    )


def _ending(said: list[Word], signs: str) -> list[int]:
    """Places of the words that end in one of these signs; words of one letter before a full stop are initials."""
    return [
        place
        for place, word in enumerate(said)
        if isinstance(word, str) and word[-1] in signs and len(word) > 2 and word not in _ABBREVIATIONS
    ]


_ABBREVIATIONS = frozenset({"Mr.", "Mrs.", "Dr.", "St.", "Prof.", "etc.", "No.", "Fig.", "vol.", "ca.", "B.C."})


def _is_marked(word: Word) -> bool:
    return not isinstance(word, str) and word[-1].style == "superscript"
