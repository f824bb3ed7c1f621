"""Schema of `devices`: what a run computes on."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import key


@dataclass
class DevicesConfig:
    """Processors and graphics cards that a run computes on; they do not change what it learns."""

    threads: int | None = key(
        None,
        "processor threads; null: one a core, and where trials of a sweep run side by side the cores are shared out",
        low=1,
        high=1024,
    )
