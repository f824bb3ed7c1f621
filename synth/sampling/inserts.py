"""What comes in between the words of paragraphs: links, look-alikes, and the marks of footnotes."""

from __future__ import annotations

from collections.abc import Mapping

from conf.schema.link import LinkConfig
from synth.chance import Chance
from synth.recipe import Link, Span, Word
from synth.sampling import lists
from synth.sampling.decoys import decoy

_OPENINGS = (
    "See", "For details, see", "The source is available at", "More on this at", "Visit", "Download it from",
    "It can be found at", "A copy is kept at", "Write to us or go to", "(See also",
)  # fmt: skip
_INTRODUCTIONS = ("see", "at", "visit", "from", "online:", "URL:", "via", "also")


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
                span = decoy(self._chance.pick(self._config.decoy_weights), self._chance)
                said.insert(self._chance.below(len(said)), (span,))
                letters += len(span.text) + 1
        return letters

    def _link(self, said: list[Word], number: int) -> int:
        """A link in a sentence of its own, at the paragraph's end before the full stop, or within a sentence."""
        link, chance = self._links[number], self._chance
        last, way = said[-1], chance.between((0, 1))
        if way < 0.4:
            opening = chance.one(_OPENINGS)
            place, closing = self._behind(said, ".?!”"), ".)" if opening.startswith("(") else "."
            said[place:place] = [*opening.split(), lists.link_word(number, link, closing)]
        elif way < 0.65 and isinstance(last, str) and last.endswith(".") and len(last) > 1:
            said[-1:] = [last[:-1], lists.link_word(number, link, ".")]
        else:
            introduction = chance.one(_INTRODUCTIONS).split() if chance.share(0.5) else []
            place = self._behind(said, ",;") if chance.share(0.5) else chance.below(len(said))
            said[place:place] = [*introduction, lists.link_word(number, link, "," if chance.share(0.15) else "")]
        return len(link.text) + 8

    def _mark(self, said: list[Word], number: int) -> int:
        """The number of a note, raised, behind a word that no later note's mark precedes."""
        first = max((place + 1 for place, word in enumerate(said) if _is_marked(word)), default=0)
        place = self._behind(said, ".,;", min(first, len(said) - 1)) - 1
        word, mark = said[place], Span(str(number), "superscript")
        said[place] = (Span(word), mark) if isinstance(word, str) else (*word, mark)
        return 1

    def _behind(self, said: list[Word], signs: str, first: int = 0) -> int:
        """A place behind the word `first` or a later one: one that ends in one of these signs, or any if none does."""
        found = [n for n in range(first, len(said)) if isinstance(word := said[n], str) and word[-1] in signs]
        return 1 + (self._chance.one(found) if found else first + self._chance.below(len(said) - first))


def _is_marked(word: Word) -> bool:
    return not isinstance(word, str) and word[-1].style == "superscript"
