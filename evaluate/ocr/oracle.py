"""The engine that cannot misread: the truth of the link under the prefix. What is lost then, detection lost."""

from __future__ import annotations

from conf.schema.evaluate import OcrConfig
from data.model import Box, Image
from evaluate.line import Line
from evaluate.matching import MATCH_IOU, overlaps
from evaluate.ocr import Word


class OracleEngine:
    """Answers with the true text of the link that the prefix overlaps best, or with nothing."""

    def __init__(self, config: OcrConfig) -> None:
        """Needs nothing; `config` is taken as by every engine."""

    def read(self, line: Line, prefix: Box, image: Image) -> list[Word]:
        """One word: the whole link."""
        iou, _ = overlaps([prefix], [link.bbox for link in image.links])
        if not iou.size or iou.max() < MATCH_IOU:
            return []
        text = image.links[int(iou.argmax())].text
        return [Word(text, 0.0, float(line.pixels.shape[1]))] if text else []
