"""Is a converted model still the same detector? Held against the SavedModel that it was made of, on the same pages.

Four comparisons, from the inside out: all raw outputs on identical tensors; boxes at the operating point; scores of
the whole set, AP and links read, with intervals of the difference on the same resamples of the pages; and, for a
browser, its own decoding and scaling of pictures beside ours. What is bound to hold has a bar; the rest is reported.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from conf import UserError
from conf.schema.evaluate import USUAL_THRESHOLD, CostConfig, EvaluateConfig, ReportConfig
from conf.schema.evaluate_parity import ParityConfig
from data.files import claim_folder, write_json, write_text
from data.pixels import load
from evaluate.comparison import differences
from evaluate.detectors import open_detector
from evaluate.detectors.answers import own_signature
from evaluate.detectors.browser import BrowserDetector
from evaluate.detectors.fixed_size import FixedSizeModel, windows
from evaluate.detectors.location import located, saved_model_in
from evaluate.inputs import Subject, open_subject
from evaluate.matching import match
from evaluate.parity_results import PARITY_VERSION, Matched, Parity, Picture, Raw, Speed, Spread, bars_of, spread
from evaluate.predictions import Detection
from evaluate.report.parity import table
from evaluate.run import evaluate
from evaluate.runs import read_run

PARITY, TABLE = "parity.json", "parity.md"
REFERENCE, CANDIDATE = "reference", "candidate"
_SHOWN = ("detection.ap", "detection.ap50", "end_to_end.normalised.hmean")

Floats = npt.NDArray[np.float32]
Differences = npt.NDArray[np.float64]


class _Raw(Protocol):
    """A detector that gives all its outputs for a page of one size."""

    page_size: tuple[int, int]

    def raw(self, page: Floats) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]: ...


def parity(config: ParityConfig) -> Parity:
    """Compares, writes parity.json and parity.md into the folder of the results, and returns what was found.

    Raises:
        UserError: where a model or set is missing or broken, or the set has no truth.
    """
    out = Path(config.out or Path("outputs/parity") / Path(config.candidate).stem)
    threshold = _threshold(config)
    config = dataclasses.replace(config, score_threshold=threshold)
    claim_folder(out, (PARITY, TABLE, REFERENCE, CANDIDATE))
    before, after = (evaluate(_evaluation(config, part, out)).pages for part in (REFERENCE, CANDIDATE))
    matched = _matched(before, after, config)
    headline = differences(
        *(read_run(out / part) for part in (REFERENCE, CANDIDATE)),
        resamples=config.resamples, confidence=config.confidence,
    )  # fmt: skip
    subject = open_subject(Path(config.dataset))
    candidate: Any = open_detector(config.candidate, subject, threads=1)
    quantise = own_signature(_folder(config.candidate)).get("quantise")
    raw, picture, speed = _inside(config, subject, candidate) if hasattr(candidate, "page_size") else (None, None, None)
    found = Parity(
        PARITY_VERSION, config.reference, config.candidate, quantise, list(getattr(candidate, "page_size", ())) or None,
        config.dataset, len(subject.dataset.images), threshold, config.match_iou, raw, matched,
        [one for one in headline if one.name in _SHOWN], picture, speed, [],
    )  # fmt: skip
    found.bars = bars_of(found)
    write_json(out / PARITY, msgspec.to_builtins(found), indent=2)
    write_text(out / TABLE, table(found))
    return found


def _threshold(config: ParityConfig) -> float:
    """The operating point: the one given, else the reference's own, else the usual one."""
    if config.score_threshold is not None:
        return config.score_threshold
    folder = saved_model_in(located(config.reference))
    return float((own_signature(folder) if folder else {}).get("score_threshold", USUAL_THRESHOLD))


def _folder(key: str) -> Path:
    return Path(key) if Path(key).is_dir() else Path(key).parent


