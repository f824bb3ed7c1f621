"""From the raster to the picture: the map of the truth, as OpenCV's look-up table."""

from __future__ import annotations

import cv2
import numpy as np

from synth.geometry import CELL, PageMap, Window, bands, seen_nodes, upsample, whole
from synth.ink import Raster
from synth.layers import Coverage, Layer
from synth.shaping import Floats

_MARGIN = 6  # pixels around a layer's window, so that its blur has room


class Warp:
    """Carries what is drawn on the raster into a window of the picture.

    Attributes:
        window: begins on the grid of the map's cells.
    """

    def __init__(self, page_map: PageMap, nodes: Floats, raster: Raster, window: Window) -> None:
        """For rasters of that window of the page; `nodes` are the map's own."""
        self._map, self._raster, self.window = page_map, raster, window
        # Two planes, not pairs: OpenCV enlarges and looks up planes a fifth faster.
        self._planes = [
            (seen_nodes(nodes[..., axis], window) - corner) * raster.scale - 0.5
            for axis, corner in enumerate((raster.left, raster.top))
        ]

    def image(self, raster_image: Coverage) -> Coverage:
        """The raster in the window, uint8 (height, width); 0 outside."""
        seen = np.empty(_shape(self.window), np.uint8)
        for band in bands(whole(seen)):
            self._look_up(raster_image, (0, 0), band, seen[band])
        return seen

    def layer(self, layer: Layer) -> tuple[int, int, Coverage] | None:
        """(left, top, coverage) of a layer in the window; None where it is not seen."""
        bounds = self._bounds(layer)
        if bounds is None:
            return None
        seen = np.empty(_shape(bounds), np.uint8)
        self._look_up(layer.coverage, (layer.left, layer.top), bounds, seen)
        return bounds[1].start, bounds[0].start, seen

    def _look_up(self, image: Coverage, corner: tuple[int, int], window: Window, seen: Coverage) -> None:
        """Fills a window, its corner on the grid, with an image whose corner lies there on the raster."""
        height, width = seen.shape
        x, y = (
            upsample(seen_nodes(plane, window) - start, (width, height))
            for plane, start in zip(self._planes, corner, strict=True)
        )
        cv2.remap(image, x, y, cv2.INTER_LINEAR, dst=seen, borderMode=cv2.BORDER_CONSTANT)

    def _bounds(self, layer: Layer) -> Window | None:
        rows, columns = layer.coverage.shape
        t = np.linspace(0, 1, 5)
        x, y = np.concatenate([t, t, t * 0, t * 0 + 1]), np.concatenate([t * 0, t * 0 + 1, t, t])
        corners = np.stack([layer.left + x * columns, layer.top + y * rows], axis=1) / self._raster.scale
        height, width = _shape(self.window)
        start = [side.start for side in self.window[::-1]]
        seen = self._map.points(corners + np.array([self._raster.left, self._raster.top])) - start
        low = np.maximum(np.floor((seen.min(axis=0) - _MARGIN) / CELL) * CELL, 0)
        high = np.minimum(np.ceil(seen.max(axis=0)) + _MARGIN, (width, height))
        if not (low < high).all():
            return None
        return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _shape(window: Window) -> tuple[int, int]:
    """Height and width."""
    rows, columns = window
    return rows.stop - rows.start, columns.stop - columns.start
