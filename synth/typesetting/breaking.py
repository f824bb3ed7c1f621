"""Where lines end: the whole paragraph is looked at, as a good compositor does.

After D. E. Knuth and M. F. Plass, "Breaking Paragraphs into Lines" (Software: Practice and Experience 11, 1981), with
their badness and demerits, but only the few best ways to set the lines so far are followed from line to line: that
costs a third and looks as good. A word is hyphenated only where its line would else be loose.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import pyphen

from synth.shaping import Shaped
from synth.typesetting.material import Material

_BEAM = 3
_SHRINK, _STRETCH = 0.3, 0.55  # of a space's natural width; within these a line is good
_LOOSE = 0.7  # stretch ratio from which on a division of the next word is considered
_TOO_LOOSE = 2.0  # stretch ratio beyond which a line is set only if there is no other way
_HYPHEN, _TWO_HYPHENS = 50.0, 150.0  # penalties
_HOPELESS = 1e4  # badness of a line that sticks out or cannot be filled
_RAG = 0.12  # of the measure: what a ragged line may lack before it looks short
_HAIR = 1e-6
_WORD = re.compile(r"\W*([^\W\d_]{5,})\W*")


class Line(NamedTuple):
    """A line of a paragraph.

    Attributes:
        first, last: items on it, both included.
        start: x in the material at which it begins.
        tail: what of the first item stands on it, where that is the second half of a divided word.
        head: what of the last item stands on it with its hyphen, where that is divided.
        width: with natural spaces, points.
        gaps: stretchable spaces.
        final: whether it ends the paragraph.
    """

    first: int
    last: int
    start: float
    tail: Shaped | None
    head: Shaped | None
    width: float
    gaps: int
    final: bool


class _Way(NamedTuple):
    """One way to set all lines up to here.

    Attributes:
        first: item that the next line begins with, and `rest`, what is left of it if it was divided.
        end: number of the first end in `Material.ends` that the next line may take.
    """

    demerits: float
    first: int
    rest: Shaped | None
    end: int
    line: Line | None
    before: _Way | None


def lines(material: Material, measures: Sequence[float], justified: bool, hyphenated: bool) -> list[Line]:
    """Breaks a paragraph; line n is `measures[n]` wide, and the last measure holds for all that follow."""
    if material.ends and material.width <= measures[0]:
        last = len(material.texts) - 1
        return [Line(0, last, material.lefts[0], None, None, material.width - material.lefts[0], 0, True)]
    breaker = _Breaker(material, justified, hyphenated)
    ways, best, number = [_Way(0.0, 0, None, 0, None, None)] if material.ends else [], None, 0
    while ways:
        measure = measures[min(number, len(measures) - 1)]
        number += 1
        reached: dict[tuple[int, float], _Way] = {}
        for way in ways:
            for found in breaker.continued(way, measure):
                if found.first == breaker.count:
                    best = found if best is None or found.demerits < best.demerits else best
                    continue
                key = (found.first, found.rest.advance if found.rest else 0.0)
                if key not in reached or found.demerits < reached[key].demerits:
                    reached[key] = found
        limit = best.demerits if best else float("inf")
        ways = sorted((way for way in reached.values() if way.demerits < limit), key=_demerits)[:_BEAM]
    return _unrolled(best)


def _demerits(way: _Way) -> float:
    return way.demerits


def _unrolled(way: _Way | None) -> list[Line]:
    found: list[Line] = []
    while way is not None and way.line is not None:
        found.append(way.line)
        way = way.before
    return found[::-1]


class _Breaker:
    """Continues ways by a line."""

    def __init__(self, material: Material, justified: bool, hyphenated: bool) -> None:
        self.material, self.justified, self.hyphenated = material, justified, hyphenated
        self.count = len(material.texts)
        self.shrink = _SHRINK * material.voice.space if justified else 0.0
        self.stretch = _STRETCH * material.voice.space

    def continued(self, way: _Way, measure: float) -> Iterator[_Way]:
        """All ways worth following with one line more; one at least."""
        material = self.material
        ends, rights, gaps_before = material.ends, material.end_rights, material.gaps
        start, gaps_first = self._start(way), gaps_before[way.first]
        room = start + measure + _HAIR
        # Spaces shrink by less than a tenth of the line; what exceeds that cannot fit.
        beyond = bisect_right(rights, room + (0.1 * measure if self.justified else 0.0), way.end)
        best, next_end = float("inf"), beyond
        for end in range(beyond - 1, way.end - 1, -1):
            item = ends[end]
            gaps = gaps_before[item] - gaps_first
            width = rights[end] - start
            if start + width - gaps * self.shrink > room:
                next_end = end
                continue
            ratio = self._ratio(measure - width, gaps, measure, end == len(ends) - 1)
            if ratio > _TOO_LOOSE and best < ratio:
                break
            best = min(best, ratio)
            yield self._way(way, item, end + 1, None, None, width, gaps, ratio, 0.0, start)
        # The last word is divided only if there is no other way: part of a word is no line.
        last = next_end == len(ends) - 1 and best < float("inf")
        if best > _LOOSE and self.hyphenated and next_end < len(ends) and not last:
            for found in self._hyphenated(way, next_end, start, measure):
                best = 0.0
                yield found
        if best == float("inf"):
            width, gaps = rights[way.end] - start, gaps_before[ends[way.end]] - gaps_first
            yield self._way(way, ends[way.end], way.end + 1, None, None, width, gaps, float("inf"), 0.0, start)

    def _start(self, way: _Way) -> float:
        """Where in the material the next line begins."""
        material = self.material
        if way.rest is None:
            return material.lefts[way.first] if way.first < self.count else 0.0
        return material.rights[way.first] - way.rest.advance * material.types[way.first].size

    def _ratio(self, room: float, gaps: int, measure: float, final: bool) -> float:
        """How far spaces stretch (up to 1 is good) or shrink (-1 is the limit) to fill a line that has `room` left."""
        if not self.justified:
            return 0.0 if final else room / (_RAG * measure)
        if room < 0:
            return room / (gaps * self.shrink) if gaps else 0.0
        if final:
            return 0.0
        return room / (gaps * self.stretch) if gaps else 1e9

    def _hyphenated(self, way: _Way, end: int, start: float, measure: float) -> Iterator[_Way]:
        material = self.material
        item = material.ends[end]
        type_, text = material.types[item], material.texts[item]
        divided_before = item == way.first and way.rest is not None
        if divided_before or type_.link is not None or (item and material.gaps[item] == material.gaps[item - 1]):
            return
        gaps = material.gaps[item] - material.gaps[way.first]
        shape = type_.shaper()
        for first, second in _divisions(text):
            head = shape(first)
            width = material.lefts[item] + head.advance * type_.size - start
            if width - gaps * self.shrink > measure + _HAIR:
                continue
            ratio = self._ratio(measure - width, gaps, measure, final=False)
            penalty = _HYPHEN + (_TWO_HYPHENS if way.rest is not None else 0.0)
            yield self._way(way, item, end, head, shape(second), width, gaps, ratio, penalty, start)
            if ratio > _TOO_LOOSE:
                return

    def _way(
        self,
        way: _Way,
        item: int,
        end: int,
        head: Shaped | None,
        rest: Shaped | None,
        width: float,
        gaps: int,
        ratio: float,
        penalty: float,
        start: float,
    ) -> _Way:
        bad = min(100 * abs(ratio) ** 3, _HOPELESS)
        final = head is None and item == self.count - 1
        line = Line(way.first, item, start, way.rest, head, width, gaps, final)
        return _Way(
            way.demerits + (10 + bad + penalty) ** 2, item if rest is not None else item + 1, rest, end, line, way
        )


@lru_cache(maxsize=32_768)
def _divisions(text: str) -> tuple[tuple[str, str], ...]:
    """All ways to divide a word, the longest first part first: that part with its hyphen, and the other."""
    word = _WORD.fullmatch(text)
    if word is None or text.isupper():
        return ()
    places = [word.start(1) + place for place in _hyphenator().positions(word[1])]
    return tuple((text[:place] + "-", text[place:]) for place in reversed(places))


@cache
def _hyphenator() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=2, right=3)
