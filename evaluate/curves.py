"""Precision, recall and F1 at every threshold: is the operating point where it should be?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.model import Dataset, Image
from evaluate.matching import MATCH_IOU, Floats, overlaps
from evaluate.predictions import Detection


@dataclass(frozen=True, slots=True)
class Curve:
    """Detection at each threshold, descending; all arrays have one entry a threshold."""

    threshold: Floats
    precision: Floats
    recall: Floats
    f1: Floats


def threshold_curve(dataset: Dataset, pages: Sequence[Sequence[Detection]]) -> Curve | None:
    """Matches as COCO does (highest score first, at IoU 0.5), so that one pass serves every threshold.

    Returns None where there is no truth that counts, or no detection.
    """
    links = sum(1 for image in dataset.images for link in image.links if not link.ignore)
    marks = [mark for image, found in zip(dataset.images, pages, strict=True) for mark in _marks(image, found)]
    if not links or not marks:
        return None
    ordered = sorted(marks, key=lambda mark: -mark[0])
    scores = np.array([score for score, _ in ordered])
    right = np.cumsum([hit for _, hit in ordered]).astype(np.float64)
    precision, recall = right / np.arange(1, len(ordered) + 1), right / links
    total = np.maximum(precision + recall, 1e-12)
    last_of_its_score = np.append(np.diff(scores) != 0, True)
    keep = last_of_its_score
    return Curve(scores[keep], precision[keep], recall[keep], (2 * precision * recall / total)[keep])


def _marks(image: Image, detections: Sequence[Detection]) -> list[tuple[float, bool]]:
    """(score, whether right) of each detection outside ignored regions."""
    ordered = sorted(detections, key=lambda detection: -detection.score)
    boxes = [detection.bbox for detection in ordered]
    iou, _ = overlaps(boxes, [link.bbox for link in image.links if not link.ignore])
    _, inside = overlaps(boxes, [link.bbox for link in image.links if link.ignore])
    marks = []
    for row, detection in enumerate(ordered):
        best = int(iou[row].argmax()) if iou.shape[1] else 0
        if iou.shape[1] and iou[row, best] >= MATCH_IOU:
            marks.append((detection.score, True))
            iou[:, best] = 0.0
        elif inside[row].max(initial=0.0) < MATCH_IOU:
            marks.append((detection.score, False))
    return marks
