"""The numbers of an evaluation by their dotted names, each with its interval, and its reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.metrics import Metrics, value_of
from evaluate.report.strips import Estimate
from evaluate.report.words import DASH, number, percent, share, share_interval


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a page asks a `Metrics` for; a name that is not there is a fault and raises KeyError."""

    metrics: Metrics

    def value(self, name: str) -> float | None:
        """The number; None where it is undefined."""
        found: float | None = value_of(self.metrics, name)
        return found

    def estimate(self, name: str) -> Estimate:
        """The number with its interval."""
        low, high = self.metrics.intervals.get(name, (None, None))
        return Estimate(self.value(name), low, high)

    def reason(self, name: str) -> str:
        """Why there is no number; empty where there is one."""
        return self.metrics.reasons.get(name, "")

    def share(self, name: str) -> str:
        """A share as text, with as many digits as its interval supports."""
        one = self.estimate(name)
        return share(one.value, one.low, one.high)

    def interval(self, name: str) -> str:
        """The interval of a share as text; empty where there is none."""
        one = self.estimate(name)
        return share_interval(one.low, one.high)

    def number_interval(self, name: str) -> str:
        """The interval of a number that is no share."""
        one = self.estimate(name)
        return "" if one.low is None else f"{number(one.low)} to {number(one.high)}"

    @property
    def confidence(self) -> str:
        """What the intervals hold, as text: `95 %`."""
        certainty = self.metrics.certainty
        return percent(certainty.confidence, 0) if certainty else ""

    def dashes(self, group: str) -> str:
        """What the dashes among some numbers mean: every reason under a dotted prefix, once."""
        found = dict.fromkeys(why for name, why in self.metrics.reasons.items() if name.startswith(group))
        return f" {DASH}: {'; '.join(found)}." if found else ""

    def explained(self, name: str) -> str:
        """A share with its interval in brackets, or a dash and the reason."""
        value = self.value(name)
        if value is None:
            return f"{DASH} ({self.reason(name)})" if self.reason(name) else DASH
        interval = self.interval(name)
        return f"{self.share(name)} ({interval})" if interval else percent(value)
