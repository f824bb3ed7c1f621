"""What the page is shown: rendered photographs, and a clip of a hand that moves a camera over a page and stops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

import synth
from conf.app import composed
from conf.schema.synth import SynthConfig
from data.model import Box
from data.pixels import Pixels
from synth import Sample

FRAMES_PER_S = 30
"""At which Chromium plays a file of JPEG pictures."""
_SIZE = (1280, 720)
_CLEAR = ("page=textbook", "paper=white", "marks=none", "page.script_share=0", "link=book", "link.wrap_share=0",
          "link.empty_share=0", "link.schemes=[https]")  # fmt: skip


def photograph(seed: int, *overrides: str) -> Sample:
    """One rendered page with print of a size that can be read."""
    config = composed("synth", SynthConfig, [*_CLEAR, *overrides])
    return synth.render(config, index=0, seed=seed)


@dataclass(frozen=True)
class Clip:
    """A file that Chromium takes for a camera.

    Attributes:
        path: JPEG pictures one after the other.
        link: text of the one link that is in view when the camera is held still.
        boxes: of its prefix, for each frame.
        still_from: the frame from which on the camera is held still, as a hand does.
    """

    path: Path
    link: str
    boxes: tuple[Box, ...]
    still_from: int


def pan(sample: Sample, folder: Path, pan_s: float = 1.0, still_s: float = 3.0) -> Clip:
    """A camera that comes from the upper left, moves over a page to its first link, and stays there, trembling."""
    link = sample.links[0]
    rng = np.random.default_rng(1)
    moving, frames = round(pan_s * FRAMES_PER_S), round((pan_s + still_s) * FRAMES_PER_S)
    goal = np.array([link.bbox[0] + 260 - _SIZE[0] / 2, link.bbox[1] - _SIZE[1] / 2])
    away = np.clip(1 - np.arange(frames) / moving, 0, None)[:, None] ** 1.5 * np.array([-420.0, -240.0])
    tremor = cv2.GaussianBlur(rng.normal(0, 1.0, (frames, 2)), (0, 0), 4, borderType=cv2.BORDER_REPLICATE)
    corners = goal + away + tremor
    grain = rng.normal(0, 2.5, (_SIZE[1] + 64, _SIZE[0] + 64, 1)).astype(np.float32)
    path = folder / "pan.mjpeg"
    with path.open("wb") as file:
        for corner in corners:
            top, left = rng.integers(64, size=2)
            file.write(_frame(sample.image, corner, grain[top : top + _SIZE[1], left : left + _SIZE[0]]))
    x, y, width, height = link.bbox
    boxes = tuple((x - left, y - top, width, height) for left, top in corners.tolist())
    assert link.text
    return Clip(path, link.text, boxes, moving)


def _frame(picture: Pixels, corner: npt.NDArray[np.float64], grain: npt.NDArray[np.float32]) -> bytes:
    """What the camera sees with its upper left corner at a place of the picture, with a sensor's noise."""
    shift = np.array([[1, 0, -corner[0]], [0, 1, -corner[1]]])
    view = cv2.warpAffine(picture, shift, _SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    noisy = np.clip(view + grain, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(noisy, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return jpeg.tobytes()
