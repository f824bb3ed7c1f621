"""Schema of `python -m data stats`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key
from conf.errors import UserError


@dataclass
class StatsConfig:
    """Every key of the verb."""

    sources: list[str] = key(
        MISSING, "what to count and compare: sets, COCO files, folders with Pascal VOC files, photos"
    )
    out: str | None = key(None, "HTML file to write too, as stats.html: a page of plots, the sources side by side")
    pixels: int = key(200, "pictures of each source that are opened for their light; 0 opens none", low=0)
    crops: int = key(24, "prefixes of each source that the page shows", low=0, high=500)
    unlabelled: str = key(
        "empty",
        "pictures without annotations: take them as showing no links (empty), leave them out (skip), refuse the source",
        choices=["refuse", "empty", "skip"],
    )

    def check(self, prefix: str) -> None:
        """Refuses to count nothing, and a page that no browser would open."""
        if not self.sources:
            raise UserError(f"{prefix}sources=[] names nothing; give at least one folder or COCO file.")
        if self.out is not None and not self.out.lower().endswith((".html", ".htm")):
            raise UserError(f"{prefix}out={self.out} must end in .html: the page is an HTML file.")
