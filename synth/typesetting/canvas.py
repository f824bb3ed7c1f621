"""Collects what has found its place on the page, and joins it into glyph runs, rules and links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby

import numpy as np

from synth import shaping
from synth.page import GlyphRun, Picture, PlacedLink, Rectangle
from synth.recipe import BLACK, Link
from synth.scene import Rgb
from synth.shaping import Shaped
from synth.typesetting.breaking import Line
from synth.typesetting.material import Material
from synth.typesetting.voice import Type

_FRAME, _BAR = 0.4, 2.2  # points
_THIN, _THICK = 0.045, 0.09  # em, of an underline
_UNDERLINE_DEPTHS = (0.09, 0.2)  # em; beyond these a font's own figure is a mistake


@dataclass(slots=True)
class _Part:
    """What stands of a link on one line: numbers of its runs, and its count of characters."""

    runs: list[int]
    characters: int


@dataclass(slots=True)
class Canvas:
    """The page as far as it is set. Glyph arrays are made at the end, all at once."""

    links: Sequence[Link]
    rectangles: list[Rectangle] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    _shapes: list[Shaped] = field(default_factory=list)
    _lefts: list[float] = field(default_factory=list)
    _runs: list[tuple[Type, float, int]] = field(default_factory=list)  # type, baseline, end of its shapes
    _parts: dict[int, list[_Part]] = field(default_factory=dict)

    def text(self, type_: Type, text: str, x: float, baseline: float) -> None:
        """Sets a text that is no link."""
        self._run(type_, [type_.shape(text)], [x], baseline)

    def line(self, material: Material, line: Line, x: float, baseline: float, stretch: float) -> None:
        """Sets a line with its left edge at x, each of its spaces widened by `stretch` points."""
        first, past = line.first, line.last + 1
        shift, gaps = x - line.start, material.gaps
        shapes = material.shapes[first:past]
        if stretch:
            shift -= gaps[first] * stretch
            lefts = [material.lefts[item] + gaps[item] * stretch + shift for item in range(first, past)]
        else:
            lefts = [left + shift for left in material.lefts[first:past]]
        if line.tail is not None:
            shapes[0], lefts[0] = line.tail, x
        if line.head is not None:
            shapes[-1] = line.head
        if material.plain:
            self._run(material.voice.base, shapes, lefts, baseline)
        else:
            self._mixed(material, line, shapes, lefts, baseline)

    def _mixed(self, material: Material, line: Line, shapes: list[Shaped], lefts: list[float], baseline: float) -> None:
        """Sets a line of several types: one run for each."""
        types = material.types[line.first : line.last + 1]
        by_type: dict[Type, list[int]] = {}
        for place, type_ in enumerate(types):
            by_type.setdefault(type_, []).append(place)
        linked: dict[int, _Part] = {}
        for type_, places in by_type.items():
            self._run(type_, [shapes[place] for place in places], [lefts[place] for place in places], baseline)
            if type_.link is not None:
                part = linked.setdefault(type_.link, _Part([], 0))
                part.runs.append(len(self._runs) - 1)
                # No link has a blank in it, but a spaced one is printed with some.
                part.characters += sum(len(material.texts[line.first + place].replace(" ", "")) for place in places)
        for number, part in linked.items():
            self._parts.setdefault(number, []).append(part)
        if any(type_.underline != "none" for type_ in by_type):
            self._underline(types, shapes, lefts, baseline)
        hyphen = None if line.final else material.hyphens.get(line.last)
        if hyphen is not None:
            right = lefts[-1] + shapes[-1].advance * material.types[line.last].size
            self._run(hyphen[1], [hyphen[0]], [right], baseline)

    def _underline(self, types: Sequence[Type], shapes: Sequence[Shaped], lefts: Sequence[float], y: float) -> None:
        """Underlines, with the spaces between them, neighbours that are underlined alike."""
        for _, group in groupby(enumerate(types), key=lambda item: (item[1].underline, item[1].link)):
            found = list(group)
            (first, type_), (last, _) = found[0], found[-1]
            if type_.underline != "none":
                right = lefts[last] + shapes[last].advance * types[last].size
                self.rectangles.append(_underline(type_, lefts[first], right, y))

    def _run(self, type_: Type, shapes: Sequence[Shaped], lefts: Sequence[float], baseline: float) -> None:
        self._shapes += shapes
        self._lefts += lefts
        self._runs.append((type_, baseline - type_.rise, len(self._shapes)))

    def rule(self, left: float, right: float, y: float, thickness: float) -> None:
        """A black horizontal rule with its middle at y."""
        self.rectangles.append(Rectangle(left, y - thickness / 2, right, y + thickness / 2, BLACK))

    def finished(self) -> tuple[tuple[GlyphRun, ...], tuple[PlacedLink, ...]]:
        """All runs in the order in which they were set, and all links."""
        runs = self._glyph_runs()
        links = tuple(self._placed(number, self._parts[number], runs) for number in sorted(self._parts))
        return runs, links

    def _glyph_runs(self) -> tuple[GlyphRun, ...]:
        if not self._runs:
            return ()
        counts = [len(shape.glyphs) for shape in self._shapes]
        edges = list(accumulate(counts, initial=0))
        ends = [edges[end] for _, _, end in self._runs]
        starts = [0, *ends[:-1]]
        lengths = [end - start for start, end in zip(starts, ends, strict=True)]
        glyphs = np.frombuffer(b"".join([shape.glyphs for shape in self._shapes]), np.int64)
        xs = np.frombuffer(b"".join([shape.xs for shape in self._shapes]), np.float64)
        tracking = [type_.tracking for type_, _, _ in self._runs]
        if any(tracking):
            number_in_piece = np.arange(len(xs)) - np.repeat(edges[:-1], counts)
            xs = xs + np.repeat(tracking, lengths) * number_in_piece
        xs = xs * np.repeat([type_.size for type_, _, _ in self._runs], lengths) + np.repeat(self._lefts, counts)
        return tuple(
            GlyphRun(type_.font, type_.size, type_.ink, glyphs[start:end], xs[start:end], baseline)
            for (type_, baseline, _), start, end in zip(self._runs, starts, ends, strict=True)
        )

    def _placed(self, number: int, parts: Sequence[_Part], runs: Sequence[GlyphRun]) -> PlacedLink:
        link = self.links[number]
        segments = tuple(_joined([runs[run] for run in part.runs]) for part in parts)
        complete = sum(part.characters for part in parts) == len(link.text)
        return PlacedLink(number, runs[parts[0].runs[0]], segments, complete)


def _joined(runs: Sequence[GlyphRun]) -> GlyphRun:
    first = runs[0]
    if len(runs) == 1:
        return first
    glyphs, xs = np.concatenate([run.glyphs for run in runs]), np.concatenate([run.xs for run in runs])
    return GlyphRun(first.font, first.size, first.ink, glyphs, xs, first.baseline)


def _underline(type_: Type, left: float, right: float, baseline: float) -> Rectangle:
    """A low underline touches the ends of the descenders; others stand where the font says."""
    metrics, size = shaping.metrics(type_.font), type_.size
    thickness = (_THICK if type_.underline == "thick" else _THIN) * size
    low, high = _UNDERLINE_DEPTHS
    depth = min(max(metrics.underline, low), high) * size
    if type_.underline == "low":
        depth = metrics.descender * size + thickness / 2
    y = baseline + depth
    return Rectangle(left, y - thickness / 2, right, y + thickness / 2, type_.ink)


def box(canvas: Canvas, edges: tuple[float, float, float, float], kind: str, ink: Rgb, tone: float) -> None:
    """A frame, a tint, or a bar at the left: edges are left, top, right, bottom."""
    left, top, right, bottom = edges
    half = _FRAME / 2
    if kind == "tint":
        drawn = [(left, top, right, bottom)]
    elif kind == "bar":
        drawn = [(left, top, left + _BAR, bottom)]
    else:
        drawn = [(left - half, y - half, right + half, y + half) for y in (top, bottom)]
        drawn += [(x - half, top, x + half, bottom) for x in (left, right)]
    coverage = tone if kind == "tint" else 1.0
    canvas.rectangles += [Rectangle(*sides, ink, coverage, boxes=True) for sides in drawn]
