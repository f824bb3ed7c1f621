"""Numbers that may be undefined: a measure is a number, or the reason why there is none.

COCO's tools say −1 (and fail elsewhere) where a number has no meaning; here the file says `null` and why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Undefined:
    """Stands where a number has no meaning."""

    reason: str


Measure: TypeAlias = "float | int | Undefined"


def ratio(part: float, whole: float, reason: str) -> Measure:
    """`part / whole`, undefined for that reason where `whole` is 0."""
    return part / whole if whole else Undefined(reason)


def hmean(precision: Measure, recall: Measure) -> Measure:
    """Harmonic mean, 0 where both are 0; undefined where one of them is."""
    if isinstance(precision, Undefined):
        return precision
    if isinstance(recall, Undefined):
        return recall
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def settle(tree: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """Nested dicts and lists of measures as plain JSON values, and the reasons of their nulls by dotted name.

    Raises:
        ValueError: where a number is not finite; such a number is a fault of the measure.
    """
    plain: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            plain[name], inner = settle(value, f"{prefix}{name}.")
            reasons |= inner
        elif isinstance(value, list):
            inner_plain, inner = settle({str(place): each for place, each in enumerate(value)}, f"{prefix}{name}.")
            plain[name] = list(inner_plain.values())
            reasons |= inner
        elif isinstance(value, Undefined):
            plain[name], reasons[prefix + name] = None, value.reason
        else:
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError(f"{prefix}{name}={value} is not finite")
            plain[name] = value
    return plain, reasons
