"""Is a converted model still the same detector? Held against the SavedModel that it was made of, on the same pages.

Four comparisons, from the inside out: all raw outputs on identical tensors; boxes at the operating point; scores of
the whole set, AP and links read, with intervals of the difference on the same resamples of the pages; and apart from
the model, decoding and scaling of pictures. What is bound to hold has a bar; the rest is reported.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from evaluate.comparison import compare
from evaluate.detectors import open_detector
from evaluate.detectors.answers import own_signature
from evaluate.detectors.browser import BrowserDetector
from evaluate.detectors.fixed_size import FixedSizeModel, windows
from evaluate.detectors.litert import LiteRTDetector
from evaluate.detectors.location import RUNTIMES, located, not_a_detector, saved_model_in
from evaluate.detectors.serving import ServingDetector
from evaluate.inputs import Subject, open_subject
from evaluate.matching import match
from evaluate.parity_pictures import pictures
from evaluate.parity_results import (
    AP,
    PARITY_VERSION,
    BrowserFacts,
    Differences,
    Matched,
    Parity,
    Pictures,
    Raw,
    Speed,
    Spread,
    bars_of,
    spread,
)
from evaluate.predictions import Detection
from evaluate.report import parity as report
from evaluate.run import evaluate
from evaluate.runs import read_run

PARITY, TABLE, PAGE = "parity.json", "parity.md", "index.html"
REFERENCE, CANDIDATE = "reference", "candidate"
_SHOWN = (
    AP, "detection.ap50", "detection.recall", "end_to_end.normalised.recall", "end_to_end.normalised.precision",
    "end_to_end.wrong_destination_rate",
)  # fmt: skip

Floats = npt.NDArray[np.float32]


class _Raw(Protocol):
    """A detector that gives all its outputs for a page of one size."""

    page_size: tuple[int, int]

    def raw(self, page: Floats) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]: ...


def parity(config: ParityConfig) -> Parity:
    """Compares, writes parity.json, parity.md and index.html into the folder of the results, and returns what it found.

    Raises:
        UserError: where a model or set is missing or broken, or the set has no truth.
    """
    if saved_model_in(located(config.reference)) is None:
        raise UserError(f"reference={config.reference} is no SavedModel; python -m train export writes one.")
    out = Path(config.out or Path("outputs/parity") / Path(config.candidate).stem)
    config = dataclasses.replace(config, candidate=_of_reference(config))
    config = dataclasses.replace(config, score_threshold=_threshold(config))
    if not located(config.candidate).exists():
        raise not_a_detector(config.candidate, located(config.candidate))
    claim_folder(out, (PARITY, TABLE, PAGE, REFERENCE, CANDIDATE))
    before, after = (evaluate(_evaluation(config, part, out)).pages for part in (REFERENCE, CANDIDATE))
    found = _found(config, out, _matched(before, after, config))
    write_json(out / PARITY, msgspec.to_builtins(found), indent=2)
    write_text(out / TABLE, report.table(found))
    write_text(out / PAGE, report.page(found))
    return found


def _of_reference(config: ParityConfig) -> str:
    """The candidate; where it is a runtime alone, that of the reference in it: `base browser` means `browser:base`."""
    whole = f"{config.candidate}:{config.reference}"
    return whole if config.candidate in RUNTIMES and located(whole).is_dir() else config.candidate


def _found(config: ParityConfig, out: Path, matched: Matched) -> Parity:
    """Both evaluations compared, and the candidate's inside."""
    runs = [read_run(out / part) for part in (REFERENCE, CANDIDATE)]
    compared = compare(runs[0], runs[1], resamples=config.resamples, confidence=config.confidence)
    subject = open_subject(Path(config.dataset))
    candidate: Any = open_detector(config.candidate, subject, threads=1)
    own = own_signature(_folder(config.candidate))
    inside = _inside(config, subject, candidate) if hasattr(candidate, "page_size") else _Inside()
    quantise = own.get("quantise")
    return Parity(
        PARITY_VERSION, config.reference, config.candidate, ["SavedModel", _format(candidate)], quantise,
        list(getattr(candidate, "page_size", ())) or None, config.dataset, len(subject.dataset.images),
        os.cpu_count() or 1, _browser(candidate), config.score_threshold or 0.0, config.match_iou, inside.raw, matched,
        [one for one in compared.differences if one.name in _SHOWN], config.confidence, compared.right, compared.paired,
        inside.pictures, inside.speed, bars_of(quantise, inside.raw, compared.differences),
    )  # fmt: skip


def _format(candidate: Any) -> str:
    known = {BrowserDetector: "TensorFlow.js", LiteRTDetector: "LiteRT", ServingDetector: "SavedModel on a server"}
    return known.get(type(candidate), "SavedModel")


def _browser(candidate: Any) -> BrowserFacts | None:
    if not isinstance(candidate, BrowserDetector):
        return None
    browser = candidate.browser
    sizes = {f"{part}_bytes": size for part, size in browser.transferred.items()}
    said = {"version": browser.version, "backend": browser.backend, **browser.timings, **sizes}
    return msgspec.convert(said, BrowserFacts)


def _threshold(config: ParityConfig) -> float:
    """The operating point: the one given, else the reference's own, else the usual one."""
    if config.score_threshold is not None:
        return config.score_threshold
    folder = saved_model_in(located(config.reference))
    return float((own_signature(folder) if folder else {}).get("score_threshold", USUAL_THRESHOLD))


def _folder(key: str) -> Path:
    path = located(key)
    return path if path.is_dir() else path.parent


def _evaluation(config: ParityConfig, part: str, out: Path) -> EvaluateConfig:
    return EvaluateConfig(
        detector=config.reference if part == REFERENCE else config.candidate, dataset=config.dataset,
        out=str(out / part), score_threshold=config.score_threshold, resamples=0, confidence=config.confidence,
        workers=config.workers, ocr=config.ocr, cost=CostConfig(pages=0), report=ReportConfig(html=False),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Inside:
    """What only a model for one picture size can be asked."""

    raw: Raw | None = None
    pictures: Pictures | None = None
    speed: Speed | None = None


def _inside(config: ParityConfig, subject: Subject, candidate: Any) -> _Inside:
    images = subject.dataset.images[: config.tensors]
    if not images:
        return _Inside()
    around = FixedSizeModel(located(config.candidate), own_signature(_folder(config.candidate)), subject)
    size = candidate.page_size
    pages = [windows(around.scaled(load(image.path), size)[0], size)[0].page for image in images]
    reference: Any = open_detector(config.reference, subject)
    same = functools.partial(_matched, config=config)
    return _Inside(
        _raw(reference.raw, candidate, pages),
        None if around.prepares else pictures(images, around, candidate, same),
        _speed(candidate, pages[0], config.frames),
    )


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
    total, off = Matched(0, 0, 0, 0, Spread(0, 0, 0)), []
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


def _speed(candidate: Any, page: Floats, frames: int) -> Speed | None:
    """Of a browser by its own clock: fetching the page and the answer are not the model's time."""
    if not frames:
        return None
    taken = []
    for _ in range(frames):
        started = time.perf_counter()
        candidate.raw(page)
        taken.append(1000 * (time.perf_counter() - started))
    if isinstance(candidate, BrowserDetector):
        taken = candidate.taken_ms[-frames:]
    return Speed(frames, float(np.median(taken)), float(np.quantile(taken, 0.95)))
