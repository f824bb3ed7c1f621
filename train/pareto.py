"""Which trials of a sweep are worth a look: those that no other beats in quality and cost at once; and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_PANELS = {"latency_ms": "ms for a picture of 640 × 640 on one thread", "size_mb": "MB of the LiteRT model, float16"}
"""Costs, each with the words at its axis."""
_QUALITY = "ap"


def front(costs: Sequence[float], qualities: Sequence[float]) -> list[int]:
    """The Pareto front: places of the points that no other one beats.

    One beats another where it is as good and as cheap, and better or cheaper. Of several at the same place each is
    on the front.

    Args:
        costs: the lower the better.
        qualities: the higher the better, in the same order.

    Returns:
        Places in the sequences, from the cheapest to the best.
    """
    found: list[int] = []
    for place in sorted(range(len(costs)), key=lambda i: (costs[i], -qualities[i])):
        last = found[-1] if found else None
        twin = last is not None and (costs[place], qualities[place]) == (costs[last], qualities[last])
        if last is None or twin or qualities[place] > qualities[last]:
            found.append(place)
    return found


def plot(rows: Sequence[Mapping[str, Any]], folder: Path, name: str) -> list[Path]:
    """Draws quality against latency and against size, and writes `NAME.png` and `NAME.svg`.

    Args:
        rows: of the sweep's table: `trial`, `ap` and the costs; those that lack one are left out.
        folder: where the pictures go.
        name: theirs, without suffix.

    Returns:
        The files; none where no row has all that is drawn.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    drawn = [row for row in rows if all(row.get(key) is not None for key in (_QUALITY, *_PANELS))]
    if not drawn:
        return []
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    for axes, (cost, words) in zip(figure.subplots(1, len(_PANELS), sharey=True), _PANELS.items(), strict=True):
        _draw(axes, drawn, cost)
        axes.set_xlabel(words)
    figure.axes[0].set_ylabel("validation AP")
    figure.axes[0].legend(loc="lower right", frameon=False)
    files = [folder / f"{name}.png", folder / f"{name}.svg"]
    with rc_context({"svg.hashsalt": "inklink", "svg.fonttype": "none"}):  # the same rows give the same bytes
        figure.savefig(files[0], dpi=150)
        figure.savefig(files[1], metadata={"Date": None})
    return files


def _draw(axes: Any, rows: Sequence[Mapping[str, Any]], cost: str) -> None:
    x, y = [row[cost] for row in rows], [row[_QUALITY] for row in rows]
    best = front(x, y)
    others = [place for place in range(len(rows)) if place not in best]
    axes.plot([x[i] for i in others], [y[i] for i in others], "o", color="0.65", label="beaten by another trial")
    # From one trial of the front to the next, what can be had for a cost is the quality of the cheaper one.
    axes.plot(
        [x[i] for i in best], [y[i] for i in best], "o-", color="#0b61a4", drawstyle="steps-post", label="Pareto front"
    )
    for place, row in enumerate(rows):
        axes.annotate(
            str(row["trial"]), (x[place], y[place]), xytext=(4, 4), textcoords="offset points", fontsize="small"
        )
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
