"""What changed between two evaluations, on one page: differences with intervals, links broken and mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from data.files import write_text
from data.model import Box
from data.pixels import load
from evaluate.comparison import Change, Comparison, Difference
from evaluate.report.difference import Piece, aligned
from evaluate.report.documents import document
from evaluate.report.gallery import MOST_BYTES, spread
from evaluate.report.names import LABELS, change_text, is_share, label, value_text
from evaluate.report.pictures import Mark, Picture, crop_around
from evaluate.report.strips import Estimate, difference_strip
from evaluate.report.words import counted
from evaluate.slices import FEW

_LEAST_REACH = 0.05
_MOST_SLICES = 30
_BEHIND = 16.0
"""So much of the line behind a prefix is shown, in its heights: where the link ends, the runs do not tell."""
_SURE = 0.05
"""Adjusted p values below it are worth a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of both runs."""

    name: str
    before: str
    after: str
    change: str
    verdict: str
    strip: Markup


@dataclass(frozen=True, slots=True)
class Side:
    """What one run made of a link; `pieces` are empty where it read nothing or read it as printed."""

    said: str
    pieces: list[Piece]
    fate: str


@dataclass(frozen=True, slots=True)
class Card:
    """One link that is right in one run only; no picture where its file is gone."""

    picture: Picture | None
    file: str
    printed: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Gallery:
    """Broken or mended links; `total` counts those left out too."""

    key: str
    title: str
    meaning: str
    total: int
    cards: list[Card]


def write_comparison(comparison: Comparison, path: Path, *, gallery: int = 24, thumbnail_px: int = 640) -> None:
    """Writes the page, whole or not at all.

    Args:
        comparison: of two runs.
        path: the HTML file.
        gallery: most pictures among the broken and among the mended links.
        thumbnail_px: width of a picture.
    """
    write_text(path, render_comparison(comparison, gallery=gallery, thumbnail_px=thumbnail_px))


def render_comparison(comparison: Comparison, *, gallery: int = 24, thumbnail_px: int = 640) -> str:
    """The page as HTML."""
    headlines = [one for one in comparison.differences if one.name in LABELS]
    return document(
        "compare.html",
        comparison=comparison,
        verdict=verdict(comparison),
        few=FEW,
        rows=rows(headlines),
        others=rows([one for one in comparison.differences if one.name not in LABELS]),
        slices=[one for one in comparison.slices if one.paired.broken + one.paired.mended][:_MOST_SLICES],
        galleries=[
            _gallery("broken", "Newly broken", "Right before, not any more.", comparison.broken, gallery, thumbnail_px),
            _gallery("mended", "Newly mended", "Right now, not before.", comparison.mended, gallery, thumbnail_px),
        ],
        names=[Path(folder).resolve().name for folder in (comparison.before, comparison.after)],
        what="read right" if comparison.right == "exact" else "found",
    )


def verdict(comparison: Comparison) -> list[str]:
    """Sentences, the most important first."""
    paired = comparison.paired
    what = "read right" if comparison.right == "exact" else "found"
    moved = paired.after - paired.before
    trend = "as many as" if not moved else f"{abs(moved)} {'more' if moved > 0 else 'fewer'} than"
    sentences = [
        f"{paired.after} of {counted(paired.links, 'link')} are {what}, {trend} before: "
        f"{paired.mended} mended, {paired.broken} broken."
    ]
    if paired.broken + paired.mended:
        chance = "hardly" if paired.p < _SURE else "well"
        sentences.append(f"That could {chance} be chance (p = {paired.p:.2g}, exact McNemar test).")
    for kind, words in (("worse", "Surely worse"), ("better", "Surely better")):
        names = [label(one.name) for one in comparison.differences if one.verdict == kind and one.name in LABELS]
        if names:
            sentences.append(f"{words}: {'; '.join(names)}.")
    sure = [f"{one.attribute.replace('_', ' ')} {one.value}" for one in comparison.slices if one.p_holm < _SURE]
    if sure:
        sentences.append(f"Slices that changed by more than chance, all tests together: {'; '.join(sure)}.")
    return sentences


def rows(differences: Iterable[Difference]) -> list[Row]:
    """Measures ready to be drawn, those people ask for first; all shares on one scale."""
    order = {name: place for place, name in enumerate(LABELS)}
    ordered = sorted(differences, key=lambda one: (order.get(one.name, len(order)), one.name))
    shares = max([_LEAST_REACH, *(_reach(one) for one in ordered if is_share(one.name))])
    shown = []
    for one in ordered:
        low, high = one.interval or (None, None)
        change = change_text(one.name, one.difference, one.interval)
        reach = shares if is_share(one.name) else max(_LEAST_REACH, _reach(one))
        strip = difference_strip(
            Estimate(one.difference, low, high), reach, one.verdict, f"{label(one.name)}: {change}"
        )
        values = (value_text(one.name, one.before), value_text(one.name, one.after))
        shown.append(Row(label(one.name), *values, change, one.verdict, strip))
    return shown


def _reach(one: Difference) -> float:
    return max(abs(value) for value in (one.difference or 0.0, *(one.interval or ())))


def _gallery(key: str, title: str, meaning: str, changes: Sequence[Change], most: int, width_px: int) -> Gallery:
    cards: list[Card] = []
    left = MOST_BYTES // 2
    for change in spread(changes, most):
        card = _card(change, width_px)
        left -= len(card.picture.uri) if card.picture else 0
        if left < 0:
            break
        cards.append(card)
    return Gallery(key, title, meaning, len(changes), cards)


def _card(change: Change, width_px: int) -> Card:
    path = Path(change.after["file"])
    picture = crop_around(load(path), list(_marks(change)), width_px, _BEHIND) if path.is_file() else None
    printed = change.after["truth"]["text"] or ""
    return Card(picture, path.name, printed, _side(change.before, printed), _side(change.after, printed))


def _marks(change: Change) -> Iterator[Mark]:
    yield Mark(_box(change.after["truth"]["bbox"]), "truth")
    for line, kind in ((change.before, "was"), (change.after, "found")):
        if line["prediction"] is not None:
            yield Mark(_box(line["prediction"]["bbox"]), kind)


def _box(values: Sequence[float]) -> Box:
    x, y, width, height = values
    return (x, y, width, height)


def _side(line: dict[str, Any], printed: str) -> Side:
    if line["prediction"] is None:
        return Side("", [], "not found")
    read = line["prediction"]["text"]
    score = f"score {line['prediction']['score']:.2f}"
    if read is None:
        return Side("", [], f"found, {score}")
    if not read:
        return Side("", [], f"found, nothing read, {score}")
    astray = ", leads astray" if line["wrong_destination"] else ""
    return Side(read, aligned(printed, read) if read != printed else [], f"{score}{astray}")
