"""From detections to everything in metrics.json: matches once, then counts, curves, errors, slices and intervals."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
import numpy as np

from conf.schema.evaluate import EvaluateConfig
from evaluate import bootstrap, slices
from evaluate.average_precision import rankings
from evaluate.boxes import Floats, matched, tabulated
from evaluate.calibration import calibration
from evaluate.coco_scores import coco_scores
from evaluate.counts import counted
from evaluate.counts import rates as rates_of
from evaluate.detectors import Detector
from evaluate.inputs import Subject
from evaluate.links import Item, items_of
from evaluate.matching import LOOSE_IOU, MATCH_IOU
from evaluate.measures import Measure, Undefined, settle
from evaluate.metrics import SCHEMA_VERSION, OperatingPoint, checked
from evaluate.predictions import Detection
from evaluate.results import Results
from evaluate.scores import NO_TRUTH, detection_scores, link_scores, without_truth
from evaluate.stored import Stored
from evaluate.waterfall import waterfall, with_true_text

_PACKAGES = ("inklink", "faster-coco-eval", "tesserocr", "ada-url", "tensorflow", "numpy", "opencv-python-headless")
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
    has_truth = subject.has_truth
    items = items_of(subject.dataset, pages, config.score_threshold, has_truth=has_truth, was_read=was_read)
    about: dict[str, Any] = {
        "operating_point": msgspec.to_builtins(point),
        "dataset": _dataset(subject),
        "cost": cost,
        "waterfalls": _waterfalls(items, oracles or {}, was_read=was_read and has_truth),
    }
    if not has_truth:
        about |= {
            "detection": without_truth(),
            "end_to_end": link_scores([], {}, has_truth=False, was_read=was_read),
        }
        metrics = _complete(config, detector, about, {})
        return Results(config, subject, pages, tuple(items), None, metrics)
    scored = _scored(config, subject, pages, items, was_read)
    metrics = _complete(config, detector, about | scored.measures, scored.intervals)
    return Results(config, subject, pages, tuple(items), scored.coco, metrics, scored.stored)


@dataclasses.dataclass(frozen=True, slots=True)
class _Scored:
    """What a set with truth gives."""

    measures: dict[str, Any]
    intervals: dict[str, tuple[float, float]]
    coco: Any
    stored: Stored


def _scored(config: EvaluateConfig, subject: Subject, pages: Pages, items: list[Item], was_read: bool) -> _Scored:
    dataset, threshold = subject.dataset, config.score_threshold
    boxes = tabulated(dataset, pages)
    matches = matched(boxes)
    loose = items_of(dataset, pages, threshold, has_truth=True, was_read=was_read, least_iou=LOOSE_IOU)
    alarms = {page: sum(each.score >= threshold for each in found)
              for page, (image, found) in enumerate(zip(dataset.images, pages, strict=True))
              if not image.links}  # fmt: skip
    table = counted(items, loose, alarms, len(dataset.images))
    rates = rates_of(table)
    coco = coco_scores(dataset, pages)
    cluster = bootstrap.clusters([image.group for image in dataset.images], config.cluster)
    stored = Stored(table, tuple(rankings(boxes, matches)), cluster)
    links = slices.gathered(dataset, items, was_read=was_read)
    cut = slices.slices_of(links, config.crossed)
    sure = _certain(config, stored, links, cut)
    measures = {
        "detection": detection_scores(boxes, matches, items, coco, rates, threshold, len(alarms)),
        "end_to_end": link_scores(items, rates, has_truth=True, was_read=was_read),
        "calibration": calibration(boxes, matches),
        "certainty": _certainty(config, cluster),
        **_cells(links, cut, sure),
    }
    return _Scored(measures, sure.headlines, coco, stored)


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