def _evaluation(config: ParityConfig, part: str, out: Path) -> EvaluateConfig:
    return EvaluateConfig(
        detector=config.reference if part == REFERENCE else config.candidate, dataset=config.dataset,
        out=str(out / part), score_threshold=config.score_threshold, resamples=0, confidence=config.confidence,
        workers=config.workers, ocr=config.ocr, cost=CostConfig(pages=0), report=ReportConfig(html=False),
    )  # fmt: skip


def _inside(config: ParityConfig, subject: Subject, candidate: Any) -> tuple[Raw | None, Picture | None, Speed | None]:
    """What only a model for one picture size can be asked."""
    images = subject.dataset.images[: config.tensors]
    if not images:
        return None, None, None
    around = FixedSizeModel(Path(config.candidate), own_signature(_folder(config.candidate)), subject)
    size = candidate.page_size
    pages = [windows(around.scaled(load(image.path), size)[0], size)[0].page for image in images]
    reference: Any = open_detector(config.reference, subject)
    if not hasattr(reference, "raw"):
        raise UserError(f"reference={config.reference} is no SavedModel.")
    whole = isinstance(candidate, BrowserDetector) and not candidate.around.prepares
    picture = _picture(config, subject, candidate) if whole else None
    return _raw(reference.raw, candidate, pages), picture, _speed(candidate, pages[0], config.frames)


def _raw(reference: Callable[[Floats], Any], candidate: _Raw, pages: Sequence[Floats]) -> Raw:
    boxes: list[Differences] = []
    scores: list[Differences] = []
    for page in pages:
        for off, ours, theirs in zip((boxes, scores), reference(page), candidate.raw(page), strict=True):
            off.append(np.abs(np.asarray(ours, np.float64) - theirs).ravel())
    return Raw(len(pages), spread(np.concatenate(scores)), spread(np.concatenate(boxes)))


def _matched(
    before: Sequence[Sequence[Detection]], after: Sequence[Sequence[Detection]], config: ParityConfig
) -> Matched:
    total, off = Matched(0, 0, 0, 0, Spread(0, 0)), []
    least = config.score_threshold or 0.0
    for page, other in zip(before, after, strict=True):
        sure, others = ([each for each in found if each.score >= least] for found in (page, other))
        pairs = match([each.bbox for each in sure], [], [each.bbox for each in others], config.match_iou).pairs
        total.reference += len(sure)
        total.candidate += len(others)
        total.matched += len(pairs)
        off += [abs(sure[one].score - others[two].score) for one, two, _ in pairs]
    total.unmatched = total.reference + total.candidate - 2 * total.matched
    total.score = spread(np.asarray(off))
    return total


def _picture(config: ParityConfig, subject: Subject, candidate: BrowserDetector) -> Picture:
    """The same files decoded and scaled by the browser, and what the model finds on them."""
    off: list[Differences] = []
    ours: list[list[Detection]] = []
    theirs: list[list[Detection]] = []
    for image in subject.dataset.images[: config.tensors]:
        pixels = load(image.path)
        small, fit = candidate.around.scaled(pixels, candidate.page_size)
        seen = candidate.browser.scaled(image.path.read_bytes(), (small.shape[0], small.shape[1]))
        off.append(np.abs(small.astype(np.float64) - seen).ravel())
        for found, each in ((ours, small), (theirs, seen)):
            found.append(candidate.find(each, fit, image, pixels))
    colours = np.concatenate(off)
    return Picture(len(off), spread(colours), float(colours.mean()), _matched(ours, theirs, config))


def _speed(candidate: Any, page: Floats, frames: int) -> Speed | None:
    if not frames:
        return None
    taken = []
    for _ in range(frames):
        started = time.perf_counter()
        candidate.raw(page)
        taken.append(1000 * (time.perf_counter() - started))
    about = None
    if isinstance(candidate, BrowserDetector):
        taken, browser = candidate.taken_ms[-frames:], candidate.browser
        about = {"version": browser.version, "backend": browser.backend, **browser.timings} | {
            f"{part}_bytes": size for part, size in browser.transferred.items()
        }
    return Speed(frames, float(np.median(taken)), float(np.quantile(taken, 0.95)), about)
