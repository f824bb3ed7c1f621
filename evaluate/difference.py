"""Two texts side by side, letter by letter: which letters were lost, added or changed."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that share a fate: `same`, `lost` (printed, not read), `added` (read, not printed)."""

    text: str
    kind: str


def differences(printed: str, read: str) -> tuple[list[Run], list[Run]]:
    """The printed and the read text in runs, by the fewest edits."""
    above: list[Run] = []
    below: list[Run] = []
    for edit in Levenshtein.opcodes(printed, read):
        source, target = printed[edit.src_start : edit.src_end], read[edit.dest_start : edit.dest_end]
        same = edit.tag == "equal"
        above += [Run(source, "same" if same else "lost")] if source else []
        below += [Run(target, "same" if same else "added")] if target else []
    return above, below
