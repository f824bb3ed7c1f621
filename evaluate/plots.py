"""Curves of the report as small SVG drawings that take their colours from the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 14, 42
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its CSS class, its name for the legend, and its points, all from 0 to 1."""

    kind: str
    name: str
    x: Sequence[float]
    y: Sequence[float]


def chart(
    series: Sequence[Series], x_label: str, y_label: str, title: str, marker: tuple[float, float] | None = None
) -> Markup:
    """A line chart on the unit square.

    Args:
        series: the lines; later ones are drawn above.
        x_label, y_label: axis titles.
        title: what a screen reader says of the drawing.
        marker: the operating point.
    """
    parts = [_axes(x_label, y_label), *(_line(one) for one in series)]
    if marker is not None:
        x, y = _place(*marker)
        drop = Markup('<line class="drop" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(x, x, y, _HEIGHT - _BOTTOM)
        parts += [drop, Markup('<circle class="dot" cx="{}" cy="{}" r="6"/>').format(x, y)]
    if len(series) > 1:
        parts.append(_legend(series))
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, title, Markup("").join(parts)
    )


def _place(x: float, y: float) -> tuple[float, float]:
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    return round(_LEFT + x * across, 1), round(_TOP + (1 - y) * up, 1)


def _axes(x_label: str, y_label: str) -> Markup:
    parts = []
    for tick in _TICKS:
        x, y = _place(tick, tick)
        parts.append(
            Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_LEFT, _WIDTH - _RIGHT, y, y)
            + Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{:g}</text>').format(_LEFT - 8, y + 4, tick)
            + Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{:g}</text>').format(
                x, _HEIGHT - _BOTTOM + 18, tick
            )
        )
    middle_x, middle_y = _place(0.5, 0.5)
    parts.append(
        Markup('<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>').format(middle_x, _HEIGHT - 6, x_label)
        + Markup('<text class="axis" transform="translate(12 {}) rotate(-90)" text-anchor="middle">{}</text>').format(
            middle_y, y_label
        )
    )
    return Markup("").join(parts)


def _line(series: Series) -> Markup:
    keep = np.unique(np.linspace(0, len(series.x) - 1, min(len(series.x), _MOST_POINTS)).astype(int))
    points = " ".join("{},{}".format(*_place(series.x[place], series.y[place])) for place in keep)
    return Markup('<polyline class="line {}" points="{}"/>').format(series.kind, points)


def _legend(series: Sequence[Series]) -> Markup:
    parts = []
    for row, one in enumerate(series):
        y = _HEIGHT - _BOTTOM - 14 - 18 * (len(series) - 1 - row)
        parts.append(
            Markup('<line class="line {}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                one.kind, _LEFT + 12, _LEFT + 32, y - 4, y - 4
            )
            + Markup('<text class="tick" x="{}" y="{}">{}</text>').format(_LEFT + 38, y, one.name)
        )
    return Markup("").join(parts)
