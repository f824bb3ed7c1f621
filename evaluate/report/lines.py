"""The line behind a detection as the OCR engine was shown it: where letters are lost, the reason is seen here."""

from __future__ import annotations

from conf.schema.evaluate import OcrConfig
from data.boxes import clip
from data.model import Box
from evaluate.line import lay_out
from evaluate.report.pictures import Picture, line_picture
from evaluate.trace import Grey, trace

_LEAST_PX = 3.0
_BEFORE = 0.35
"""The strip begins so many x-heights before the box, as it does for reading."""


def line_of(grey: Grey, prefix: Box, config: OcrConfig) -> Picture | None:
    """The straightened line that begins with a prefix; None where the box is too small to be read behind.

    Args:
        grey: uint8 (height, width), the original picture, whole.
        prefix: the detection's box in its pixels.
        config: size and reach of the line.
    """
    box = clip(prefix, grey.shape[1], grey.shape[0])
    if box is None or min(box[2:]) < _LEAST_PX:
        return None
    traced = trace(grey, box, config.max_width)
    start = box[0] - _BEFORE * traced.x_height
    return line_picture(lay_out(grey, traced, (start, box[0] + box[2]), config.line_height_px).pixels)
