"""Schema of `python -m evaluate compare`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key


@dataclass
class CompareConfig:
    """Every key of the verb."""

    before: str = key(MISSING, "folder of the one evaluation; the first word without a key")
    after: str = key(MISSING, "folder of the other, on the same set; the second word without a key")
    out: str | None = key(None, "folder of comparison.json and its page; outputs/compare/<before>-<after> by itself")
    resamples: int = key(1000, "draws of all pages for the intervals", low=0, high=100_000)
    confidence: float = key(0.95, "share of draws that lie in an interval", low=0.5, high=0.999)
    lines: int = key(10, "most broken links, and most mended ones, to print", low=0)
