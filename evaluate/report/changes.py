"""What changed between two evaluations, on one page: differences with intervals, links broken and mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
from markupsafe import Markup

from conf.schema.evaluate import OcrConfig
from data.files import write_text
from data.model import Box
from data.pixels import load
from evaluate.comparison import Change, Comparison, Difference
from evaluate.detectors import FULL_PAGE
from evaluate.report.difference import Piece, aligned
from evaluate.report.documents import document
from evaluate.report.gallery import MOST_BYTES, spread
from evaluate.report.lines import line_of
from evaluate.report.names import LABELS, change_text, is_share, label, value_text
from evaluate.report.pictures import Mark, Picture, crop_around
from evaluate.report.strips import Estimate, difference_strip
from evaluate.report.words import counted
from evaluate.slices import FEW
from evaluate.trace import Grey

_LEAST_REACH = 0.05
_MOST_SLICES = 30
_BEHIND = 16.0
"""So much of the line behind a prefix is shown, in its heights, where the truth does not tell where the link ends."""
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
    """What one run made of a link.

    Attributes:
        said: the link that it read.
        pieces: printed and read text, letter under letter; empty where it read nothing or read it as printed.
        fate: what became of it, in words.
        line: the line as its OCR engine was shown it; None where it was shown none, or the file is gone.
    """

    said: str
    pieces: list[Piece]
    fate: str
    line: Picture | None = None

    @property
    def bytes(self) -> int:
        """What its picture adds to the page."""
        return len(self.line.uri) if self.line else 0


@dataclass(frozen=True, slots=True)
class Card:
    """One link that is right in one run only; no picture where its file is gone."""

    picture: Picture | None
    file: str
    printed: str
    before: Side
    after: Side

    @property
    def bytes(self) -> int:
        """What its pictures add to the page."""
        return (len(self.picture.uri) if self.picture else 0) + self.before.bytes + self.after.bytes


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
            _gallery(key, title, meaning, changes, comparison, gallery, thumbnail_px)
            for key, title, meaning, changes in (
                ("broken", "Newly broken", "Right before, not any more.", comparison.broken),
                ("mended", "Newly mended", "Right now, not before.", comparison.mended),
            )
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
    for kind, words in (("worse", "Worse by more than chance"), ("better", "Better by more than chance")):
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


def _gallery(
    key: str, title: str, meaning: str, changes: Sequence[Change], comparison: Comparison, most: int, width_px: int
) -> Gallery:
    cards: list[Card] = []
    left = MOST_BYTES // 2
    for change in spread(changes, most):
        card = _card(change, comparison, width_px)
        left -= card.bytes
        if left < 0:
            break
        cards.append(card)
    return Gallery(key, title, meaning, len(changes), cards)


def _card(change: Change, comparison: Comparison, width_px: int) -> Card:
    path, truth = Path(change.after["file"]), change.after["truth"]
    pixels = load(path) if path.is_file() else None
    behind = 2.0 if truth["segments"] else _BEHIND
    picture = None if pixels is None else crop_around(pixels, list(_marks(change)), width_px, behind)
    grey = None if pixels is None else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    before, after = (
        _side(line, truth["text"] or "", None if grey is None else _line(line, run, grey))
        for line, run in zip((change.before, change.after), comparison.runs, strict=True)
    )
    return Card(picture, path.name, truth["text"] or "", before, after)


def _line(line: dict[str, Any], run: dict[str, Any], grey: Grey) -> Picture | None:
    """The strip that a run read for a link; None where it found or read nothing, or read whole pages."""
    found = line["prediction"]
    if found is None or found["raw_text"] is None or run["detector"] == FULL_PAGE:
        return None
    return line_of(grey, _box(found["bbox"]), OcrConfig(**run["reading"]))


def _marks(change: Change) -> Iterator[Mark]:
    for segment in change.after["truth"]["segments"]:
        yield Mark(_box(segment), "link")
    yield Mark(_box(change.after["truth"]["bbox"]), "truth")
    for line, kind in ((change.before, "was"), (change.after, "found")):
        if line["prediction"] is not None:
            yield Mark(_box(line["prediction"]["bbox"]), kind)


def _box(values: Sequence[float]) -> Box:
    x, y, width, height = values
    return (x, y, width, height)


def _side(line: dict[str, Any], printed: str, strip: Picture | None) -> Side:
    if line["prediction"] is None:
        return Side("", [], "not found")
    read = line["prediction"]["text"]
    score = f"score {line['prediction']['score']:.2f}"
    if read is None:
        return Side("", [], f"found, {score}")
    if not read:
        return Side("", [], f"found, nothing read, {score}", strip)
    astray = ", leads astray" if line["wrong_destination"] else ""
    return Side(read, aligned(printed, read) if read != printed else [], f"{score}{astray}", strip)
