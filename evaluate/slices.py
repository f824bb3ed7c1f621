"""The same links, cut by every attribute and by pairs of them: where it works, and where it does not."""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from conf import UserError
from data.model import Dataset, Image
from evaluate.bootstrap import Weights
from evaluate.boxes import Floats, Ints
from evaluate.links import Item
from evaluate.measures import Undefined, ratio

FEW = 30
"""Cells with fewer links are shown in grey: one link more or less moves them by percents."""
_MOST_VALUES = 12
_BINS = {"x_height_px": (6, 8, 10, 14, 20), "prefix_height_px": (12, 16, 24, 40), "contrast": (0.2, 0.4, 0.6, 0.8)}
_USUAL = {"scheme", "style", "source", "wrapped", "book", *_BINS}
"""What may be crossed even where no link of the set has it."""
_BOOKS = 40
"""A set of more books than this is not cut by book."""


@dataclass(frozen=True, slots=True)
class Links:
    """Every link that counts, with what became of it and what is known of it.

    Attributes:
        page: of each link.
        found, scored, exact: (links,) 0 or 1: found; its text is known; read right.
        values: attribute → the value of each link, empty where it has none.
        was_read: whether any link was read.
    """

    page: Ints
    found: Floats
    scored: Floats
    exact: Floats
    values: Mapping[str, Sequence[str]]
    was_read: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """Links that share a value of an attribute, or of two; `rows` are their numbers in `Links`."""

    attributes: tuple[str, ...]
    values: tuple[str, ...]
    rows: npt.NDArray[np.int32]


def gathered(dataset: Dataset, items: Sequence[Item], *, was_read: bool) -> Links:
    """The links of a set with the attributes that slices are made of.

    Attributes are those of the links, with `source` and `book` of the page and the height of the prefix. Numbers that
    have no bins here, and attributes that have one value or more than a dozen, are left out.
    """
    links = [item for item in items if item.truth is not None]
    columns = _columns(dataset, links)
    most = {"book": _BOOKS}
    return Links(
        page=np.array([item.page for item in links], np.int64),
        found=np.array([item.detection is not None for item in links], float),
        scored=np.array([item.scored for item in links], float),
        exact=np.array([item.scored and item.same for item in links], float),
        values={name: columns[name] for name in sorted(columns)
                if 2 <= len(set(columns[name]) - {""}) <= most.get(name, _MOST_VALUES)},
        was_read=was_read,
    )  # fmt: skip


def _columns(dataset: Dataset, links: Sequence[Item]) -> dict[str, list[str]]:
    """Attribute → the label of each link; equal labels are one object, since a set may have millions of links."""
    columns: dict[str, list[str]] = {}
    books = has_books(dataset)
    for row, item in enumerate(links):
        for name, label in labels(dataset.images[item.page], item, books=books).items():
            if name not in columns:
                columns[name] = [""] * len(links)
            columns[name][row] = sys.intern(label)
    return columns


def has_books(dataset: Dataset) -> bool:
    """Whether groups are books: of two pages or more, on the average. Else to cut by them tells pages apart."""
    grouped = [image.group for image in dataset.images if image.group]
    return len(grouped) >= 2 * len(set(grouped))


def labels(image: Image, item: Item, *, books: bool) -> dict[str, str]:
    """The attributes of a link by which it is sorted into slices, numbers in bins; none for a false alarm.

    Args:
        image: its page.
        item: what became of it.
        books: whether the book of the page is one of them.
    """
    if item.truth is None:
        return {}
    facts = {"source": image.source, "prefix_height_px": item.truth.bbox[3], "wrapped": item.wraps}
    facts |= {"book": image.group} if books and image.group else {}
    named = {name: _label(name, value) for name, value in (dict(item.truth.attributes) | facts).items()}
    return {name: label for name, label in named.items() if label is not None}


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


def refuse_unknown(crossed: Sequence[str], dataset: Dataset) -> None:
    """Refuses attributes to cross that neither the set has nor sets of ours may have.

    Raises:
        UserError: naming the first of them, and what there is.
    """
    known = {name for image in dataset.images for each in image.links for name in each.attributes}
    known |= _USUAL
    for name in crossed:
        if name not in known:
            raise UserError(
                f"crossed: {name} is no attribute of the set's links; it can be {', '.join(sorted(known))}."
            )


def slices_of(links: Links, crossed: Sequence[str] = ()) -> list[Slice]:
    """Every attribute by itself, and every two of `crossed` that the set has."""
    single = [(name,) for name in links.values]
    pairs = list(combinations([name for name in dict.fromkeys(crossed) if name in links.values], 2))
    return [each for attributes in [*single, *pairs] for each in _cut(links, attributes)]


def _cut(links: Links, attributes: tuple[str, ...]) -> Iterator[Slice]:
    rows: dict[tuple[str, ...], array[int]] = defaultdict(lambda: array("i"))
    for row, values in enumerate(zip(*(links.values[name] for name in attributes), strict=True)):
        if all(values):
            rows[values].append(row)
    for values in sorted(rows, key=lambda values: [_order(value) for value in values]):
        yield Slice(attributes, values, np.array(rows[values], np.int32))


def _order(label: str) -> tuple[float, str]:
    """Bins by size, words by the alphabet."""
    head = label.split()[0]
    size = -1.0 if head == "under" else float(head) if head.replace(".", "", 1).isdigit() else 0.0
    return (size, label)


def resampled(links: Links, cut: Sequence[Slice], weights: Weights) -> tuple[Floats, Floats]:
    """Shares found and read right in every slice on every resample, each (resamples, slices); NaN where undefined."""
    found, exact = np.empty((len(weights), len(cut))), np.empty((len(weights), len(cut)))
    for column, each in enumerate(cut):
        drawn, found_drawn, scored_drawn, exact_drawn = (weights @ _by_page(links, each, weights.shape[1])).T
        found[:, column] = _divided(found_drawn, drawn)
        exact[:, column] = _divided(exact_drawn, scored_drawn)
    return found, exact


def _by_page(links: Links, each: Slice, pages: int) -> npt.NDArray[np.float32]:
    """Links of a slice on each page: all, found, of known text, and read right; (pages, 4)."""
    page = links.page[each.rows]
    values = (None, links.found[each.rows], links.scored[each.rows], links.exact[each.rows])
    return np.stack([np.bincount(page, one, pages) for one in values], axis=1).astype(np.float32)


def _divided(part: Any, whole: Any) -> Floats:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def cell(links: Links, each: Slice) -> dict[str, Any]:
    """The numbers of a slice, without intervals."""
    known = int(links.scored[each.rows].sum())
    exact = ratio(float(links.exact[each.rows].sum()), known, "no link of this slice has a known text")
    return {
        "links": len(each.rows),
        "found": ratio(float(links.found[each.rows].sum()), len(each.rows), "empty"),
        "exact": exact if links.was_read else Undefined("nothing was read"),
        "found_interval": None,
        "exact_interval": None,
        "few": len(each.rows) < FEW,
    }
