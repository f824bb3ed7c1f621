"""Thin drawings that are as wide as their place on the page: an interval on a scale, a bar that loses its end.

Their coordinates are percentages, so that they are sharp and as legible on a phone as on paper.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share from 0 to 1 with its interval; None where it is undefined or has none."""

    value: float | None
    low: float | None = None
    high: float | None = None


def interval_strip(
    rows: list[tuple[str, Estimate]],
    label: str,
    reference: float | None = None,
    band: tuple[float, float] | None = None,
) -> Markup:
    """Dots with whiskers, one below the other, on a scale from 0 to 1.

    Args:
        rows: CSS class and estimate of each; undefined ones are left out.
        label: what a screen reader says.
        reference: drawn as a line from top to bottom: the value of all links together.
        band: drawn behind all: from, to.
    """
    step, edge = 12, 10
    height = 2 * edge + step * (len(rows) - 1)
    parts = []
    if band is not None:
        drawn = '<rect class="allowed" x="{:.2f}%" width="{:.2f}%" height="{}"/>'
        parts.append(Markup(drawn).format(100 * band[0], 100 * (band[1] - band[0]), height))
    parts += [
        Markup('<line class="grid" x1="{}%" x2="{}%" y1="0" y2="{}"/>').format(x, x, height) for x in (0, 50, 100)
    ]
    if reference is not None:
        parts.append(
            Markup('<line class="whole" x1="{0:.2f}%" x2="{0:.2f}%" y1="0" y2="{1}"/>').format(100 * reference, height)
        )
    for row, (kind, one) in enumerate(rows):
        parts.append(_whisker(kind, one, edge + step * row))
    return Markup('<svg class="strip" width="100%" height="{}" role="img" aria-label="{}">{}</svg>').format(
        height, label, Markup("").join(parts)
    )


def difference_strip(one: Estimate, reach: float, kind: str, label: str, limit: float | None = None) -> Markup:
    """A difference with its interval on a scale from -reach to +reach, 0 in the middle.

    Args:
        one: the difference.
        reach: ends of the scale.
        kind: its CSS class.
        label: what a screen reader says.
        limit: a band from -limit to +limit is drawn behind it.
    """

    def moved(value: float) -> float:
        return min(max(0.5 + value / (2 * reach), 0.0), 1.0)

    shown = Estimate(*(None if value is None else moved(value) for value in (one.value, one.low, one.high)))
    band = None if limit is None else (moved(-limit), moved(limit))
    return interval_strip([(kind, shown)], label, 0.5, band)


def limits_strip(one: Estimate, limit: float, label: str) -> Markup:
    """A difference with its interval, 0 in the middle, over the band from -limit to +limit that it may lie in."""
    reach = 1.1 * max(2 * limit, *(abs(end) for end in (one.value, one.low, one.high) if end is not None))
    return difference_strip(one, reach, "plain", label, limit)


def _whisker(kind: str, one: Estimate, y: int) -> Markup:
    if one.value is None:
        return Markup("")
    drawn = Markup("")
    if one.low is not None and one.high is not None:
        drawn += Markup('<line class="whisker {}" x1="{:.2f}%" x2="{:.2f}%" y1="{}" y2="{}"/>').format(
            kind, 100 * one.low, 100 * one.high, y, y
        )
    return drawn + Markup('<circle class="mean {}" cx="{:.2f}%" cy="{}" r="4.5"/>').format(kind, 100 * one.value, y)


def loss_bar(kept: float, lost: float, label: str) -> Markup:
    """A bar of what is left, and hatched behind it what this step has lost; both as shares of the whole width."""
    return Markup(
        '<svg class="strip" width="100%" height="22" role="img" aria-label="{}">'
        '<rect class="left" width="{:.2f}%" height="22" rx="3"/>'
        '<rect class="gone" x="{:.2f}%" width="{:.2f}%" height="22"/></svg>'
    ).format(label, 100 * kept, 100 * kept, 100 * lost)
