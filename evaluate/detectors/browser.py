"""A TensorFlow.js model as a detector, run where it will be run: in a browser (`chromium`).

It is a folder that `python -m train export` or `convert` wrote, with model.json and signature.json. Pictures are
decoded and scaled here, as for LiteRT, so that what differs from the SavedModel is the model's part alone.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from conf import UserError
from conf.schema.preprocess import PreprocessConfig
from data.identity import file_hash
from data.model import Image
from data.pixels import Pixels
from evaluate.detectors.answers import Classes, detections_of, own_signature
from evaluate.detectors.chromium import PACKAGES, Browser
from evaluate.detectors.fixed_size import Fit, FixedSizeModel
from evaluate.detectors.location import TFJS, shown_name
from evaluate.detectors.size import ModelSize, size_of
from evaluate.inputs import Subject
from evaluate.predictions import Detection


class BrowserDetector:
    """Runs the model picture by picture.

    Attributes:
        browser: what runs it.
        around: what is done before and after.
        page_size: (height, width) of the one picture that the model takes.
        taken_ms: of each page so far, what the model took; fetching the page and the answer not counted.
    """

    needs_pixels = True

    def __init__(
        self,
        folder: Path,
        subject: Subject,
        preprocess: PreprocessConfig | None = None,
        backend: str = "wasm",
        packages: Path = PACKAGES,
    ) -> None:
        """Starts the browser and loads the model.

        Args:
            folder: with model.json and signature.json.
            subject: its class names are what the model's class numbers stand for, unless the model brings its own.
            preprocess: what is done to the pictures before the model gets them.
            backend: who computes in the browser.
            packages: folder of TensorFlow.js's packages.

        Raises:
            UserError: where the browser cannot be had, the model is none of ours, or pictures would be prepared twice.
        """
        own = own_signature(folder)
        size = re.search(r"\[1, (\d+), (\d+), 3\]", str(own.get("input")))
        if size is None or "max_upscale" not in own:
            raise UserError(f"{folder} has no signature.json that python -m train export wrote beside {TFJS}.")
        files = [path for path in sorted(folder.iterdir()) if path.is_file()]
        self.page_size = (int(size[1]), int(size[2]))
        self.taken_ms: list[float] = []
        self.name = shown_name(folder)
        self.fingerprint = f"browser:{backend}:" + ":".join(map(file_hash, files))
        self.size: ModelSize | None = size_of(files, own.get("parameters"))
        self._folder, self._classes = folder, Classes(folder, subject, own["classes"])
        self.around = FixedSizeModel(folder, own, subject, preprocess)
        self._class_count = len(own["classes"])
        self.browser = Browser(folder, backend, packages)

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """Detections of one picture, highest score first."""
        if pixels is None:
            raise ValueError("a TensorFlow.js model needs pixels")
        return self.find(*self.around.scaled(pixels, self.page_size), image, pixels)

    def find(self, small: Pixels, fit: Fit, image: Image, pixels: Pixels) -> list[Detection]:
        """Detections of a picture that was scaled for the model, highest score first."""
        found = self.around.find(small, fit, self.page_size, self.raw)
        size = pixels.shape[0], pixels.shape[1]
        return detections_of(found, size, self._classes, f"{self._folder} on {image.path}", in_pixels=True)

    def raw(self, page: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """All boxes [n, 4] and scores [n, classes] of a page of `page_size`, float32 RGB in 0…255."""
        boxes, scores, taken = self.browser.raw(page, self._class_count)
        self.taken_ms.append(taken)
        return boxes, scores
