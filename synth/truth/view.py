"""The finished picture together with all that is known about how it came about: what links are measured in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synth.geometry import PageMap
from synth.ink import Ink, Raster
from synth.layers import Coverage, Layer
from synth.shaping import Floats


@dataclass(frozen=True, slots=True)
class View:
    """The picture that links are measured in.

    Attributes:
        page_map: the map that the pixels went through.
        nodes: its `inverse_nodes()`.
        ink: what was printed, and the window that it was drawn in.
        picture: uint8 BGR (height, width, 3), before its compression.
        fingers: uint8 (height, width), 255 where a finger hides the page; None where none does.
        marks: what lies over the print, on the raster of the ink.
    """

    page_map: PageMap
    nodes: Floats
    ink: Ink
    picture: npt.NDArray[np.uint8]
    fingers: Coverage | None = None
    marks: Sequence[Layer] = ()

    @property
    def raster(self) -> Raster:
        """The window that the ink was drawn in; it moves glyphs to whole and half pixels."""
        return self.ink.raster
