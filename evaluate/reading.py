"""Reads the link that a detection stands on: line, words, spaces, link."""

from __future__ import annotations

from dataclasses import replace

import cv2

from conf.schema.evaluate import OcrConfig
from data.model import Image
from data.pixels import Pixels
from evaluate.line import lay_out, softened
from evaluate.ocr import Engine
from evaluate.predictions import Detection
from evaluate.spacing import joined
from evaluate.trace import trace
from evaluate.url import NOTHING, Extracted, extract, is_address

_LOOKS = ((1.0, 0.0), (0.75, 0.075), (0.75, 0.0))
"""Each look at a line: its height as a share of the configured one, and softening in x-heights."""


def read_link(engine: Engine, pixels: Pixels, detection: Detection, image: Image, config: OcrConfig) -> Detection:
    """The detection with what an engine read there.

    A line whose prefix was read letter by letter is taken as it is; else it is looked at again, smaller and softer,
    and the look that read the prefix best is taken, the earlier one of equals.

    Args:
        engine: who reads.
        pixels: uint8 (height, width, 3), the original picture, whole.
        detection: where the prefix is.
        image: its page.
        config: size and reach of the line.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    traced = trace(grey, detection.bbox, config.max_width)
    sure = (detection.bbox[0] - 0.35 * traced.x_height, detection.bbox[0] + detection.bbox[2])
    best, box = NOTHING, None
    for share, sigma in _LOOKS:
        line = lay_out(grey, traced, sure, round(config.line_height_px * share))
        line = softened(line, sigma) if sigma else line
        found = extract(joined(engine.read(line, detection.bbox, image), line))
        if box is None or _rank(found) < _rank(best):
            best, box = found, line.box
        if best.doubt == 0 and is_address(best.link):
            break
    return replace(detection, text=best.link, line_text=best.link, link_bbox=box)


def _rank(found: Extracted) -> tuple[bool, int]:
    return (not is_address(found.link), found.doubt)
