"""Validation pages with their links and what was found, drawn for TensorBoard: what a number does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from official.vision.ops.preprocess_ops import MEAN_RGB, STDDEV_RGB

TRUTH, IGNORED, FOUND = (0, 140, 60), (150, 150, 150), (220, 30, 30)
_SHOWN_SCORE = 0.2
"""Detections below it are not drawn: there are a hundred on each page."""

Boxes = npt.NDArray[np.float32]


def drawn(
    page: npt.NDArray[np.float32], scale: npt.NDArray[np.float32], truth: Mapping[str, Any], found: Mapping[str, Any]
) -> npt.NDArray[np.uint8]:
    """A page with boxes: links green, those to be ignored grey, detections red with their score.

    Args:
        page: normalised [height, width, 3], as the network sees it.
        scale: (y, x) factors from the picture's pixels to those of the page.
        truth: `boxes` [n, 4] (ymin, xmin, ymax, xmax) in pixels of the picture, and `is_crowds` [n].
        found: `detection_boxes` [m, 4] and `detection_scores` [m], likewise.
    """
    picture = (page * np.array(STDDEV_RGB, np.float32) + np.array(MEAN_RGB, np.float32)).clip(0, 255).round()
    canvas = np.ascontiguousarray(picture.astype(np.uint8))
    for box, crowd in zip(_scaled(truth["boxes"], scale), truth["is_crowds"], strict=True):
        _rectangle(canvas, box, IGNORED if crowd else TRUTH, margin=3)
    for box, score in zip(_scaled(found["detection_boxes"], scale), found["detection_scores"], strict=True):
        if score >= _SHOWN_SCORE:
            _rectangle(canvas, box, FOUND, margin=0)
            place = (int(box[1]), max(8, int(box[0]) - 4))
            cv2.putText(canvas, f"{score:.2f}", place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, FOUND, 1, cv2.LINE_AA)
    return canvas


def _scaled(boxes: Any, scale: npt.NDArray[np.float32]) -> Boxes:
    return np.asarray(boxes, np.float32) * np.tile(scale, 2)


def _rectangle(canvas: npt.NDArray[np.uint8], box: Boxes, colour: tuple[int, int, int], *, margin: int) -> None:
    """Truth is drawn around detections, so that both are seen where they agree."""
    top, left, bottom, right = (int(value) for value in np.round(box))
    cv2.rectangle(canvas, (left - margin, top - margin), (right + margin, bottom + margin), colour, 1)


class Pictures:
    """Draws the first pages of each validation into the summaries that TensorBoard reads."""

    def __init__(self, count: int) -> None:
        """Takes how many pages to draw."""
        self._count = count

    def see(self, outputs: Mapping[str, Any]) -> None:
        """Looks at one validated page; within the summary writer of the validation.

        Args:
            outputs: of `PageDetection.validation_step`, gathered from the devices: `page`, `scale`, `truth`, `found`.
        """
        # The first device, and of its batch the only page.
        number = int(outputs["truth"]["source_id"][0][0])
        if number >= self._count:
            return
        truth = {name: outputs["truth"][name][0][0].numpy() for name in ("boxes", "is_crowds")}
        found = {name: outputs["found"][name][0][0].numpy() for name in ("detection_boxes", "detection_scores")}
        picture = drawn(outputs["page"][0][0].numpy(), outputs["scale"][0][0].numpy(), truth, found)
        tf.summary.image(f"pages/{number:02d}", picture[np.newaxis])
