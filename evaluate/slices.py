"""The same links, cut by every attribute: where it works, and where it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from data.model import Dataset
from evaluate.links import Item
from evaluate.measures import Undefined, ratio

FEW = 30
"""Cells with fewer links are shown in grey: one link more or less moves them by percents."""
_MOST_VALUES = 12
_BINS = {"x_height_px": (6, 8, 10, 14, 20), "prefix_height_px": (12, 16, 24, 40)}


def slices(dataset: Dataset, items: Sequence[Item], *, was_read: bool) -> dict[str, dict[str, dict[str, Any]]]:
    """Shares of links found and read right, by attribute and value.

    Attributes are those of the links, with `source` of the page and the height of the prefix. Numbers other than
    heights, and attributes that hold hardly the same value twice, are left out.

    Returns:
        attribute → value → {links, found, exact}; `exact` is over links whose text is known.
    """
    cells: dict[str, dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        if item.truth is None:
            continue
        facts = {
            "source": dataset.images[item.page].source,
            "prefix_height_px": item.truth.bbox[3],
            "wrapped": item.wraps,
        }
        for name, value in (dict(item.truth.attributes) | facts).items():
            label = _label(name, value)
            if label is not None:
                cells[name][label].append(item)
    return {
        name: {value: _cell(found, was_read) for value, found in sorted(values.items(), key=_order)}
        for name, values in sorted(cells.items())
        if 2 <= len(values) <= _MOST_VALUES
    }


def _label(name: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.strip() or "none"
    if name in _BINS and isinstance(value, int | float):
        edges = _BINS[name]
        place = sum(value >= edge for edge in edges)
        if place == 0:
            return f"under {edges[0]}"
        return f"{edges[place - 1]} to {edges[place]}" if place < len(edges) else f"{edges[-1]} and more"
    return None


def _order(cell: tuple[str, list[Item]]) -> tuple[float, str]:
    """Bins by size, words by the alphabet."""
    head = cell[0].split()[0]
    return (-1.0 if head == "under" else float(head) if head.isdigit() else 0.0, cell[0])


def _cell(items: list[Item], was_read: bool) -> dict[str, Any]:
    known = [item for item in items if item.scored]
    exact = ratio(sum(item.same for item in known), len(known), "no link of this slice has a known text")
    return {
        "links": len(items),
        "found": ratio(sum(1 for item in items if item.detection), len(items), "empty"),
        "exact": exact if was_read else Undefined("nothing was read"),
    }
