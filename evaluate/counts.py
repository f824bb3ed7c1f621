"""What every rate is made of, counted page by page: a rate is a sum over pages divided by another.

So a resample of the pages needs no scoring, only the sums weighted by how often each page was drawn; and the number
shown and the middle of its interval come from the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.boxes import Floats
from evaluate.links import Item
from evaluate.measures import Measure, Undefined

_NO_LINK = "the set has no link that counts"
_NO_TEXT = "the set has no link whose text is known"
_NO_DETECTION = "nothing was detected at the operating point"
_NO_ANSWER = "no link was read anywhere"
_NO_WRAPPED = "the set has no link that runs over lines"
_NO_EMPTY = "the set has no page without links"
_NONE_FOUND = "no link whose text is known was found"


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` over `whole`, each the names of columns that are added; undefined for `reason` where the whole is 0."""

    part: tuple[str, ...]
    whole: tuple[str, ...]
    reason: str


def _triple(group: str, part: str, answers: str, links: str, last: str, none: str, no_link: str) -> dict[str, Rate]:
    """Precision, recall, and their harmonic mean 2 part / (answers + links)."""
    return {
        f"{group}precision{last}": Rate((part,), (answers,), none),
        f"{group}recall{last}": Rate((part,), (links,), no_link),
        f"{group}{'f1' if group == 'detection.' else 'hmean'}{last}": Rate((part, part), (answers, links), no_link),
    }


RATES: Mapping[str, Rate] = {
    **_triple("detection.", "found", "claimed", "asked", "", _NO_DETECTION, _NO_LINK),
    **_triple("detection.", "found_iou30", "claimed_iou30", "asked", "_iou30", _NO_DETECTION, _NO_LINK),
    "detection.false_alarms_per_empty_page": Rate(("alarms",), ("empty",), _NO_EMPTY),
    "detection.clean_empty_pages": Rate(("clean",), ("empty",), _NO_EMPTY),
    **_triple("end_to_end.normalised.", "exact", "answers", "links", "", _NO_ANSWER, _NO_TEXT),
    **_triple("end_to_end.raw.", "raw", "answers", "links", "", _NO_ANSWER, _NO_TEXT),
    **_triple("end_to_end.merged.", "merged", "answers", "links", "", _NO_ANSWER, _NO_TEXT),
    **_triple("end_to_end.normalised_iou30.", "exact_iou30", "answers_iou30", "links", "", _NO_ANSWER, _NO_TEXT),
    "end_to_end.cer": Rate(("edits",), ("letters",), _NO_TEXT),
    "end_to_end.cer_matched": Rate(("found_edits",), ("found_letters",), _NONE_FOUND),
    "end_to_end.wrong_destination_rate": Rate(("astray",), ("answers",), _NO_ANSWER),
    "end_to_end.wrong_host_rate": Rate(("wrong_host",), ("answers",), _NO_ANSWER),
    "end_to_end.wrapped.whole": Rate(("wrapped_whole",), ("wrapped",), _NO_WRAPPED),
    "end_to_end.wrapped.first_line": Rate(("wrapped_first",), ("wrapped",), _NO_WRAPPED),
}
_ITEM = ("found", "claimed", "asked", "links", "answers", "exact", "raw", "merged", "edits", "letters", "found_edits",
         "found_letters", "astray", "wrong_host", "wrapped", "wrapped_whole", "wrapped_first")  # fmt: skip
_LOOSE = ("found_iou30", "claimed_iou30", "exact_iou30", "answers_iou30")
_PAGE = ("empty", "alarms", "clean")
COLUMNS = (*_ITEM, *_LOOSE, *_PAGE)
_PLACE = {name: place for place, name in enumerate(COLUMNS)}


def of_page(items: Iterable[Item], loose: Iterable[Item], alarms: int | None) -> tuple[float, ...]:
    """The row of one page, by `COLUMNS`.

    Args:
        items: what became of each of its links and detections.
        loose: the same, matched at an IoU of 0.3.
        alarms: detections at the operating point, where it has no link; None where it has.
    """
    own = _summed([_of_item(item) for item in items], len(_ITEM))
    wide = _summed([_of_loose(item) for item in loose], len(_LOOSE))
    return (*own, *wide, *((0, 0, 0) if alarms is None else (1, alarms, alarms == 0)))


def _summed(rows: Sequence[tuple[float, ...]], columns: int) -> Iterable[float]:
    return map(sum, zip(*rows, strict=True)) if rows else (0.0,) * columns


def _of_loose(item: Item) -> tuple[float, ...]:
    found = item.detection is not None
    return (found and item.truth is not None, found, item.scored and item.same, item.scored and bool(item.answer))


def _of_item(item: Item) -> tuple[float, ...]:
    found, link = item.detection is not None, item.truth is not None
    if not item.scored:
        return (found and link, found, link, *[0] * (len(_ITEM) - 3))
    exact, answer, edits, letters = item.same, bool(item.answer), item.edits, len(item.printed)
    wraps = item.wraps
    return (
        found and link, found, link, link, answer, exact, item.same_raw, item.same_merged, edits, letters,
        edits * (found and link), letters * found, item.leads_astray, item.wrong_host, wraps, wraps and exact,
        wraps and (exact or item.first_line_right),
    )  # fmt: skip


def rates(table: Floats) -> dict[str, Measure]:
    """Every rate of a table by its dotted name."""
    sums = table.sum(axis=0)
    return {name: _value(rate, sums) for name, rate in RATES.items()}


def _value(rate: Rate, sums: Floats) -> Measure:
    part, whole = (sum(float(sums[_PLACE[name]]) for name in names) for names in (rate.part, rate.whole))
    return part / whole if whole else Undefined(rate.reason)


def resampled(table: Floats, weights: Floats) -> dict[str, Floats]:
    """Every rate on every resample: `weights` is (resamples, pages); NaN where a resample leaves it undefined."""
    sums = weights @ table

    def total(names: tuple[str, ...]) -> Floats:
        added: Floats = sum((sums[:, _PLACE[name]] for name in names), np.zeros(len(sums)))
        return added

    return {name: _divided(total(rate.part), total(rate.whole)) for name, rate in RATES.items()}


def _divided(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
