"""Numbers as a reader wants them: rounded as far as they are known, and a dash where there is none."""

from __future__ import annotations

from collections.abc import Sequence

DASH = "–"
_THIN = "\N{NARROW NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_WIDE = 0.02
"""From this width of an interval on, tenths of a percent would be noise."""


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage, none and all without decimals; a dash where it is undefined."""
    if value is None:
        return DASH
    shown = 0 if value in (0, 1) else digits
    return f"{100 * value:.{shown}f}{_THIN}%".replace("-", _MINUS)


def share(value: float | None, low: float | None, high: float | None) -> str:
    """A share with as many digits as its interval supports."""
    return percent(value, _digits(low, high))


def share_interval(low: float | None, high: float | None) -> str:
    """`53 – 71 %`; empty where there is no interval."""
    if low is None or high is None:
        return ""
    digits = 0 if {low, high} <= {0, 1} else _digits(low, high)
    return f"{_number(100 * low, digits)} to {_number(100 * high, digits)}{_THIN}%"


def _digits(low: float | None, high: float | None) -> int:
    return 0 if low is not None and high is not None and high - low >= _WIDE else 1


def number(value: float | None, digits: int = 2) -> str:
    """A plain number; a dash where it is undefined."""
    return DASH if value is None else _number(value, digits)


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", _MINUS)


def points(value: float | None) -> str:
    """A difference of two shares, in percentage points, with its sign."""
    return DASH if value is None else f"{100 * value:+.1f}".replace("-", _MINUS)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 link`, `1,234 links`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def size(bytes_: float | None) -> str:
    """Bytes as a person says them: `4.9 MB`."""
    if bytes_ is None:
        return DASH
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if bytes_ >= step:
            return f"{bytes_ / step:.1f}{_THIN}{unit}"
    return f"{bytes_:.0f}{_THIN}B"


def milliseconds(value: float | None) -> str:
    """A time as a person says it: `37 ms`, `1.4 s`."""
    if value is None:
        return DASH
    if value >= 1000:
        return f"{value / 1000:.1f}{_THIN}s"
    return f"{value:.0f}{_THIN}ms" if value >= 10 else f"{value:.1f}{_THIN}ms"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
