"""What is done before and after a model of ours for one picture size: scaling, decoding, suppression.

The SavedModel does all of it by itself. LiteRT's and TensorFlow.js's models take a picture of their one size and
answer with all boxes; `signature.json` beside them says what is to be done.

Print must have the size that the network has learnt: a picture is scaled to `width_px`, as the SavedModel does it, and
looked at in windows of the model's size where it is larger than that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
Raw = Callable[[Floats], tuple[npt.NDArray[Any], npt.NDArray[Any]]]


_OVERLAP_PX = 128
"""Of neighbouring windows: more than the widest prefix, so that each lies whole in one of them."""
_CUT_PX = 2.0
"""A box that ends so near to where a window cuts the page goes on behind it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a scaled picture came from: factors (y, x) of its scaling, and what was cut off before."""

    scale: tuple[float, float]
    place: Placement


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a scaled picture as a model is given it.

    Attributes:
        page: float32 [height, width, 3] of the model's size, RGB in 0…255.
        top, left: its place in the scaled picture, pixels.
        whole: (height, width) of the scaled picture.
    """

    page: Floats
    top: int
    left: int
    whole: tuple[int, int]

    def uncut(self, boxes: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Which boxes [n, 4] do not end where the window cuts the picture."""
        height, width = self.page.shape[:2]
        inside = np.ones(len(boxes), bool)
        for cuts, side in ((self.top > 0, boxes[:, 0] > _CUT_PX), (self.left > 0, boxes[:, 1] > _CUT_PX),
                           (self.top + height < self.whole[0], boxes[:, 2] < height - _CUT_PX),
                           (self.left + width < self.whole[1], boxes[:, 3] < width - _CUT_PX)):  # fmt: skip
            if cuts:
                inside &= side
        return inside


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

    def scaled(self, pixels: Pixels, size: tuple[int, int]) -> tuple[Pixels, Fit]:
        """A picture at the size at which the model knows print, and where it came from.

        Args:
            pixels: of any size.
            size: (height, width) of the model's, which the picture is made to fit where the model does not say
                `width_px`.
        """
        prepared, _ = apply(pixels, (), self._steps)
        height, width = prepared.shape[:2]
        wanted = self._own["width_px"] / width if "width_px" in self._own else min(size[0] / height, size[1] / width)
        factor = min(wanted, float(self._own["max_upscale"]))
        rows, columns = max(round(height * factor), 1), max(round(width * factor), 1)
        small = PillowImage.fromarray(prepared).resize((columns, rows), PillowImage.Resampling.BILINEAR)
        place = placement(pixels.shape[1], pixels.shape[0], self._steps)
        return np.asarray(small), Fit((rows / height, columns / width), place)

    def find(self, small: Pixels, fit: Fit, size: tuple[int, int], raw: Raw) -> Arrays:
        """What a model finds on a scaled picture, named as detectors do, in pixels of the picture it came from.

        Args:
            small, fit: from `scaled`.
            size: (height, width) of the model's.
            raw: gives boxes [n, 4] (ymin xmin ymax xmax, pixels) and scores [n, classes] of a page of that size.
        """
        found = []
        for window in windows(small, size):
            boxes, scores = raw(window.page)
            likely = (scores.max(axis=1) >= float(self._own["min_score"])) & window.uncut(boxes)
            offset = np.tile((window.top, window.left), 2).astype(np.float64)
            found.append((boxes[likely] + offset, scores[likely]))
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        ends = np.tile(small.shape[:2], 2)  # what stands in the padding ends at the picture's edge
        boxes, scores = suppressed(
            np.minimum(boxes, ends), scores, float(self._own["min_score"]), float(self._own["nms_iou"])
        )
        place = fit.place
        offset = np.tile((place.top, place.left), 2)
        whole = (boxes / np.tile(fit.scale, 2) + offset) / np.tile((place.scale_y, place.scale_x), 2)
        return {BOXES: whole, SCORES: scores.max(axis=1, initial=0), CLASSES: scores.argmax(axis=1) + 1}


def windows(small: Pixels, size: tuple[int, int]) -> list[Window]:
    """The windows of (height, width) that cover a scaled picture; what lies outside it has the mean colour."""
    rows, columns = small.shape[:2]
    found = []
    for top in _starts(rows, size[0]):
        for left in _starts(columns, size[1]):
            part = small[top : top + size[0], left : left + size[1]]
            page = np.tile(np.asarray(_PAD, np.float32), (*size, 1))
            page[: part.shape[0], : part.shape[1]] = part
            found.append(Window(page, top, left, (rows, columns)))
    return found


def _starts(length: int, window: int) -> list[int]:
    """Where windows begin along one side: one where it fits, else evenly, with the overlap at least."""
    overlap = min(_OVERLAP_PX, window // 2)
    count = 1 if length <= window else -(-(length - overlap) // (window - overlap))
    return [round(place) for place in np.linspace(0, max(length - window, 0), count)]


def suppressed(
    boxes: npt.NDArray[Any], scores: npt.NDArray[Any], min_score: float, iou: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[Any]]:
    """The boxes that are left when each has silenced the weaker ones that overlap it by more than `iou`."""
    best = scores.max(axis=1, initial=0)
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
