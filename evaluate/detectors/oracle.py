"""The detector that cannot err: truth boxes with score 1. What is lost behind it, reading has lost."""

from __future__ import annotations

from conf import UserError
from data.model import Image
from data.pixels import Pixels
from evaluate.detectors.size import ModelSize
from evaluate.inputs import Subject
from evaluate.predictions import Detection


class OracleDetector:
    """Answers with the truth of each picture; ignored links are left out."""

    name = "oracle"
    fingerprint = "oracle"
    size: ModelSize | None = None
    needs_pixels = False

    def __init__(self, subject: Subject) -> None:
        """Needs a set with truth.

        Raises:
            UserError: where the set is a plain folder of pictures.
        """
        if not subject.has_truth:
            raise UserError(f"detector=oracle needs truth, but {subject.path} holds pictures alone.")

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """The boxes of the picture's links."""
        return [Detection(link.bbox, 1.0, link.category) for link in image.links if not link.ignore]
