"""What a reading process does with a page: it reads behind each detection, or all of it where there is no detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from conf import UserError
from conf.schema.evaluate import OcrConfig
from conf.schema.preprocess import PreprocessConfig
from data.model import Image
from data.pixels import Pixels
from evaluate.detectors.fullpage import links_on_page
from evaluate.ocr import OutsideEngine, PageEngine, open_engine
from evaluate.predictions import Detection
from evaluate.reading import read_link
from evaluate.view import within_view


@dataclass(frozen=True, slots=True)
class Plan:
    """How pages are read.

    Attributes:
        ocr: the engine.
        threshold: detections below this score are not read.
        whole_page: whether the engine reads the whole page, because there is no detector.
        categories: class names of the set.
        preprocess: what the detector's pictures went through; links outside its view do not count.
    """

    ocr: OcrConfig
    threshold: float
    whole_page: bool
    categories: tuple[str, ...]
    preprocess: PreprocessConfig


class Reader:
    """One engine, opened."""

    def __init__(self, plan: Plan) -> None:
        """Opens the engine.

        Raises:
            UserError: where it is not installed, is none, or cannot read whole pages and shall.
        """
        self._plan = plan
        self._engine = open_engine(plan.ocr)
        if plan.whole_page and not isinstance(self._engine, PageEngine):
            raise UserError(
                f"detector=fullpage needs an engine that reads whole pages; ocr={plan.ocr.engine} is none such."
            )

    @property
    def reads(self) -> bool:
        """Whether anything is read at all (`ocr=none` reads nothing)."""
        return self._engine is not None

    @property
    def outside_cpu_s(self) -> float:
        """CPU time that the engine took in a process of its own, seconds."""
        return self._engine.cpu_s if isinstance(self._engine, OutsideEngine) else 0.0

    @property
    def outside_bytes(self) -> int:
        """Most memory that the engine had in a process of its own, bytes."""
        return self._engine.peak_bytes if isinstance(self._engine, OutsideEngine) else 0

    def wants(self, detections: Sequence[Detection]) -> bool:
        """Whether the page with these detections has to be looked at."""
        return self._plan.whole_page or any(found.score >= self._plan.threshold for found in detections)

    def read(self, image: Image, pixels: Pixels, detections: Sequence[Detection]) -> list[Detection]:
        """The page's detections, those at or above the threshold with the link that was read there.

        Args:
            image: the page.
            pixels: uint8 (height, width, 3), the original picture, whatever size the detector looked at.
            detections: in its pixels.
        """
        if self._engine is None:
            return list(detections)
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        if isinstance(self._engine, PageEngine) and self._plan.whole_page:
            words = self._engine.read_page(np.ascontiguousarray(grey))
            return within_view(links_on_page(words, self._plan.categories), image, self._plan.preprocess)
        return [
            read_link(self._engine, grey, found, image, self._plan.ocr)
            if found.score >= self._plan.threshold
            else found
            for found in detections
        ]
