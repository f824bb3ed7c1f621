"""What models of the Object Detection API and of Model Garden answer, made one: boxes in pixels, and no padding.

Both name their outputs alike and mean different things by them. Boxes are (ymin, xmin, ymax, xmax) as shares of the
picture (Object Detection API), in its pixels (ours), or in pixels of the copy that the network saw, with `image_info`
[4, 2] beside them, whose third row is the scale (y, x) of that copy and whose fourth its offset (Model Garden). Slots
from `num_detections` on are padding, whatever stands in them. Classes count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from conf import UserError
from data.files import read_json
from evaluate.inputs import Subject
from evaluate.predictions import Detection

BOXES, SCORES, CLASSES, COUNT, INFO = (
    "detection_boxes",
    "detection_scores",
    "detection_classes",
    "num_detections",
    "image_info",
)
NEEDED = (BOXES, SCORES, CLASSES)
SIGNATURE = "signature.json"
_SHARE = 1.5
"""Boxes that reach no further than this are shares of the picture: no prefix is so few pixels large."""

Floats = npt.NDArray[np.float64]
Found = Mapping[str, npt.NDArray[Any]]


class Classes:
    """Which of the set's classes a model means by a number."""

    def __init__(self, model: Path | str, subject: Subject, own: list[str] | None) -> None:
        """Takes the model's own names, else the set's in their order.

        Where the set has one class and so has the model, or where nothing is known of the pictures, names do not
        matter.

        Args:
            model: for messages.
            subject: the set.
            own: names that the model brings, from class 1 on.
        """
        known = subject.dataset.categories
        names = own or list(known)
        if len(known) == 1 and (len(names) == 1 or not subject.has_truth):
            names = [known[0]] * len(names)
        self._model, self._known = model, frozenset(known)
        self._names = dict(enumerate(names, start=1))

    def name(self, number: int) -> str:
        """The set's class.

        Raises:
            UserError: where the set has none such.
        """
        name = self._names.get(number)
        if name not in self._known:
            known = ", ".join(sorted(self._known))
            raise UserError(
                f"{self._model} answers with class {number} ({name or 'unnamed'}), which the set lacks ({known})."
            )
        return str(name)


def own_signature(folder: Path) -> dict[str, Any]:
    """What a model of ours says of itself in the `signature.json` beside it; empty for other models."""
    file = folder / SIGNATURE
    return dict(read_json(file)) if file.is_file() else {}


def detections_of(
    found: Found, size: tuple[int, int], classes: Classes, where: str, *, in_pixels: bool = False
) -> list[Detection]:
    """A model's answer as detections, highest score first.

    Args:
        found: its outputs by name, each with or without a batch of one in front.
        size: (height, width) of the picture that it was given.
        classes: what its numbers mean.
        where: model and picture, for messages.
        in_pixels: whether boxes are known to be in pixels of that picture; else their size tells.

    Raises:
        UserError: where a box or score is no finite number, or a class is unknown.
    """
    scores = np.ravel(found[SCORES]).astype(np.float64)
    count = min(int(np.ravel(found[COUNT])[0]), len(scores)) if COUNT in found else int((scores > 0).sum())
    boxes = found[BOXES].reshape(-1, 4)[:count].astype(np.float64)
    scores, numbers = scores[:count], np.ravel(found[CLASSES])[:count].astype(np.int64)
    if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
        raise UserError(f"{where}: boxes or scores are no finite numbers.")
    boxes = boxes if in_pixels else _in_pixels(boxes, size, found.get(INFO))
    detections = [
        Detection(_xywh(box), float(score), classes.name(int(number)))
        for box, score, number in zip(boxes, scores, numbers, strict=True)
    ]
    return sorted(detections, key=lambda detection: -detection.score)


def _in_pixels(boxes: Floats, size: tuple[int, int], info: npt.NDArray[Any] | None) -> Floats:
    if boxes.size and float(np.abs(boxes).max()) <= _SHARE:
        return boxes * np.tile(np.asarray(size, np.float64), 2)
    if info is None:
        return boxes
    _, _, scale, offset = info.reshape(4, 2).astype(np.float64)
    return np.asarray((boxes + np.tile(offset, 2)) / np.tile(scale, 2))


def _xywh(box: Floats) -> tuple[float, float, float, float]:
    top, left, bottom, right = (round(float(value), 3) for value in box)
    return (left, top, round(max(right - left, 0.0), 3), round(max(bottom - top, 0.0), 3))
