"""What lies over a sheet or a picture, handed from stage to stage: a window of coverage and a colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synth.scene import Rgb

Coverage = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layer:
    """Something over a part of the sheet, or of the picture.

    Attributes:
        left, top: where its first pixel lies, raster (or picture) pixels.
        coverage: uint8 (height, width), 255 where it lies fully.
        colour: what it lets through (filter), or what it looks like (cover).
        kind: `filter` multiplies what lies below by 1 - c * (1 - colour), c being the coverage as 0…1: ink, a stain,
            a highlighter, a shadow. `cover` replaces it by its colour in share c: paper worn white, a sticker.
    """

    left: int
    top: int
    coverage: Coverage
    colour: Rgb
    kind: str = "filter"
