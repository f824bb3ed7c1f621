"""From detections to everything in metrics.json: pages once, then counts, curves, errors, slices and intervals."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
import numpy as np

from conf.schema.evaluate import EvaluateConfig
from evaluate import bootstrap, counts, slices
from evaluate.average_precision import rankings
from evaluate.boxes import Floats
from evaluate.calibration import calibration
from evaluate.coco_scores import CocoScores, coco_scores
from evaluate.curves import Curve, threshold_curve
from evaluate.detectors import Detector
from evaluate.inputs import Subject
from evaluate.links import Item, of_page, seen_on
from evaluate.matching import LOOSE_IOU, MATCH_IOU
from evaluate.measures import Measure, Undefined, settle
from evaluate.metrics import SCHEMA_VERSION, OperatingPoint, checked
from evaluate.predictions import Detection
from evaluate.results import Results
from evaluate.scores import NO_TRUTH, detection_scores, link_scores, without_truth
from evaluate.stored import Stored
from evaluate.tally import Tallier, Tally
from evaluate.waterfall import waterfall, with_true_text

_PACKAGES = ("inklink", "tesserocr", "rapidocr", "ada-url", "tensorflow", "numpy", "opencv-python-headless")
Pages = Sequence[Sequence[Detection]]
Waterfall = list[dict[str, Any]] | None


def measured(
    config: EvaluateConfig,
    subject: Subject,
    detector: Detector,
    pages: Pages,
    cost: Mapping[str, Any],
    point: OperatingPoint,
    oracles: Mapping[str, Waterfall] | None = None,
) -> Results:
    """Scores the detections of a set.

    Args:
        config: of the run; `score_threshold` is the operating point.
        subject: the pictures and their truth.
        detector: for its name and fingerprint.
        pages: detections of each picture, read where they reach the operating point.
        cost: goes into metrics.json as it is; may hold `Undefined`.
        point: how the threshold came about.
        oracles: waterfalls of runs with the truth in place of a stage, by their names in `Waterfalls`.
    """
    was_read = config.ocr.engine != "none"
    about: dict[str, Any] = {
        "operating_point": msgspec.to_builtins(point),
        "dataset": _dataset(subject),
        "cost": cost,
    }
    if not subject.has_truth:
        seen = [item for page, found in enumerate(pages)
                for item in seen_on(page, found, config.threshold)]  # fmt: skip
        about |= {
            "detection": without_truth(),
            "end_to_end": link_scores([], {}, has_truth=False, was_read=was_read),
            "waterfalls": _waterfalls(seen, oracles or {}, was_read=False),
        }
        return Results(config, subject, pages, seen, _complete(config, detector, about, {}))
    looked = _look(config, subject, pages, was_read)
    about["waterfalls"] = _waterfalls(looked.items, oracles or {}, was_read=was_read)
    scored = _scored(config, subject, looked, was_read)
    metrics = _complete(config, detector, about | scored.measures, scored.intervals)
    return Results(config, subject, pages, looked.items, metrics, scored.coco, scored.curve, scored.stored)


@dataclasses.dataclass(frozen=True, slots=True)
class _Looked:
    """What one pass over the pages keeps of them: items, the table of counts, and the tally of all detections."""

    items: list[Item]
    table: Floats
    tally: Tally


def _look(config: EvaluateConfig, subject: Subject, pages: Pages, was_read: bool) -> _Looked:
    """Takes every page once, so that no more than a block of them is in memory."""
    images, threshold = subject.dataset.images, config.threshold
    tallier, items = Tallier(subject.dataset.categories), list[Item]()
    table = np.zeros((len(images), len(counts.COLUMNS)))
    for page, (image, found) in enumerate(zip(images, pages, strict=True)):
        own = list(of_page(page, image, found, threshold, was_read=was_read))
        loose = of_page(page, image, found, threshold, was_read=was_read, least_iou=LOOSE_IOU)
        alarms = None if image.links else sum(each.score >= threshold for each in found)
        table[page] = counts.of_page(own, loose, alarms)
        items += own
        tallier.add(image, found)
    return _Looked(items, table, tallier.done())


@dataclasses.dataclass(frozen=True, slots=True)
class _Scored:
    """What a set with truth gives."""

    measures: dict[str, Any]
    intervals: dict[str, tuple[float, float]]
    coco: CocoScores
    curve: Curve | None
    stored: Stored


def _scored(config: EvaluateConfig, subject: Subject, looked: _Looked, was_read: bool) -> _Scored:
    dataset, tally, items = subject.dataset, looked.tally, looked.items
    rates, empty = counts.rates(looked.table), sum(not image.links for image in dataset.images)
    coco = coco_scores(tally)
    cluster = bootstrap.clusters([image.group for image in dataset.images], config.cluster)
    stored = Stored(looked.table, tuple(rankings(tally)), cluster)
    known = slices.gathered(dataset, items, was_read=was_read)
    cut = slices.slices_of(known, config.crossed)
    sure = _certain(config, stored, known, cut)
    measures = {
        "detection": detection_scores(tally, items, coco, rates, config.threshold, empty),
        "end_to_end": link_scores(items, rates, has_truth=True, was_read=was_read),
        "calibration": calibration(tally),
        "certainty": _certainty(config, cluster),
        **_cells(known, cut, sure),
    }
    return _Scored(measures, sure.headlines, coco, threshold_curve(tally), stored)


@dataclasses.dataclass(frozen=True, slots=True)
class _Sure:
    """Intervals of the headlines by name, and of the slices in their order: found, exact."""

    headlines: dict[str, tuple[float, float]]
    found: list[tuple[float, float] | None]
    exact: list[tuple[float, float] | None]


def _certain(config: EvaluateConfig, stored: Stored, links: slices.Links, cut: list[slices.Slice]) -> _Sure:
    if not config.resamples or not len(stored.cluster):
        return _Sure({}, [None] * len(cut), [None] * len(cut))
    values: dict[str, list[Floats]] = {}
    found, exact = [], []
    for weights in bootstrap.draws(stored.cluster, config.resamples):
        for name, block in stored.resampled(weights).items():
            values.setdefault(name, []).append(block)
        of_found, of_exact = slices.resampled(links, cut, weights)
        found.append(of_found)
        exact.append(of_exact)
    level = config.confidence
    headlines = {name: bootstrap.interval(np.concatenate(blocks), level) for name, blocks in values.items()}
    return _Sure(
        {name: both for name, both in headlines.items() if both is not None},
        [bootstrap.interval(column, level) for column in np.concatenate(found).T],
        [bootstrap.interval(column, level) if links.was_read else None for column in np.concatenate(exact).T],
    )


def _cells(links: slices.Links, cut: list[slices.Slice], sure: _Sure) -> dict[str, Any]:
    """The groups `slices` and `crossed`."""
    single: dict[str, Any] = {}
    pairs: dict[tuple[str, ...], Any] = {}
    for each, found, exact in zip(cut, sure.found, sure.exact, strict=True):
        cell = slices.cell(links, each) | {"found_interval": found, "exact_interval": exact}
        if len(each.attributes) == 1:
            single.setdefault(each.attributes[0], {})[each.values[0]] = cell
        else:
            row, column = each.values
            pairs.setdefault(each.attributes, {}).setdefault(row, {})[column] = cell
    crossed = [{"rows": rows, "columns": columns, "cells": cells} for (rows, columns), cells in pairs.items()]
    return {"slices": single, "crossed": crossed}


def _certainty(config: EvaluateConfig, cluster: Any) -> dict[str, Any] | None:
    if not config.resamples:
        return None
    return {"confidence": config.confidence, "resamples": config.resamples, "cluster": config.cluster,
            "clusters": len(np.unique(cluster)), "seed": bootstrap.SEED}  # fmt: skip


def _waterfalls(items: Sequence[Item], oracles: Mapping[str, Waterfall], *, was_read: bool) -> dict[str, Waterfall]:
    own = {"as_run": waterfall(items), "oracle_text": with_true_text(items)} if was_read else {}
    return {name: None for name in ("as_run", "oracle_box", "oracle_crop", "oracle_text")} | own | dict(oracles)


def _complete(
    config: EvaluateConfig, detector: Detector, measures: Mapping[str, Any], intervals: Mapping[str, Any]
) -> dict[str, Any]:
    """metrics.json as plain values, held against its schema."""
    plain, reasons = settle(measures)
    shown = {name: both for name, both in intervals.items() if name not in reasons}
    return checked(
        {"schema_version": SCHEMA_VERSION, "signature": _signature(config), "calibration": None, "certainty": None,
         "slices": {}, "crossed": [], **plain, "reasons": reasons, "intervals": shown,
         "detector": {"name": detector.name, "fingerprint": detector.fingerprint},
         "config": dataclasses.asdict(config), "versions": _versions()}
    )  # fmt: skip


def _signature(config: EvaluateConfig) -> str:
    """How the numbers were made; numbers of equal signatures can be compared."""
    read = "none" if config.ocr.engine == "none" else "links"
    return (
        f"schema={SCHEMA_VERSION} match=total-iou>={MATCH_IOU:g}|{LOOSE_IOU:g} ap=coco101 url=whatwg-slash-trim "
        f"read={read} bootstrap={config.cluster}:{config.resamples}:{config.confidence:g}:{bootstrap.SEED}"
    )


def _dataset(subject: Subject) -> dict[str, Any]:
    dataset = subject.dataset
    unknown = Undefined(NO_TRUTH)
    counted_links = sum(not link.ignore for image in dataset.images for link in image.links)
    links: Measure = counted_links if subject.has_truth else unknown
    ignored: Measure = dataset.links - counted_links if subject.has_truth else unknown
    return {"path": str(subject.path), "images": len(dataset.images), "links": links, "ignored": ignored,
            "hash": subject.hash}  # fmt: skip


def _versions() -> dict[str, str | None]:
    return {"python": platform.python_version()} | {package: _version(package) for package in _PACKAGES}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
