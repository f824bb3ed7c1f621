"""Reads the link that a detection stands on: line, words, spaces, link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conf.schema.evaluate import OcrConfig
from data.boxes import clip
from data.model import Box, Image
from evaluate.line import Line, lay_out, softened
from evaluate.ocr import Engine
from evaluate.oracles import true_segments, up_to
from evaluate.predictions import Detection
from evaluate.spacing import joined
from evaluate.trace import Grey, Trace, trace
from evaluate.url import NOTHING, Extracted, extract, is_address
from evaluate.wrapping import LONGEST_PIECE, MOST_LINES, goes_on, next_line, room

_LOOKS = ((1.0, 0.0), (0.75, 0.075), (0.75, 0.0))
"""Each look at a line: its height as a share of the configured one, and softening in x-heights."""

_LEAST_PX = 3.0
"""Nothing can be read behind a smaller box."""


def read_link(engine: Engine, grey: Grey, detection: Detection, image: Image, config: OcrConfig) -> Detection:
    """The detection with what an engine read there.

    A line whose prefix was read letter by letter is taken as it is; else it is looked at again, smaller and softer,
    and the look that read the prefix best is taken, the earlier one of equals.

    Args:
        engine: who reads.
        grey: uint8 (height, width), the original picture, whole.
        detection: where the prefix is.
        image: its page.
        config: size and reach of the line.
    """
    prefix = clip(detection.bbox, grey.shape[1], grey.shape[0])
    if prefix is None or min(prefix[2:]) < _LEAST_PX:
        return replace(detection, text="", line_text="")
    traced = trace(grey, prefix, config.max_width)
    segments = true_segments(image, detection.bbox) if config.true_lines else ()
    best, used, raw = NOTHING, None, ""
    for share, sigma in _LOOKS:
        line = lay_out(grey, traced, _sure(traced, prefix), round(config.line_height_px * share))
        line = softened(line, sigma) if sigma else line
        line = up_to(line, segments[0]) if segments else line
        text = joined(engine.read(line, detection.bbox, image), line)
        found = extract(text)
        if used is None or _rank(found) < _rank(best):
            best, used, raw = found, line, text
        if best.doubt == 0 and is_address(best.link):
            break
    whole = best
    if segments:
        whole = extract(raw := raw + _true_rest(engine, grey, segments, image, config))
    elif used is not None and config.join_wrapped:
        whole = _carried_on(engine, grey, _Read(traced, prefix, used, best), image, config)
    box = used.box if used else None
    return replace(detection, text=whole.link, line_text=best.link, link_bbox=box, raw_text=raw)


def _true_rest(engine: Engine, grey: Grey, segments: tuple[Box, ...], image: Image, config: OcrConfig) -> str:
    """What stands on the further lines of a link, found and cut by the truth."""
    texts = []
    for segment in segments[1:]:
        head = clip((*segment[:2], min(segment[2], 4 * segment[3]), segment[3]), grey.shape[1], grey.shape[0])
        if head is not None and min(head[2:]) >= _LEAST_PX:
            traced = trace(grey, head, config.max_width)
            line = up_to(lay_out(grey, traced, _sure(traced, head), config.line_height_px), segment)
            texts.append(joined(engine.read(line, head, image), line, begins_link=False))
    return "".join(texts)


def _rank(found: Extracted) -> tuple[bool, int]:
    return (not is_address(found.link), found.doubt)


def _sure(traced: Trace, head: Box) -> tuple[float, float]:
    return (head[0] - 0.35 * traced.x_height, head[0] + head[2])


@dataclass(frozen=True, slots=True)
class _Read:
    """A line that was read: where it runs, the box of its head, its picture, and the link up to its end."""

    traced: Trace
    head: Box
    line: Line
    found: Extracted


def _carried_on(engine: Engine, grey: Grey, read: _Read, image: Image, config: OcrConfig) -> Extracted:
    """The link with what the next lines add to it."""
    found = read.found
    for _ in range(MOST_LINES - 1):
        fits = _letters_that_fit(grey, read)
        head = next_line(grey, read.traced, read.head) if found.at_end and fits < LONGEST_PIECE else None
        if head is None:
            break
        traced = trace(grey, head, config.max_width)
        line = lay_out(grey, traced, _sure(traced, head), config.line_height_px)
        token, _, more = joined(engine.read(line, head, image), line, begins_link=False).partition(" ")
        if not goes_on(found, token, fits):
            break
        found = extract(found.whole + token)
        found = replace(found, at_end=found.at_end and not more)
        read = _Read(traced, head, line, extract(found.prefix + token))
    return found


def _letters_that_fit(grey: Grey, read: _Read) -> float:
    """Letters for which there was room behind the link in its line."""
    left, end = read.head[0], read.line.end
    letter = max(end - left, 1.0) / max(len(read.found.whole), 1)
    return room(grey, read.traced, end) / letter
