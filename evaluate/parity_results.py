"""What a comparison of a converted model with its SavedModel found: the schema of parity.json, and its bars."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from evaluate.comparison import Difference, Paired
from evaluate.metrics import Interval

PARITY_VERSION = 2
MET, MISSED, OPEN = "met", "missed", "not settled"
AP = "detection.ap"
_RAW_BARS = {"float32": (1e-4, 0.01)}
"""By the numbers that a model is stored in: greatest difference of a score, and of a box in pixels."""
_AP_BARS = {"float32": 0.002, "float16": 0.005}

Differences = npt.NDArray[np.float64]


class Spread(msgspec.Struct):
    """Absolute differences of many numbers: the largest, the 99.9th percentile, and their mean."""

    largest: float
    p999: float
    mean: float


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


class Decoder(msgspec.Struct):
    """One who decodes and scales picture files, beside TensorFlow, in levels of 0…255 of each colour.

    Attributes:
        name: who.
        decoded: the whole picture, pixel by pixel.
        scaled: the same pixels, scaled as the model wants them.
        both: decoded, then scaled.
    """

    name: str
    decoded: Spread
    scaled: Spread
    both: Spread


class Pictures(msgspec.Struct):
    """What becomes of the same picture files on their way to the model.

    Attributes:
        pictures: compared.
        decoders: each beside TensorFlow, which decodes and scales for the SavedModel.
        boxes: of a browser: found by the candidate on our pixels (`reference`) and on the browser's.
    """

    pictures: int
    decoders: list[Decoder]
    boxes: Matched | None


class Speed(msgspec.Struct):
    """Of the candidate on this machine: milliseconds of a page by the clock."""

    frames: int
    median_ms: float
    p95_ms: float


class BrowserFacts(msgspec.Struct):
    """What ran the candidate.

    Attributes:
        version: of the browser, with its name.
        backend: who computed, with so many `threads`.
        start_ms, load_ms, first_ms: to start the backend, to load the model, to run it for the first time.
        model_bytes, packages_bytes: transferred, not compressed, of the model and of TensorFlow.js.
    """

    version: str
    backend: str
    threads: float
    start_ms: float
    load_ms: float
    first_ms: float
    model_bytes: int
    packages_bytes: int


class Bar(msgspec.Struct):
    """What must hold.

    Attributes:
        name: of what.
        at_most: the greatest difference allowed.
        value: the difference; of raw outputs the largest, without its sign.
        interval: of the difference; null where it is no estimate.
        verdict: `met`, `missed`, or `not settled` where the interval reaches over the bar.
    """

    name: str
    at_most: float
    value: float
    interval: Interval | None
    verdict: str


class Parity(msgspec.Struct):
    """parity.json.

    Attributes:
        version: of this schema.
        reference, candidate: as they were named; their `formats`.
        quantise: numbers that the candidate is stored in.
        page_size: (height, width) of the one picture that it takes; null where it takes any.
        dataset, pages: what both were run on.
        cores: of the machine.
        browser: that ran the candidate.
        score_threshold, match_iou: which boxes count, and which are the same.
        raw, pictures, speed: null where the candidate cannot be asked.
        matched: boxes.
        differences: of measures, with intervals on the same resamples of the pages.
        right: what `links` counts: `exact` (read right), or `found` where nothing was read.
        links: one by one, right in both, in one, in none.
        bars: what must hold.
    """

    version: int
    reference: str
    candidate: str
    formats: list[str]
    quantise: str | None
    page_size: list[int] | None
    dataset: str
    pages: int
    cores: int
    browser: BrowserFacts | None
    score_threshold: float
    match_iou: float
    raw: Raw | None
    matched: Matched
    differences: list[Difference]
    confidence: float
    right: str
    links: Paired
    pictures: Pictures | None
    speed: Speed | None
    bars: list[Bar]

    @property
    def passes(self) -> bool:
        """Whether no bar is missed; one that is not settled would need more pages."""
        return all(bar.verdict != MISSED for bar in self.bars)


def spread(values: Differences) -> Spread:
    """The largest, the 99.9th percentile and the mean; zeros of nothing."""
    if not values.size:
        return Spread(0.0, 0.0, 0.0)
    return Spread(float(values.max()), float(np.quantile(values, 0.999)), float(values.mean()))


def bars_of(quantise: str | None, raw: Raw | None, differences: list[Difference]) -> list[Bar]:
    """What must hold of a model that is stored in floats; nothing of one in integers."""
    bars = []
    if raw is not None and quantise in _RAW_BARS:
        score, pixels = _RAW_BARS[quantise]
        bars += [
            _bar("raw scores", score, raw.scores.largest, None),
            _bar("raw boxes, px", pixels, raw.boxes.largest, None),
        ]
    ap = next((one for one in differences if one.name == AP), None)
    if ap is not None and ap.difference is not None and quantise in _AP_BARS:
        bars.append(_bar("AP", _AP_BARS[quantise], ap.difference, ap.interval))
    return bars


def _bar(name: str, at_most: float, value: float, interval: Interval | None) -> Bar:
    """An estimate is within its bar, or beyond it, where all of its interval is."""
    low, high = interval or (value, value)
    if -at_most <= low and high <= at_most:
        verdict = MET
    elif high < -at_most or at_most < low:
        verdict = MISSED
    else:
        verdict = OPEN
    return Bar(name, at_most, value, interval, verdict)
