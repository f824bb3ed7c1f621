"""Small SVG drawings of the page; they take their colours from its style sheet, a class for each set."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from markupsafe import Markup

from data.stats.gaps import number
from data.stats.measure import Numbers, Scale, SetStats

_WIDTH, _HEIGHT = 420, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 10, 30
_FEWEST_BINS, _MOST_BINS = 10, 28
_BLUR = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
_MOST_TICKS = 5
_TAIL = 0.5
"""Percent of the values at either end that the axis does not reach out for; they count in its outermost bins."""

Line = tuple[str, Numbers]


def distribution(lines: Sequence[Line], scale: Scale) -> Markup:
    """Histograms of several sets on one axis, as outlines; heights are shares of each set's own values.

    Args:
        lines: CSS class and values of each set, at least one value in all.
        scale: what is drawn.
    """
    every = np.concatenate([values for _, values in lines])
    forward, back = _axis(scale, every)
    low, high = np.percentile(forward(every), (_TAIL, 100 - _TAIL))
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    fewest = min(len(values) for _, values in lines)
    edges = np.linspace(low, high, min(max(round(2 * math.sqrt(fewest)), _FEWEST_BINS), _MOST_BINS) + 1)
    heights = [
        (kind, np.histogram(np.clip(forward(values), low, high), edges)[0] / len(values))
        for kind, values in lines
        if len(values)
    ]
    top = max(float(shares.max()) for _, shares in heights)
    parts = [_ticks(low, high, forward, back), *(_outline(kind, shares / top) for kind, shares in heights)]
    parts += [_median(kind, (np.median(forward(values)) - low) / (high - low)) for kind, values in lines if len(values)]
    label = f"{scale.name}: how often which value"
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, label, Markup("").join(parts)
    )


def _axis(scale: Scale, every: Numbers) -> tuple[Callable[[Numbers], Numbers], Callable[[float], float]]:
    """To the axis and back; logarithmic only where all values have a logarithm."""
    if scale.logarithmic and every.min() > 0:
        return np.log, math.exp
    return lambda values: values, float


def _x(share: float) -> float:
    return round(_LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT), 1)


def _ticks(low: float, high: float, forward: Callable[[Numbers], Numbers], back: Callable[[float], float]) -> Markup:
    base = _HEIGHT - _BOTTOM
    parts = [Markup('<line class="base" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_LEFT, _WIDTH - _RIGHT, base, base)]
    for value in round_values(back(low), back(high), logarithmic=forward is np.log):
        x = _x((float(forward(np.array(value))) - low) / (high - low))
        anchor = "start" if x < _LEFT + 16 else "end" if x > _WIDTH - _RIGHT - 16 else "middle"
        parts.append(
            Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(x, x, _TOP, base)
            + Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, base + 19, anchor, number(value))
        )
    return Markup("").join(parts)


def round_values(low: float, high: float, *, logarithmic: bool) -> list[float]:
    """A few round numbers between two others, evenly spread as an axis shows them."""
    if logarithmic and high > 3 * low:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for steps in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
            found = [step * 10.0**decade for decade in decades for step in steps]
            found = [value for value in found if low <= value <= high]
            if len(found) <= _MOST_TICKS + 1:
                return found
    rough = (high - low) / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    return [round(step * count, 10) for count in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _outline(kind: str, shares: Numbers) -> Markup:
    base, tall = _HEIGHT - _BOTTOM, _HEIGHT - _BOTTOM - _TOP
    points = [f"{_x(0)},{base}"]
    for place, share in enumerate(shares):
        y = round(base - share * tall, 1)
        points += [f"{_x(place / len(shares))},{y}", f"{_x((place + 1) / len(shares))},{y}"]
    points.append(f"{_x(1)},{base}")
    return Markup('<polyline class="outline {}" points="{}"/>').format(kind, " ".join(points))


def _median(kind: str, share: float) -> Markup:
    base = _HEIGHT - _BOTTOM
    x = _x(share)
    return Markup('<path class="median {}" d="M{} {}l-5 8h10z"/>').format(kind, x, base)


def heat_map(one: SetStats, kind: str) -> Markup:
    """Where on the picture prefixes lie: the darker a place, the more of them, smoothed over neighbouring cells."""
    heat = one.heat
    for axis in (0, 1):
        heat = np.apply_along_axis(lambda row: np.convolve(row, _BLUR, "same"), axis, heat)
    rows, columns = heat.shape
    cells = [
        Markup('<rect x="{}" y="{}" width="1" height="1" fill-opacity="{}"/>').format(
            column, row, round(float(math.sqrt(heat[row, column] / heat.max())), 2)
        )
        for row in range(rows)
        for column in range(columns)
        if heat[row, column] > 0.001 * heat.max()
    ]
    label = f"positions of the links of {one.name}"
    return Markup('<svg class="heat {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        kind, columns, rows, label, Markup("").join(cells)
    )
