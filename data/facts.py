"""What is known of a link beside its box, wherever it is written: scheme, x-height."""

from __future__ import annotations

import re

from data.model import LinkAnnotation

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*)://|\s*(www)[.]", re.I)
X_HEIGHT_BANDS = (6, 8, 10, 14, 20)
"""Edges of the bands of x-height, in pixels, as in reports on detectors."""


def scheme_of(link: LinkAnnotation) -> str | None:
    """`https`, `www` …: what its attributes say, else how its text begins; None where neither does."""
    said = link.attributes.get("scheme")
    if isinstance(said, str) and said:
        return said.lower().rstrip(":/.")
    begin = _SCHEME.match(link.text or "")
    return (begin[1] or begin[2]).lower() if begin else None


def x_height_of(link: LinkAnnotation) -> float | None:
    """Height of its small letters in pixels, where it is known."""
    said = link.attributes.get("x_height_px")
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None


def band(x_height: float) -> str:
    """The band of an x-height in pixels: `under 6`, `6 to 8`, … `20 and more`."""
    place = sum(x_height >= edge for edge in X_HEIGHT_BANDS)
    if place == 0:
        return f"under {X_HEIGHT_BANDS[0]}"
    if place == len(X_HEIGHT_BANDS):
        return f"{X_HEIGHT_BANDS[-1]} and more"
    return f"{X_HEIGHT_BANDS[place - 1]} to {X_HEIGHT_BANDS[place]}"
