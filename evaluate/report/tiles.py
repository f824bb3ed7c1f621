"""The headline figures of a report: value, what it means in plain words, how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from evaluate.metrics import Metrics
from evaluate.report.numbers import Numbers
from evaluate.report.strips import interval_strip
from evaluate.report.words import counted, number
from evaluate.results import Results


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure; `strip` draws its interval, `term` is the anchor of its definition."""

    name: str
    value: str
    interval: str
    note: str
    term: str = ""
    strip: Markup | str = ""


def tiles(results: Results, metrics: Metrics) -> list[Tile]:
    """The most important first; without truth only what was found can be counted."""
    if not results.subject.has_truth:
        return _without_truth(results)
    numbers = Numbers(metrics)
    was_read = results.config.ocr.engine != "none"
    reading = [
        _share(numbers, "end_to_end.normalised.recall", "links read right", "of all printed links", "right"),
        _share(numbers, "end_to_end.normalised.precision", "answers right", _of_answers(metrics), "answer"),
        _share(
            numbers, "end_to_end.wrong_destination_rate", "wrong destination", "answers to another address", "astray"
        ),
        _share(numbers, "end_to_end.cer", "character errors", "missed links included", "cer"),
    ]
    detection = [
        _share(numbers, "detection.recall", "links found", "text known or not", "found"),
        _share(numbers, "detection.precision", "detections right", "at the operating point", "found"),
        _share(numbers, "detection.ap50", "AP at IoU 0.5", "over all thresholds", "ap"),
        _share(numbers, "detection.ap", "COCO AP", "mean over IoU 0.5 to 0.95", "ap"),
        _alarms(numbers),
        _share(numbers, "detection.clean_empty_pages", "link-free pages clean", "no false alarm on them", "alarm"),
    ]
    return (reading if was_read else []) + detection


def _of_answers(metrics: Metrics) -> str:
    return f"of {counted(int(metrics.end_to_end.answers or 0), 'answer')}"


def _share(numbers: Numbers, name: str, label: str, note: str, term: str) -> Tile:
    one = numbers.estimate(name)
    interval = numbers.interval(name)
    strip = interval_strip([("plain", one)], f"{label}: {numbers.explained(name)}") if interval else ""
    return Tile(label, numbers.share(name), interval, numbers.reason(name) or note, term, strip)


def _alarms(numbers: Numbers) -> Tile:
    name = "detection.false_alarms_per_empty_page"
    empty = numbers.metrics.detection.empty_pages
    note = numbers.reason(name) or f"over {counted(empty or 0, 'page')} without links"
    return Tile("false alarms a page", number(numbers.value(name)), numbers.number_interval(name), note, "alarm")


def _without_truth(results: Results) -> list[Tile]:
    pages = len(results.pages)
    silent = pages - len({item.page for item in results.items})
    read = sum(bool(item.answer) for item in results.items)
    return [
        Tile("pictures", str(pages), "", "nothing is known of what they show"),
        Tile("prefixes found", str(len(results.items)), "", "at the operating point"),
        Tile("links read", str(read), "", "whether rightly, nobody knows"),
        Tile("pictures without a find", str(silent), "", f"of {pages}"),
    ]
