"""Reads the link that a detection stands on: line, words, spaces, link."""

from __future__ import annotations

from dataclasses import replace

from conf.schema.evaluate import OcrConfig
from data.model import Image
from data.pixels import Pixels
from evaluate.line import straighten
from evaluate.ocr import Engine
from evaluate.predictions import Detection
from evaluate.spacing import joined
from evaluate.url import extract


def read_link(engine: Engine, pixels: Pixels, detection: Detection, image: Image, config: OcrConfig) -> Detection:
    """The detection with what an engine read there.

    Args:
        engine: who reads.
        pixels: uint8 (height, width, 3), the original picture, whole.
        detection: where the prefix is.
        image: its page.
        config: size and reach of the line.
    """
    line = straighten(pixels, detection.bbox, line_height_px=config.line_height_px, max_width=config.max_width)
    text = extract(joined(engine.read(line, detection.bbox, image), line))
    return replace(detection, text=text, line_text=text, link_bbox=line.box)
