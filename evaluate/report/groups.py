"""Slices as the report draws them: the attributes that matter most first, each value with its whiskers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from evaluate.metrics import Cell, Crossed
from evaluate.report.strips import Estimate, interval_strip
from evaluate.report.words import percent, share, share_interval


@dataclass(frozen=True, slots=True)
class Row:
    """One value of an attribute."""

    value: str
    links: int
    few: bool
    found: str
    exact: str
    strip: Markup


@dataclass(frozen=True, slots=True)
class Group:
    """One attribute; `spread` is the distance between its best and its worst value that has links enough."""

    attribute: str
    rows: list[Row]
    spread: float


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell of a heat map; `share` from 0 to 100, None where there is nothing to show."""

    text: str
    links: int
    few: bool
    share: float | None
    title: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Two attributes at once."""

    rows: str
    columns: str
    heads: list[str]
    body: list[tuple[str, list[HeatCell | None]]]


def groups(slices: dict[str, dict[str, Cell]], overall: float | None, *, was_read: bool) -> list[Group]:
    """Attributes by how much they matter: the greatest spread first; those with too few links last."""
    shown = [
        Group(name, [_row(value, cell, overall, was_read) for value, cell in cells.items()], _spread(cells, was_read))
        for name, cells in slices.items()
    ]
    return sorted(shown, key=lambda group: (-group.spread, group.attribute))


def _spread(cells: dict[str, Cell], was_read: bool) -> float:
    known = [_shown(cell, was_read) for cell in cells.values() if not cell.few]
    values = [value for value in known if value is not None]
    return max(values) - min(values) if len(values) > 1 else -1.0


def _shown(cell: Cell, was_read: bool) -> float | None:
    return cell.exact if was_read else cell.found


def _row(value: str, cell: Cell, overall: float | None, was_read: bool) -> Row:
    found, exact = _estimate(cell.found, cell.found_interval), _estimate(cell.exact, cell.exact_interval)
    rows = [("found", found)] + ([("exact", exact)] if was_read else [])
    label = f"{value}: " + ", ".join(f"{kind} {_text(one)}" for kind, one in rows)
    texts = [share(one.value, one.low, one.high) for one in (found, exact)]
    return Row(value, cell.links, cell.few, texts[0], texts[1], interval_strip(rows, label, overall))


def _estimate(value: float | None, interval: tuple[float, float] | None) -> Estimate:
    low, high = interval or (None, None)
    return Estimate(value, low, high)


def _text(one: Estimate) -> str:
    interval = share_interval(one.low, one.high)
    return percent(one.value) + (f" ({interval})" if interval else "")


def heat_map(crossed: Crossed, slices: dict[str, dict[str, Cell]], *, was_read: bool) -> HeatMap:
    """A pair of attributes as a table of shares read right (found, where nothing was read).

    Args:
        crossed: the pair.
        slices: each attribute alone; values stand in its order.
        was_read: whether there is anything but found links to show.
    """
    used = {name for cells in crossed.cells.values() for name in cells}
    heads = _in_order(used, slices.get(crossed.columns, {}))
    body = [
        (row, [_heat(cells[name], f"{row}, {name}", was_read) if name in cells else None for name in heads])
        for row in _in_order(crossed.cells, slices.get(crossed.rows, {}))
        for cells in [crossed.cells[row]]
    ]
    return HeatMap(crossed.rows, crossed.columns, heads, body)


def _in_order(names: Iterable[str], alone: dict[str, Cell]) -> list[str]:
    places = {name: place for place, name in enumerate(alone)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def _heat(cell: Cell, where: str, was_read: bool) -> HeatCell:
    value = _shown(cell, was_read)
    words = f"{where}: {percent(value)} of {cell.links}"
    return HeatCell(percent(value, 0), cell.links, cell.few, None if value is None else round(100 * value), words)
