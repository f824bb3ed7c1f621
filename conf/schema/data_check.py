"""Schema of `python -m data check`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key


@dataclass
class CheckConfig:
    """Every key of the verb."""

    source: str = key(
        MISSING,
        "folder of a set, with annotations.json; or of its parts, train, val and test, which must not share pictures",
    )
    lines: int = key(100, "most faults to print, one a line; the rest is counted", low=1)
    workers: int | None = key(
        None, "processes that look at pictures; as many as there are cores where not given", low=1, high=1024
    )
