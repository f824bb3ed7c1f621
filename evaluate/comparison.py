"""Two runs on the same pages: what differs, whether that is more than chance, which links broke and which mended.

Intervals are of differences on the same resamples: pages that are hard for both runs cancel out, so that a difference
is told from chance much sooner than by two intervals side by side. Whether links are read right in one run and not
in the other is counted link by link and tested exactly (McNemar 1947); over slices by Holm's procedure (1979), since
among twenty slices one differs by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from conf import UserError
from data.files import read_json
from evaluate.bootstrap import draws, interval
from evaluate.metrics import Interval, value_of
from evaluate.runs import FinishedRun
from evaluate.significance import holm, mcnemar
from evaluate.slices import FEW

COMPARISON = "comparison.json"
COMPARISON_VERSION = 1
LOWER_IS_BETTER = frozenset({
    "detection.false_alarms_per_empty_page", "end_to_end.cer", "end_to_end.cer_matched",
    "end_to_end.wrong_destination_rate", "end_to_end.wrong_host_rate",
})  # fmt: skip
_MOST_VALUES = 40


class Difference(msgspec.Struct):
    """One measure in both runs.

    Attributes:
        name: dotted, as in metrics.json.
        before, after: its values; null where undefined.
        difference: after − before.
        interval: of the difference, on the same resamples of the pages.
        verdict: `better` or `worse` where the interval does not hold 0, else `unsure`.
    """

    name: str
    before: float | None
    after: float | None
    difference: float | None
    interval: Interval | None
    verdict: str


class Paired(msgspec.Struct):
    """Links that one run has right and the other not.

    Attributes:
        links: compared.
        before, after: how many of them each run has right.
        broken: right before, not after. mended: the other way round.
        p: that chance alone parts them so unevenly: exact two-sided McNemar test.
    """

    links: int
    before: int
    after: int
    broken: int
    mended: int
    p: float


class SliceChange(msgspec.Struct):
    """A slice in both runs; `p_holm` is adjusted for all slices listed, `few` marks those of under 30 links."""

    attribute: str
    value: str
    paired: Paired
    p_holm: float
    few: bool


class Change(msgspec.Struct):
    """A link that is right in one run only: the two lines of items.jsonl."""

    before: dict[str, Any]
    after: dict[str, Any]


class Comparison(msgspec.Struct):
    """comparison.json.

    Attributes:
        version: of this schema.
        before, after: folders; their detectors and thresholds in `runs`.
        right: what was compared link by link: `exact` (read right) or, where one of them did not read, `found`.
        resamples, confidence: of the intervals.
        differences: of every headline.
        paired: of all links.
        slices: by attribute and value, the surest first.
        broken, mended: links, page by page.
    """

    version: int
    before: str
    after: str
    runs: list[dict[str, Any]]
    dataset_hash: str
    pages: int
    right: str
    resamples: int
    confidence: float
    differences: list[Difference]
    paired: Paired
    slices: list[SliceChange]
    broken: list[Change]
    mended: list[Change]


def compare(before: FinishedRun, after: FinishedRun, *, resamples: int, confidence: float) -> Comparison:
    """Compares two runs on the same set.

    Raises:
        UserError: where the sets differ, or the runs draw other clusters.
    """
    same_set(before, after)
    right = "exact" if before.was_read and after.was_read else "found"
    pairs = _pairs(before.items, after.items, right)
    changes = [(Change(one, other), _right(one, right), _right(other, right)) for one, other in pairs]
    return Comparison(
        version=COMPARISON_VERSION,
        before=str(before.folder),
        after=str(after.folder),
        runs=[_about(run) for run in (before, after)],
        dataset_hash=after.metrics.dataset.hash,
        pages=after.metrics.dataset.images,
        right=right,
        resamples=resamples,
        confidence=confidence,
        differences=differences(before, after, resamples=resamples, confidence=confidence),
        paired=_paired(pairs, right),
        slices=_slices(pairs, right),
        broken=[change for change, was, now in changes if was and not now],
        mended=[change for change, was, now in changes if now and not was],
    )


def same_set(before: FinishedRun, after: FinishedRun) -> None:
    """Refuses two runs that cannot be compared.

    Raises:
        UserError: where the sets differ, or the runs draw other clusters.
    """
    if before.metrics.dataset.hash != after.metrics.dataset.hash:
        raise UserError(
            f"{before.folder} and {after.folder} were evaluated on different sets ({before.metrics.dataset.path} and "
            f"{after.metrics.dataset.path}, or it changed in between); evaluate both on the same."
        )
    if not np.array_equal(before.stored.cluster, after.stored.cluster):
        raise UserError(f"{before.folder} and {after.folder} have different cluster=; evaluate both with the same.")


def _about(run: FinishedRun) -> dict[str, Any]:
    return {
        "folder": str(run.folder),
        "detector": run.metrics.detector.name,
        "fingerprint": run.metrics.detector.fingerprint,
        "score_threshold": run.metrics.operating_point.score_threshold,
        "ocr": run.metrics.config["ocr"]["engine"],
        "reading": run.metrics.config["ocr"],
        "signature": run.metrics.signature,
    }


def differences(before: FinishedRun, after: FinishedRun, *, resamples: int, confidence: float) -> list[Difference]:
    """Every headline in both runs, with the interval of its difference on the same resamples."""
    blocks: dict[str, list[Any]] = defaultdict(list)
    for weights in draws(after.stored.cluster, resamples):
        was, now = before.stored.resampled(weights), after.stored.resampled(weights)
        for name in was.keys() & now.keys():
            blocks[name].append(now[name] - was[name])
    names = [name for name in after.stored.resampled(np.ones((1, len(after.stored.cluster)), np.float32))]
    return [_difference(name, before, after, blocks.get(name, []), confidence) for name in names]


def _difference(
    name: str, before: FinishedRun, after: FinishedRun, blocks: Sequence[Any], confidence: float
) -> Difference:
    was, now = value_of(before.metrics, name), value_of(after.metrics, name)
    if was is None or now is None:
        return Difference(name, was, now, None, None, "unsure")
    both = interval(np.concatenate(blocks), confidence) if blocks else None
    return Difference(name, was, now, now - was, both, _verdict(name, both))


def _verdict(name: str, both: Interval | None) -> str:
    if both is None or both[0] <= 0 <= both[1]:
        return "unsure"
    return "better" if (both[0] > 0) != (name in LOWER_IS_BETTER) else "worse"


Line = dict[str, Any]
Pair = tuple[Line, Line]


def _pairs(before: Iterable[Line], after: Iterable[Line], right: str) -> list[Pair]:
    """The same printed link in both runs; for `exact` only links whose text is known."""
    was = {_key(line): line for line in before if line["truth"] is not None}
    now = {_key(line): line for line in after if line["truth"] is not None}
    return [(was[key], now[key]) for key in now if key in was and (now[key]["scored"] or right == "found")]


def _key(line: Line) -> tuple[int, int]:
    return line["image_id"], line["link"]


def _right(line: Line, right: str) -> bool:
    return bool(line["same"]) if right == "exact" else line["prediction"] is not None


def _paired(pairs: Sequence[Pair], right: str) -> Paired:
    was = np.array([_right(one, right) for one, _ in pairs], bool)
    now = np.array([_right(other, right) for _, other in pairs], bool)
    broken, mended = int((was & ~now).sum()), int((now & ~was).sum())
    return Paired(len(pairs), int(was.sum()), int(now.sum()), broken, mended, mcnemar(broken, mended))


def _slices(pairs: Sequence[Pair], right: str) -> list[SliceChange]:
    cells: dict[str, dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        for attribute, value in pair[1]["slices"].items():
            cells[attribute][value].append(pair)
    named = [
        (attribute, value, _paired(members, right))
        for attribute, values in sorted(cells.items())
        if 2 <= len(values) <= _MOST_VALUES
        for value, members in sorted(values.items())
    ]
    adjusted = holm([paired.p for *_, paired in named])
    made = [
        SliceChange(attribute, value, paired, p, paired.links < FEW)
        for (attribute, value, paired), p in zip(named, adjusted, strict=True)
    ]
    return sorted(made, key=lambda one: (one.p_holm, one.paired.p, one.attribute, one.value))


def read_comparison(path: Path) -> Comparison:
    """Reads a comparison.json.

    Raises:
        UserError: where it is not there or is none.
    """
    try:
        return msgspec.convert(read_json(path), Comparison)
    except msgspec.ValidationError as error:
        raise UserError(f"{path} is no comparison of runs ({error}).") from None
