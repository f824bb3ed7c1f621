"""What a comparison of a converted model with its SavedModel found: the schema of parity.json, and its bars."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from evaluate.comparison import Difference

PARITY_VERSION = 1
_RAW_BARS = {"float32": (1e-4, 0.01)}
"""By the numbers that a model is stored in: greatest difference of a score, and of a box in pixels."""
_AP_BARS = {"float32": 0.002, "float16": 0.005}


class Spread(msgspec.Struct):
    """Absolute differences of many numbers: the largest, and the 99.9th percentile."""

    largest: float
    p999: float


class Raw(msgspec.Struct):
    """All outputs on identical tensors: `scores` in 0…1; `boxes` in pixels of the tensor, of all anchors."""

    tensors: int
    scores: Spread
    boxes: Spread


class Matched(msgspec.Struct):
    """Boxes at the operating point.

    Attributes:
        reference, candidate: how many each has.
        matched: of them, one to one at the IoU asked for.
        unmatched: of both together.
        score: difference over the matched.
    """

    reference: int
    candidate: int
    matched: int
    unmatched: int
    score: Spread


class Picture(msgspec.Struct):
    """A browser's own decoding and scaling of picture files beside ours.

    Attributes:
        pictures: compared.
        colours: difference of their numbers, 0…255; `mean_colour` their mean.
        boxes: found by the candidate on ours (`reference`) and on the browser's.
    """

    pictures: int
    colours: Spread
    mean_colour: float
    boxes: Matched


class Speed(msgspec.Struct):
    """Of the candidate on this machine: milliseconds of a page by the clock; of a browser, itself and what it loads."""

    frames: int
    median_ms: float
    p95_ms: float
    browser: dict[str, Any] | None = None


class Bar(msgspec.Struct):
    """What must hold, how it is, and whether it does."""

    name: str
    at_most: float
    value: float
    passes: bool


class Parity(msgspec.Struct):
    """parity.json."""

    version: int
    reference: str
    candidate: str
    quantise: str | None
    page_size: list[int] | None
    dataset: str
    pages: int
    score_threshold: float
    match_iou: float
    raw: Raw | None
    matched: Matched
    differences: list[Difference]
    picture: Picture | None
    speed: Speed | None
    bars: list[Bar]

    @property
    def passes(self) -> bool:
        """Whether every bar holds."""
        return all(bar.passes for bar in self.bars)


def spread(values: npt.NDArray[np.float64]) -> Spread:
    """The largest, and the 99.9th percentile; zeros of nothing."""
    if not values.size:
        return Spread(0.0, 0.0)
    return Spread(float(values.max()), float(np.quantile(values, 0.999)))


def bars_of(found: Parity) -> list[Bar]:
    """What must hold of a model that is stored in floats; nothing of one in integers."""
    bars = []
    if found.raw is not None and found.quantise in _RAW_BARS:
        score, pixels = _RAW_BARS[found.quantise]
        bars += [
            _bar("raw scores", score, found.raw.scores.largest),
            _bar("raw boxes, px", pixels, found.raw.boxes.largest),
        ]
    by_name = {one.name: one.difference for one in found.differences}
    ap = by_name.get("detection.ap")
    if ap is not None and found.quantise in _AP_BARS:
        bars.append(_bar("AP", _AP_BARS[found.quantise], abs(ap)))
    return bars


def _bar(name: str, at_most: float, value: float) -> Bar:
    return Bar(name, at_most, value, value <= at_most)
