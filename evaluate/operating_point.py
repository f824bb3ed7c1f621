"""The score from which detections are used, chosen where it flatters nobody: on other pages than it is scored on.

A threshold that is best on the set being scored makes every number at that threshold better than it would be on new
pages. So it is chosen on a validation set, evaluated first, and kept with the run.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from conf import UserError
from conf.schema.evaluate import EvaluateConfig
from data.model import Dataset, Image
from evaluate.cost import unmeasured
from evaluate.detectors.location import LITERT, OPERATING_POINT, located, operating_point_file
from evaluate.inputs import open_subject
from evaluate.links import Item, of_page, text_known
from evaluate.metrics import OperatingPoint
from evaluate.predictions import Detection
from evaluate.results import Results
from evaluate.view import as_seen

VALIDATION = "validation"
"""Folder in that of the results where the validation set is evaluated."""


def operating_point(
    config: EvaluateConfig, evaluate: Callable[[EvaluateConfig], Results], out: Path, scored_hash: str
) -> OperatingPoint:
    """The threshold given, or the best on the validation set, which is evaluated for that.

    Args:
        config: of the whole evaluation.
        evaluate: evaluates the validation set, and keeps its finished pages.
        out: folder of the results.
        scored_hash: names the content of the set that is scored; a stored threshold was not chosen on it.

    Raises:
        UserError: where the validation set has nothing to choose by, or the stored threshold was chosen on the scored
            set. What else a validation set may lack, `refuse_validation` has looked for.
    """
    if config.validation is None:
        return _given(config, scored_hash)
    report = dataclasses.replace(config.report, html=False)
    own = dataclasses.replace(
        unmeasured(config), dataset=config.validation, validation=None, score_threshold=config.lowest_threshold,
        resamples=0, crossed=[], oracles=False, report=report, out=str(out / VALIDATION),
    )  # fmt: skip
    results = evaluate(own)
    by = "end_to_end" if config.ocr.engine != "none" else "detection"
    point = chosen(results.subject.dataset, results.pages, by, config.false_alarm_budget, config.lowest_threshold)
    if point is None:
        raise UserError(
            f"validation={config.validation} has no link that counts, or nothing is right on it; "
            "name another set, or give score_threshold."
        )
    point.validation, point.validation_hash = config.validation, results.subject.hash
    return point


def refuse_validation(config: EvaluateConfig, scored_hash: str) -> None:
    """Refuses what no threshold can be chosen by, before anything is detected or written.

    Args:
        config: of the evaluation.
        scored_hash: names the content of the set that is scored, which may not choose its own threshold.

    Raises:
        UserError: where the validation set cannot be read, is the scored one, or has no truth; where a threshold is
            given too.
    """
    if config.validation is None:
        return
    if config.score_threshold is not None:
        raise UserError("validation= chooses the threshold, score_threshold= gives it: leave one of them out.")
    subject = as_seen(open_subject(Path(config.validation)), config.preprocess)
    if not subject.has_truth:
        raise UserError(f"validation={config.validation} holds pictures without truth; nothing can be chosen by them.")
    if subject.hash == scored_hash:
        raise UserError(
            f"validation={config.validation} is the set that is scored; its own best threshold would flatter it."
        )


def place_beside_model(config: EvaluateConfig) -> Path | None:
    """Where the chosen threshold is kept for the model, None where it was not asked for.

    That is where one is kept already, so that a model in several formats keeps one for all; else the model's folder.

    Raises:
        UserError: where no threshold is chosen, or there is no place for it that can be written.
    """
    if not config.store_operating_point:
        return None
    if config.validation is None:
        raise UserError("store_operating_point=true keeps a threshold that validation= chooses: name that set.")
    path = located(config.detector)
    if not path.is_dir() and path.suffix.lower() != Path(LITERT).suffix:
        raise UserError(f"store_operating_point=true: detector={config.detector} is no folder and no .tflite file, "
                        "and has no place for a threshold.")  # fmt: skip
    own = (path if path.is_dir() else path.parent) / OPERATING_POINT
    place = operating_point_file(config.detector) or own
    if not os.access(place.parent, os.W_OK):
        raise UserError(f"store_operating_point=true: {place.parent} cannot be written.")
    return place


def _given(config: EvaluateConfig, scored_hash: str) -> OperatingPoint:
    """The threshold of the command line, else the one stored beside the model, else the usual one."""
    file = operating_point_file(config.detector) if config.score_threshold is None else None
    if file is None:
        return OperatingPoint(config.threshold)
    point = read_operating_point(file)
    if point.validation_hash == scored_hash:
        raise UserError(
            f"{file} was chosen on {config.dataset}; its own best threshold would flatter it. "
            f"Give score_threshold={point.score_threshold:.3g} to use it all the same."
        )
    return point


def read_operating_point(path: Path) -> OperatingPoint:
    """Reads an operating point that was stored.

    Raises:
        UserError: where the file is none.
    """
    try:
        point = msgspec.json.decode(path.read_bytes(), type=OperatingPoint)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise UserError(f"{path} is no operating point ({error}); give score_threshold=.") from None
    if not 0 <= point.score_threshold <= 1:
        raise UserError(f"{path}: score_threshold={point.score_threshold:g} is out of range: 0 to 1.")
    return point


def chosen(
    dataset: Dataset, pages: Sequence[Sequence[Detection]], by: str, budget: float | None, lowest: float = 0.0
) -> OperatingPoint | None:
    """The threshold with the best F1 that keeps the budget of false alarms.

    Every score that occurs is tried, by matching each page anew at each of its own scores. The threshold lies half
    way down to the next lower score. Of equal ones the higher is taken. Where no threshold at which anything is right
    keeps the budget, it is the quietest of those.

    Args:
        dataset: a set with truth.
        pages: detections of each picture, those at or above `lowest` read.
        by: `end_to_end` for links read right, `detection` for links found.
        budget: most false alarms a page without links; None for any number.
        lowest: scores below it are not tried.

    Returns:
        None where no link counts, or nothing is right at any threshold.
    """
    steps = [step for image, found in zip(dataset.images, pages, strict=True)
             for step in _steps(image, found, lowest, by)]  # fmt: skip
    empty = sum(not image.links for image in dataset.images)
    links = sum(_asked(image, by) for image in dataset.images)
    if not steps or not links:
        return None
    table = np.array(sorted(steps, key=lambda step: -step[0]))
    last = np.append(np.diff(table[:, 0]) != 0, True)
    scores = table[last, 0]
    right, answers, alarms = np.cumsum(table[:, 1:], axis=0)[last].T
    value = 2 * right / (answers + links)
    loud = alarms / max(empty, 1)
    allowed = (loud <= (np.inf if budget is None else budget)) & (right > 0)
    if not (right > 0).any():
        return None
    best = int(np.argmax(np.where(allowed, value, -1)) if allowed.any() else np.argmax(right > 0))
    below = max(float(scores[best + 1]) if best + 1 < len(scores) else lowest, lowest)
    return OperatingPoint(
        score_threshold=(float(scores[best]) + below) / 2,
        chosen_by=by,
        value=float(value[best]),
        budget=budget,
        false_alarms_per_empty_page=float(loud[best]) if empty else None,
        within_budget=bool(allowed.any()),
    )


def _asked(image: Image, by: str) -> int:
    return sum(not link.ignore and (by == "detection" or text_known(link)) for link in image.links)


def _steps(
    image: Image, found: Sequence[Detection], lowest: float, by: str
) -> Iterator[tuple[float, float, float, float]]:
    """How (right, answers, alarms on a page without links) change as the threshold sinks to each score of the page."""
    before = (0.0, 0.0, 0.0)
    for score in sorted({each.score for each in found if each.score >= lowest}, reverse=True):
        items = list(of_page(0, image, found, score, was_read=by == "end_to_end"))
        alarms = 0 if image.links else sum(each.score >= score for each in found)
        now = (*_count(items, by), float(alarms))
        yield (score, now[0] - before[0], now[1] - before[1], now[2] - before[2])
        before = now


def _count(items: Sequence[Item], by: str) -> tuple[float, float]:
    """Right answers, and all answers."""
    if by == "detection":
        claimed = [item for item in items if item.detection is not None]
        return float(sum(item.truth is not None for item in claimed)), float(len(claimed))
    answers = [item for item in items if item.scored and item.answer]
    return float(sum(item.same for item in answers)), float(len(answers))
