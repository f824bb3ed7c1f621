"""Everything one evaluation found out, for those who write it down or show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conf.schema.evaluate import EvaluateConfig
from evaluate.coco_scores import CocoScores
from evaluate.curves import Curve
from evaluate.inputs import Subject
from evaluate.links import Item
from evaluate.predictions import Detection
from evaluate.stored import Stored


@dataclass(frozen=True, slots=True)
class Results:
    """One evaluation.

    Attributes:
        config: what was asked.
        subject: the pictures.
        pages: detections of each picture, read where a score reaches the operating point.
        items: what became of each link and detection.
        metrics: what metrics.json holds, as plain values; `evaluate.metrics.Metrics` documents every name.
        coco: COCO's numbers and curve; None without truth.
        curve: precision, recall and F1 at every threshold; None without truth or without detections.
        stored: counts and matches that intervals and comparisons are made from; None without truth.
    """

    config: EvaluateConfig
    subject: Subject
    pages: Sequence[Sequence[Detection]]
    items: Sequence[Item]
    metrics: dict[str, Any]
    coco: CocoScores | None = None
    curve: Curve | None = None
    stored: Stored | None = None
