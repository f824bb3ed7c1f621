"""What people call the headlines of metrics.json, and how their values are written."""

from __future__ import annotations

from evaluate.report.words import DASH, number, percent, points

LABELS = {
    "end_to_end.normalised.recall": "links read right, of those printed",
    "end_to_end.normalised.precision": "links read right, of those answered",
    "end_to_end.normalised.hmean": "both (harmonic mean)",
    "end_to_end.wrong_destination_rate": "answers to a wrong address",
    "end_to_end.wrong_host_rate": "answers to a wrong host",
    "end_to_end.cer": "character error rate, end to end",
    "end_to_end.cer_matched": "character error rate where found",
    "detection.recall": "links found",
    "detection.precision": "detections that are right",
    "detection.f1": "detection F1",
    "detection.ap": "COCO AP",
    "detection.ap50": "AP at IoU 0.5",
    "detection.false_alarms_per_empty_page": "false alarms a page without links",
    "detection.clean_empty_pages": "pages without links left clean",
}
"""The chief ones, the most important first."""
_COUNTS = frozenset({"detection.false_alarms_per_empty_page"})
"""Numbers that are no shares."""


def label(name: str) -> str:
    """A name for people; one that has none of its own is its dotted name in words."""
    return LABELS.get(name, name.replace(".", ", ").replace("_", " "))


def value_text(name: str, value: float | None) -> str:
    """A value with its unit."""
    return number(value) if name in _COUNTS else percent(value)


def change_text(name: str, change: float | None, interval: tuple[float, float] | None) -> str:
    """A difference with its interval: in percentage points, unless the number is no share."""

    def said(value: float) -> str:
        return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}") if name in _COUNTS else points(value)

    if change is None:
        return DASH
    if not change and (interval is None or not any(interval)):
        return "the same"
    return said(change) + (f" ({said(interval[0])} to {said(interval[1])})" if interval else "")


def is_share(name: str) -> bool:
    """Whether its values lie between 0 and 1."""
    return name not in _COUNTS
