"""Schema of `marks`: what lies on a page besides its print."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import interval, key


@dataclass
class MarksConfig:
    """What readers and time leave on a page; all of it lets the print be read."""

    highlighter_share: float = key(0.06, "share of pages with text under a highlighter", low=0, high=1)
    underline_share: float = key(0.05, "share of pages with words underlined or circled by pen", low=0, high=1)
    note_share: float = key(0.06, "share of pages with handwriting in the margin", low=0, high=1)
    tick_share: float = key(0.05, "share of pages with pencil ticks and strokes in the margin", low=0, high=1)
    stain_share: float = key(
        0.05, "share of pages with coffee rings, blots or the edge of a water stain", low=0, high=1
    )
    foxing_share: float = key(0.04, "share of pages with the brown specks of old paper", low=0, high=1)
    crease_share: float = key(0.06, "share of pages that were folded, or at a corner", low=0, high=1)
    dust_share: float = key(0.2, "share of pages with specks of dust and hairs", low=0, high=1)
    tape_share: float = key(0.01, "share of pages with a strip of clear tape", low=0, high=1)
    tab_share: float = key(0.02, "share of pages with a coloured index tab in the margin", low=0, high=1)
    per_kind: list[int] = interval([1, 2], "how many of a kind where a page has it", low=1, high=20)
    strength: list[float] = interval([0.35, 0.9], "how strong a mark is, 1 being the strongest seen", low=0, high=1)
