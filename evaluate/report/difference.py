"""Two texts one above the other, letter under letter: which letters were lost, added or taken for others."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

GAP = "\N{MIDDLE DOT}"
"""Stands where one text has a letter and the other has none; no link holds it."""
_WIDEST = 8
"""Longer pieces are cut, so that a narrow page can break the line between them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that share a fate, printed above read, of the same length.

    Attributes:
        printed: what stands on the page; gaps where letters were added.
        read: what was read; gaps where letters were lost.
        kind: `same`, `changed`, `lost` (printed, not read) or `added` (read, not printed).
    """

    printed: str
    read: str
    kind: str


def aligned(printed: str, read: str) -> list[Piece]:
    """Both texts by the fewest edits (Levenshtein), cut into pieces of at most eight letters."""
    pieces: list[Piece] = []
    for edit in Levenshtein.opcodes(printed, read):
        above, below = printed[edit.src_start : edit.src_end], read[edit.dest_start : edit.dest_end]
        kind = {"equal": "same", "replace": "changed", "delete": "lost", "insert": "added"}[edit.tag]
        above, below = above or GAP * len(below), below or GAP * len(above)
        pieces += [
            Piece(above[start : start + _WIDEST], below[start : start + _WIDEST], kind)
            for start in range(0, len(above), _WIDEST)
        ]
    return pieces
