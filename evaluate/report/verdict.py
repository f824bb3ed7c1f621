"""The first sentences of a report: what a user of this detector would see, where most is lost, how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluate.links import Item
from evaluate.metrics import Metrics, Stage
from evaluate.report.numbers import Numbers
from evaluate.report.words import counted, listed, percent
from evaluate.results import Results

_UNSURE = 0.05
"""Half an interval from here on deserves a word of warning."""
HEADLINE = "end_to_end.normalised.recall"


@dataclass(frozen=True, slots=True)
class StageWords:
    """What a stage of the waterfall is called, what is left after it, and what it loses."""

    name: str
    meaning: str
    loss: str


STAGES = {
    "printed": StageWords("printed", "Links whose whole text the print shows.", ""),
    "found": StageWords("found", "A detection overlaps the prefix by half or more.", "not found"),
    "crop_whole": StageWords(
        "cut out whole", "The strip that is read shows the link from end to end.", "cropped too short"
    ),
    "characters": StageWords("letters right", "Every letter was read as printed.", "misread"),
    "extracted": StageWords("link taken out", "A link was taken from what was read.", "read, but not taken for a link"),
    "exact": StageWords("right address", "It leads where the printed link leads.", "ended or joined wrongly"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the waterfall: how many are left, how many it lost, as counts and as shares of all printed."""

    words: StageWords
    count: int
    lost: int
    share: float
    lost_share: float


def steps(stages: list[Stage] | None) -> list[Step]:
    """A waterfall ready to be drawn; empty where there is none."""
    if not stages or not stages[0].count:
        return []
    whole, before = stages[0].count, stages[0].count
    shown = []
    for stage in stages:
        lost = max(before - stage.count, 0)
        shown.append(Step(STAGES[stage.name], stage.count, lost, stage.count / whole, lost / whole))
        before = stage.count
    return shown


def verdict(results: Results, metrics: Metrics) -> list[str]:
    """Sentences, the most important first."""
    if not results.subject.has_truth:
        return [_without_truth(results)]
    if results.config.ocr.engine == "none":
        return list(_detection_alone(results.items, Numbers(metrics)))
    return list(_end_to_end(results.items, Numbers(metrics)))


def _without_truth(results: Results) -> str:
    found, pages = len(results.items), counted(len(results.pages), "picture")
    read = sum(bool(item.answer) for item in results.items)
    return (
        f"{counted(found, 'prefix', 'prefixes')} found on {pages}, {counted(read, 'link')} read. "
        "What is really printed there nobody has written down, so nothing can be said of right and wrong."
    )


def _end_to_end(items: Sequence[Item], numbers: Numbers) -> Iterator[str]:
    metrics = numbers.metrics
    falls = steps(metrics.waterfalls.as_run)
    if not falls:
        yield f"Nothing to read: {numbers.reason(HEADLINE) or 'the set has no link whose text is known'}."
    else:
        right = falls[-1].count
        share = numbers.share(HEADLINE) + _in_brackets(numbers, HEADLINE)
        yield (
            f"Of {counted(falls[0].count, 'printed link')}, {falls[1].count} were found and {right} led to the right "
            f"address: {share}."
        )
        yield from _losses(falls)
    astray = sum(item.leads_astray and item.scored for item in items)
    answers = metrics.end_to_end.answers
    if answers:
        leads = "leads" if astray == 1 else "lead"
        yield f"{astray or 'None'} of {answers:.0f} answers {leads} to a wrong address."
    yield from _around(numbers)


def _losses(falls: list[Step]) -> Iterator[str]:
    """What became of the others, the largest loss first."""
    lost = sorted((step for step in falls if step.lost), key=lambda step: -step.lost)
    if lost:
        ways = listed([f"{step.lost} {step.words.loss}" for step in lost])
        yield f"{falls[0].count - falls[-1].count} were lost: {ways}."


def _detection_alone(items: Sequence[Item], numbers: Numbers) -> Iterator[str]:
    links = sum(1 for item in items if item.truth)
    found = sum(1 for item in items if item.truth and item.detection)
    if not links:
        yield "The set has no link that counts."
    else:
        share = numbers.share("detection.recall") + _in_brackets(numbers, "detection.recall")
        yield f"Of {counted(links, 'printed link')}, {found} were found: {share}. Nothing was read."
    yield from _around(numbers)


def _around(numbers: Numbers) -> Iterator[str]:
    """Pages without links, and how far the headline can be trusted."""
    empty, clean = numbers.metrics.detection.empty_pages, numbers.metrics.detection.clean_empty_pages
    if empty and clean is not None:
        silent = round(clean * empty)
        share = "All" if silent == empty else "Not one" if not silent else str(silent)
        yield f"{share} of {counted(empty, 'page')} without links stayed clean."
    one = numbers.estimate(HEADLINE)
    certainty = numbers.metrics.certainty
    if certainty and one.low is not None and one.high is not None and one.high - one.low > 2 * _UNSURE:
        half = percent((one.high - one.low) / 2, 0).replace("\N{NARROW NO-BREAK SPACE}%", "")
        yield (
            f"{counted(certainty.clusters, certainty.cluster)} settle the headline to about ±{half} points; "
            "differences smaller than that mean little."
        )


def _in_brackets(numbers: Numbers, name: str) -> str:
    interval = numbers.interval(name)
    return f" ({numbers.confidence} interval {interval})" if interval else ""
