"""What is done before and after a model of ours for one picture size: scaling, decoding, suppression.

The SavedModel does all of it by itself. LiteRT's and TensorFlow.js's models take a picture of their one size and
answer with all boxes; `signature.json` beside them says what is to be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.pixels import Pixels
from data.preprocess import Placement, apply, changes_nothing, placement
from evaluate.detectors.answers import BOXES, CLASSES, SCORES
from evaluate.inputs import Subject

_PAD = (123.675, 116.28, 103.53)
"""ImageNet's mean colour, which normalisation turns into the zeros that the network was trained with."""
_CANDIDATES = 2000
_GEOMETRY = ("width_px", "crop")
_MOST_GROWTH = float(np.log(1000 / 16))
"""Of a box's height or width over its anchor's, as a logarithm; more counts as this (Model Garden's `decode_boxes`)."""

Floats = npt.NDArray[np.float32]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a page that a model was given came from: factors (y, x) of its scaling, and what was cut off before."""

    scale: tuple[float, float]
    place: Placement


class FixedSizeModel:
    """The work around one model.

    Attributes:
        prepares: whether the model prepares pictures by more than scaling.
    """

    def __init__(
        self, path: Path, own: dict[str, Any], subject: Subject, preprocess: PreprocessConfig | None = None
    ) -> None:
        """Takes up what the model says of itself.

        Args:
            path: for messages.
            own: its `signature.json`.
            subject: the set.
            preprocess: what is done to the pictures before the model gets them.

        Raises:
            UserError: where pictures would be prepared twice.
        """
        does = own.get("preprocess")
        if does and (subject.dataset.info.get("preprocess") or (preprocess and not changes_nothing(preprocess))):
            raise UserError(f"{path} prepares pictures itself; give it a set and preprocess= that do not.")
        self._steps = PreprocessConfig(**({name: does[name] for name in _GEOMETRY} if does else {}))
        self._own = own
        self.prepares = bool(does)

    def page(self, pixels: Pixels, size: tuple[int, int]) -> tuple[Floats, Fit]:
        """A picture as the model is to be given it.

        Args:
            pixels: of any size.
            size: (height, width) of the model's.

        Returns:
            float32 [height, width, 3], RGB in 0…255, and where it came from.
        """
        prepared, _ = apply(pixels, (), self._steps)
        page, scale = fitted(prepared, size, float(self._own["max_upscale"]))
        return page, Fit(scale, placement(pixels.shape[1], pixels.shape[0], self._steps))

    def detections(self, boxes: npt.NDArray[Any], scores: npt.NDArray[Any], fit: Fit) -> Arrays:
        """What is left of all boxes, as detectors name it, in pixels of the picture.

        Args:
            boxes: [n, 4] in pixels of the page, ymin xmin ymax xmax.
            scores: [n, classes].
            fit: of the page.
        """
        boxes, scores = suppressed(boxes, scores, float(self._own["min_score"]), float(self._own["nms_iou"]))
        place = fit.place
        offset = np.tile((place.top, place.left), 2)
        whole = (boxes / np.tile(fit.scale, 2) + offset) / np.tile((place.scale_y, place.scale_x), 2)
        return {BOXES: whole, SCORES: scores.max(axis=1), CLASSES: scores.argmax(axis=1) + 1}


def fitted(pixels: Pixels, size: tuple[int, int], max_upscale: float) -> tuple[Floats, tuple[float, float]]:
    """The picture scaled to fit into `size` (height, width), at its top left; and the factors (y, x) of its scaling."""
    height, width = pixels.shape[:2]
    factor = min(size[0] / height, size[1] / width, max_upscale)
    rows, columns = max(round(height * factor), 1), max(round(width * factor), 1)
    small = PillowImage.fromarray(pixels).resize((columns, rows), PillowImage.Resampling.BILINEAR)
    page = np.tile(np.asarray(_PAD, np.float32), (*map(int, size), 1))
    page[:rows, :columns] = np.asarray(small)
    return page, (rows / height, columns / width)


def suppressed(
    boxes: npt.NDArray[Any], scores: npt.NDArray[Any], min_score: float, iou: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[Any]]:
    """The boxes that are left when each has silenced the weaker ones that overlap it by more than `iou`."""
    best = scores.max(axis=1)
    strongest = np.argsort(-best, kind="stable")[:_CANDIDATES]
    best, scores, corners = best[strongest], scores[strongest], boxes[strongest].astype(np.float64)
    sides = np.concatenate([corners[:, 1::-1], corners[:, 3:1:-1] - corners[:, 1::-1]], axis=1)
    kept = cv2.dnn.NMSBoxes(sides.tolist(), best.tolist(), min_score, iou)
    order = np.asarray(kept, np.int64).ravel()
    return corners[order], scores[order]


def as_integers(page: Floats, own: Mapping[str, Any]) -> npt.NDArray[np.int8]:
    """A page as a model takes it that computes in integers: normalised, then quantised."""
    before, numbers = own["preprocessing"], own["quantisation"]["image"]
    values = (page - np.float32(before["mean_rgb"])) / np.float32(before["deviation_rgb"])
    return np.clip(np.round(values / numbers["scale"]) + numbers["zero_point"], -128, 127).astype(np.int8)


def from_integers(values: npt.NDArray[np.int8], own: Mapping[str, Any], name: str) -> Floats:
    """An answer of such a model in numbers: its `scores`, or its `deltas`."""
    numbers = own["quantisation"][name]
    return (values.astype(np.float32) - np.float32(numbers["zero_point"])) * np.float32(numbers["scale"])


def boxes_of(deltas: Floats, own: Mapping[str, Any], size: tuple[int, int]) -> Floats:
    """Boxes [n, 4] in pixels of the page from encoded ones (dy, dx, dh, dw) and the anchors that the model names."""
    anchors = np.concatenate([_anchors(level) for level in own["anchors"]["levels"]])
    centre = anchors[:, :2] + deltas[:, :2] * anchors[:, 2:]
    half = anchors[:, 2:] * np.exp(np.minimum(deltas[:, 2:], _MOST_GROWTH)) / 2
    sides = np.concatenate([centre - half, centre + half], axis=1)
    return np.asarray(np.clip(sides, 0, np.tile(size, 2)), np.float32)


def _anchors(level: Mapping[str, Any]) -> npt.NDArray[np.float64]:
    """Centre (y, x) and size (height, width) of each anchor of a level: [n, 4], rows, columns, shapes."""
    y, x = ((np.arange(level[name]) + 0.5) * level["stride"] for name in ("rows", "columns"))
    shapes = np.asarray(level["shapes_px"], np.float64)
    grid = np.empty((y.size, x.size, len(shapes), 4))
    grid[..., 0], grid[..., 1], grid[..., 2:] = y[:, None, None], x[:, None], shapes
    return grid.reshape(-1, 4)
