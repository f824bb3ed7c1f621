"""The counts of sets as a table in the terminal, a column for each set."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from data.stats.gaps import commonest, gaps, middle, number
from data.stats.measure import SCALES, SetStats

_NO_VALUE = "–"


def table(sets: Sequence[SetStats]) -> Table:
    """One row a property; with two sets or more, the last column says how far they differ from the first."""
    made = Table(box=None, pad_edge=False, header_style="bold", row_styles=["", "dim"])
    made.add_column("")
    for one in sets:
        made.add_column(one.name, justify="right", overflow="fold")
    compared = len(sets) > 1
    if compared:
        made.add_column("gap", justify="right")
    sizes = _sizes(sets)
    for label, key, cells in _rows(sets):
        size = [f"{sizes[key]:.2f}" if key in sizes else ""] if compared else []
        made.add_row(label, *cells, *size)
    return made


def _sizes(sets: Sequence[SetStats]) -> dict[str, float]:
    """By property, the greatest gap between the first set and another."""
    sizes: dict[str, float] = {}
    for other in sets[1:]:
        for gap in gaps(sets[0], other):
            sizes[gap.key] = max(gap.size, sizes.get(gap.key, 0.0))
    return sizes


def _rows(sets: Sequence[SetStats]) -> list[tuple[str, str, list[str]]]:
    rows = [(name, "", [number(one.counts[name]) for one in sets]) for name in sets[0].counts]
    for key, scale in SCALES.items():
        if any(key in one.numbers for one in sets):
            cells = [middle(key, one.numbers[key]) if key in one.numbers else _NO_VALUE for one in sets]
            rows.append((scale.name, key, cells))
    for name in dict.fromkeys(name for one in sets for name in one.words):
        cells = [commonest(one.words[name]) if name in one.words else _NO_VALUE for one in sets]
        rows.append((name.replace("_", " "), name, cells))
    return rows


def show(sets: Sequence[SetStats]) -> None:
    """Prints the table; as wide as it needs to be where nobody looks at a terminal."""
    console = Console(width=None if Console().is_terminal else 60 + 44 * len(sets), highlight=False)
    console.print(table(sets))
