"""What hides print: fingers, and what is stuck on the page.

The page's own bend never does: `synth.sampling.scene` keeps the paper at the gutter in sight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from synth import shaping
from synth.layers import Layer
from synth.page import GlyphRun, PlacedLink
from synth.shaping import Floats
from synth.truth.view import View

_OPAQUE = 128
"""Coverage, of 255, from which what lies over print hides it."""
_SPOTS = np.array([[0.25, 0.25], [0.75, 0.25], [0.5, 0.5], [0.25, 0.75], [0.75, 0.75]])
"""Where a letter is probed: shares of its advance and of its height (1.2 x-heights), from the baseline up."""
_LOST = 2
"""So many of its spots hidden, and a letter cannot be read."""


class Cover:
    """One mask of all that hides the page, asked at the letters of links."""

    def __init__(self, view: View) -> None:
        """What the picture's edge cuts off is not hidden, but outside."""
        self._view = view
        self._opaque = [layer for layer in view.marks if layer.kind == "cover"]

    def over(self, links: Sequence[PlacedLink]) -> Iterator[tuple[float, bool]]:
        """For each link: (share of its prefix that is hidden, whether a letter of any of its segments is)."""
        if self._view.fingers is None and not self._opaque:
            yield from ((0.0, False) for _ in links)
            return
        runs = [run for link in links for run in (link.prefix, *link.segments)]
        hidden = self._hidden(np.concatenate([_spots(run) for run in runs])).reshape(-1, len(_SPOTS))
        parts = iter(np.split(hidden, np.cumsum([len(run.xs) for run in runs])[:-1]))
        for link in links:
            prefix, segments = next(parts), [next(parts) for _ in link.segments]
            lost = any(bool((letters.sum(axis=1) >= _LOST).any()) for letters in segments)
            yield float(prefix.mean()), lost

    def _hidden(self, page: Floats) -> npt.NDArray[np.bool_]:
        """Whether what is printed at page points (n, 2) is hidden in the picture: shape (n,)."""
        view = self._view
        hidden = np.zeros(len(page), np.bool_)
        for layer in self._opaque:
            hidden |= self._under(layer, page)
        if view.fingers is not None:
            hidden |= _sampled(view.fingers, view.page_map.points(page))
        return hidden

    def _under(self, layer: Layer, page: Floats) -> npt.NDArray[np.bool_]:
        raster = self._view.raster
        return _sampled(layer.coverage, (page - [raster.left, raster.top]) * raster.scale - [layer.left, layer.top])


def _spots(run: GlyphRun) -> Floats:
    """Five spots on each letter of a run: page points, shape (5 n, 2)."""
    height = 1.2 * shaping.metrics(run.font).x_height * run.size
    advances = np.full(len(run.xs), 0.5 * run.size)
    if len(run.xs) > 1:
        advances[:-1] = run.xs[1:] - run.xs[:-1]
        advances[-1] = (run.xs[-1] - run.xs[0]) / (len(run.xs) - 1)
    spots = np.empty((len(run.xs), len(_SPOTS), 2))
    spots[..., 0] = run.xs[:, None] + advances[:, None] * _SPOTS[:, 0]
    spots[..., 1] = run.baseline - height * _SPOTS[:, 1]
    return spots.reshape(-1, 2)


def _sampled(coverage: npt.NDArray[np.uint8], at: Floats) -> npt.NDArray[np.bool_]:
    """Whether a mask is opaque at points (x, y) of its pixels, shape (n, 2); not beyond its edges."""
    height, width = coverage.shape
    inside = (at >= 0).all(axis=1) & (at < [width, height]).all(axis=1)
    opaque = np.zeros(len(at), np.bool_)
    columns, rows = at[inside].astype(np.int64).T
    opaque[inside] = coverage[rows, columns] >= _OPAQUE
    return opaque
