"""Charts of the report as small SVG drawings that take their colours from the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from evaluate.metrics import CalibrationBin
from evaluate.report.words import counted, percent

_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 14, 30, 44
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_POINTS = 300
_SMALLEST_DOT_PX, _LARGEST_DOT_PX = 4.0, 11.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its CSS class, its name for the legend, and its points, all from 0 to 1."""

    kind: str
    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Point:
    """The operating point: where it is, from 0 to 1, and what is written at the foot of its plumb line."""

    x: float
    y: float
    label: str


def line_chart(
    series: Sequence[Series],
    x_label: str,
    y_label: str,
    title: str,
    marker: Point | None = None,
    *,
    shares: bool = True,
) -> Markup:
    """A line chart on the unit square.

    Args:
        series: the lines; later ones are drawn above.
        x_label, y_label: axis titles.
        title: what a screen reader says of the drawing.
        marker: the operating point.
        shares: whether the horizontal axis is a share, and written as a percentage.
    """
    parts = [_axes(x_label, y_label, shares), *(_line(one) for one in series)]
    if marker is not None:
        parts.append(_marker(marker))
    if len(series) > 1:
        parts.append(_legend(series))
    return _drawing(title, parts)


def calibration_chart(bins: Sequence[CalibrationBin], title: str) -> Markup:
    """Score against the share that is right, a dot a bin, larger where it stands for more detections."""
    filled = [one for one in bins if one.count and one.score is not None and one.right is not None]
    most = max((one.count for one in filled), default=1)
    diagonal = _place(0, 0) + _place(1, 1)
    parts = [
        _axes("score of the detection", "share that is right", True),
        Markup('<line class="ideal" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*diagonal),
        _line(Series("one", "", [one.score or 0.0 for one in filled], [one.right or 0.0 for one in filled])),
    ]
    for one in filled:
        x, y = _place(one.score or 0.0, one.right or 0.0)
        words = f"score {percent(one.score, 0)}: {percent(one.right, 0)} of {counted(one.count, 'detection')} right"
        radius = max(_LARGEST_DOT_PX * (one.count / most) ** 0.5, _SMALLEST_DOT_PX)
        parts.append(
            Markup('<circle class="bubble" cx="{}" cy="{}" r="{:.1f}"><title>{}</title></circle>').format(
                x, y, radius, words
            )
        )
    return _drawing(title, parts)


def _drawing(title: str, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>').format(
        _WIDTH, _HEIGHT, title, title, Markup("").join(parts)
    )


def _place(x: float, y: float) -> tuple[float, float]:
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    return round(_LEFT + x * across, 1), round(_TOP + (1 - y) * up, 1)


def _axes(x_label: str, y_label: str, shares: bool) -> Markup:
    parts = []
    for tick in _TICKS:
        x, y = _place(tick, tick)
        along = f"{100 * tick:.0f}" if shares else f"{tick:g}"
        parts.append(
            Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_LEFT, _WIDTH - _RIGHT, y, y)
            + Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{:.0f}</text>').format(
                _LEFT - 8, y + 4, 100 * tick
            )
            + Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                x, _HEIGHT - _BOTTOM + 18, along
            )
        )
    middle_x, middle_y = _place(0.5, 0.5)
    percent_x = f"{x_label}, %" if shares else x_label
    parts.append(
        Markup('<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            middle_x, _HEIGHT - 6, percent_x
        )
        + Markup(
            '<text class="axis" transform="translate(13 {}) rotate(-90)" text-anchor="middle">{}, %</text>'
        ).format(middle_y, y_label)
    )
    return Markup("").join(parts)


def _line(series: Series) -> Markup:
    keep = np.unique(np.linspace(0, len(series.x) - 1, min(len(series.x), _MOST_POINTS)).astype(int))
    points = " ".join("{},{}".format(*_place(series.x[place], series.y[place])) for place in keep)
    return Markup('<polyline class="line {}" points="{}"/>').format(series.kind, points)


def _marker(marker: Point) -> Markup:
    x, y = _place(marker.x, marker.y)
    left = marker.x > 0.5
    drop = Markup('<line class="drop" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(x, x, y, _HEIGHT - _BOTTOM)
    dot = Markup('<circle class="dot" cx="{}" cy="{}" r="6"/>').format(x, y)
    words = Markup('<text class="label" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        x - 7 if left else x + 7, _HEIGHT - _BOTTOM - 8, "end" if left else "start", marker.label
    )
    return drop + dot + words


def _legend(series: Sequence[Series]) -> Markup:
    """Above the lines, where it covers none of them."""
    parts = []
    for column, one in enumerate(series):
        x, y = _LEFT + 118 * column, 12
        parts.append(
            Markup('<line class="line {}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(one.kind, x, x + 24, y, y)
            + Markup('<text class="tick" x="{}" y="{}">{}</text>').format(x + 30, y + 4, one.name)
        )
    return Markup("").join(parts)
