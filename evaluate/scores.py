"""The numbers of metrics.json, each a measure or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.model import Dataset
from evaluate.coco_scores import NAMES, CocoScores
from evaluate.links import Item
from evaluate.measures import Measure, Undefined, hmean, ratio
from evaluate.predictions import Detection

NO_TRUTH = "the pictures come without truth"
_NOT_READ = "nothing was read (ocr=none)"


def detection_scores(
    dataset: Dataset,
    pages: Sequence[Sequence[Detection]],
    items: Sequence[Item],
    threshold: float,
    coco: CocoScores | None,
) -> Mapping[str, Measure]:
    """COCO's twelve numbers, and what happens at the operating point.

    Args:
        dataset: pictures with truth.
        pages: all detections of each picture.
        items: what became of each link at the operating point.
        threshold: operating point.
        coco: COCO's numbers; None where there is no truth.
    """
    operating = ("precision", "recall", "f1", "false_alarms_per_empty_page", "clean_empty_pages")
    if coco is None:
        return {name: Undefined(NO_TRUTH) for name in (*NAMES, *operating)} | {"empty_pages": Undefined(NO_TRUTH)}
    found = sum(1 for item in items if item.truth and item.detection)
    links = sum(1 for item in items if item.truth)
    claimed = sum(1 for item in items if item.detection)
    precision = ratio(found, claimed, "nothing was detected at the operating point")
    recall = ratio(found, links, "the set has no link that counts")
    alarms = [
        sum(1 for detection in detections if detection.score >= threshold)
        for image, detections in zip(dataset.images, pages, strict=True)
        if not image.links
    ]
    none_empty = "the set has no page without links"
    return dict(coco.numbers) | {
        "precision": precision,
        "recall": recall,
        "f1": hmean(precision, recall),
        "false_alarms_per_empty_page": ratio(sum(alarms), len(alarms), none_empty),
        "clean_empty_pages": ratio(alarms.count(0), len(alarms), none_empty),
        "empty_pages": len(alarms),
    }


def link_scores(items: Sequence[Item], *, has_truth: bool, was_read: bool) -> dict[str, Any]:
    """End to end, over links whose text is known.

    An answer is a detection for which a link was read; one that was not read gives a user nothing, right or wrong.
    """
    if not (has_truth and was_read):
        none = Undefined(_NOT_READ if has_truth else NO_TRUTH)
        triple = {"precision": none, "recall": none, "hmean": none}
        rest = ("cer", "cer_matched", "wrong_destination_rate", "links", "answers")
        wrapped = {"links": none, "whole": none, "first_line": none}
        return {"normalised": triple, "raw": triple, **{name: none for name in rest}, "wrapped": wrapped}
    scored = [item for item in items if item.scored]
    links = [item for item in scored if item.truth]
    answers = [item for item in scored if item.answer]
    matched = [item for item in links if item.detection]
    no_link = "the set has no link whose text is known"
    return {
        "normalised": _rates(sum(item.same for item in scored), len(answers), len(links)),
        "raw": _rates(sum(item.same_raw for item in scored), len(answers), len(links)),
        "cer": _character_errors(scored, no_link),
        "cer_matched": _character_errors(matched, "no link whose text is known was found"),
        "wrong_destination_rate": ratio(
            sum(item.leads_astray for item in answers), len(answers), "no link was read anywhere"
        ),
        "links": len(links),
        "answers": len(answers),
        "wrapped": _wrapped([item for item in links if item.wraps]),
    }


def _rates(hits: int, answers: int, links: int) -> dict[str, Measure]:
    precision = ratio(hits, answers, "no link was read anywhere")
    recall = ratio(hits, links, "the set has no link whose text is known")
    return {"precision": precision, "recall": recall, "hmean": hmean(precision, recall) if answers else _nothing(links)}


def _nothing(links: int) -> Measure:
    """hmean where nothing was answered: 0 where there was something to answer."""
    return 0.0 if links else Undefined("the set has no link whose text is known")


def _character_errors(items: Sequence[Item], reason: str) -> Measure:
    """Letters to change over letters printed; missed links count whole, so do the letters of false alarms."""
    return ratio(sum(item.edits for item in items), sum(len(item.printed) for item in items), reason)


def _wrapped(items: Sequence[Item]) -> dict[str, Measure]:
    reason = "the set has no link that runs over lines"
    return {
        "links": len(items),
        "whole": ratio(sum(item.same for item in items), len(items), reason),
        "first_line": ratio(sum(item.first_line_right or item.same for item in items), len(items), reason),
    }
