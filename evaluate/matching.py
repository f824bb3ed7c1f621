"""Which detection stands for which printed link: by place alone, never by text, and one to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from data.model import Box

MATCH_IOU = 0.5
LOOSE_IOU = 0.3
"""Reported beside it: links found, however loose the box."""
Floats = npt.NDArray[np.float64]


def overlaps(boxes: Sequence[Box], others: Sequence[Box]) -> tuple[Floats, Floats]:
    """How two lists of boxes (x, y, width, height) overlap.

    Returns:
        intersection over union, and intersection over the area of the first box; both of shape
        (len(boxes), len(others)), 0 where a box is empty.
    """
    if not (boxes and others):
        return (np.zeros((len(boxes), len(others))),) * 2
    a = np.asarray(boxes, dtype=np.float64).reshape(-1, 1, 4)
    b = np.asarray(others, dtype=np.float64).reshape(1, -1, 4)
    start = np.maximum(a[..., :2], b[..., :2])
    end = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    sides = np.maximum(end - start, 0)
    shared = sides[..., 0] * sides[..., 1]
    area_a, area_b = a[..., 2] * a[..., 3], b[..., 2] * b[..., 3]
    return _share(shared, area_a + area_b - shared), _share(shared, np.broadcast_to(area_a, shared.shape))


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


@dataclass(frozen=True, slots=True)
class Matching:
    """Outcome for one page; numbers are places in the lists that were given.

    Attributes:
        pairs: (truth, detection, IoU), by truth.
        missed: truths without a detection.
        spare: detections without a truth and outside ignored regions: false alarms.
    """

    pairs: tuple[tuple[int, int, float], ...]
    missed: tuple[int, ...]
    spare: tuple[int, ...]


def match(
    truths: Sequence[Box], ignored: Sequence[Box], detections: Sequence[Box], least: float = MATCH_IOU
) -> Matching:
    """Pairs truths and detections of one page so that the sum of their IoU is the greatest possible.

    Only pairs with an IoU of at least `least` count. A detection left over is ignored, rather than false, where that
    share of it or more lies in an ignored region, as COCO does with `iscrowd`.
    """
    iou, _ = overlaps(truths, detections)
    gain = np.where(iou >= least, iou, 0.0)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    pairs = tuple((int(t), int(d), float(iou[t, d])) for t, d in zip(rows, columns, strict=True) if gain[t, d] > 0)
    found, used = {t for t, _, _ in pairs}, {d for _, d, _ in pairs}
    _, inside = overlaps(detections, ignored)
    excused = inside.max(axis=1, initial=0.0) >= least
    return Matching(
        pairs=pairs,
        missed=tuple(t for t in range(len(truths)) if t not in found),
        spare=tuple(d for d in range(len(detections)) if d not in used and not excused[d]),
    )
