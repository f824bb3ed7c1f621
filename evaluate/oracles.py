"""The same pictures with the truth in place of a stage: what is lost then, the other stages lose."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from data.model import Box, Image
from evaluate.line import Line
from evaluate.matching import MATCH_IOU, overlaps

if TYPE_CHECKING:
    from pathlib import Path

    from conf.schema.evaluate import EvaluateConfig
    from evaluate.results import Results

ORACLES = ("oracle_box", "oracle_crop")
"""Folders in that of the results: true boxes read as ever; true boxes, and lines cut where the truth says."""
_BEHIND = 0.4
"""What is kept behind the end of a true line, in x-heights: less than a space."""


def oracle_waterfalls(
    config: EvaluateConfig, evaluate: Callable[[EvaluateConfig], Results], out: Path
) -> dict[str, list[dict[str, Any]] | None]:
    """The waterfalls with true boxes and with true line crops, where `oracles` asks for them.

    Args:
        config: of the run.
        evaluate: evaluates once more, and keeps its finished pages.
        out: folder of the run's results.
    """
    from evaluate.cost import unmeasured
    from evaluate.waterfall import waterfall

    if not config.oracles or config.ocr.engine == "none":
        return {}
    report = dataclasses.replace(config.report, html=False)
    falls = {}
    for name in ORACLES:
        ocr = dataclasses.replace(config.ocr, true_lines=name == "oracle_crop")
        own = dataclasses.replace(
            unmeasured(config), detector="oracle", ocr=ocr, oracles=False, resamples=0, validation=None,
            report=report, out=str(out / name),
        )  # fmt: skip
        falls[name] = waterfall(evaluate(own).items)
    return falls


def true_segments(image: Image, prefix: Box) -> tuple[Box, ...]:
    """The lines of the printed link whose prefix a box overlaps best; empty where there is none, or none is known."""
    iou, _ = overlaps([prefix], [link.bbox for link in image.links])
    if not iou.shape[1] or iou.max() < MATCH_IOU:
        return ()
    link = image.links[int(iou.argmax())]
    return link.segments or ((link.link_bbox,) if link.link_bbox is not None else ())


def up_to(line: Line, segment: Box) -> Line:
    """The line up to the right end of a segment, both in the picture's pixels."""
    columns = round((segment[0] + segment[2] - line.box[0]) * line.scale + _BEHIND * line.x_height)
    shown = min(max(columns, 1), line.pixels.shape[1])
    x, y, width, height = line.box
    return dataclasses.replace(
        line, pixels=line.pixels[:, :shown].copy(), box=(x, y, min(width, shown / line.scale), height)
    )
