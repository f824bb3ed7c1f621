"""No detector: the OCR engine reads the whole page, and links are what a regular expression finds in its words.

The baseline that a detector must beat, in links read right and in seconds a page. Nothing helps it: no prefix to
start from, no second look, no line straightened, no piece joined from the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from data.boxes import bounds, corners
from data.model import Box, Image
from data.pixels import Pixels
from evaluate.detectors.size import ModelSize
from evaluate.ocr import PageWord
from evaluate.predictions import Detection
from evaluate.url import trimmed

_LINK = re.compile(r"(?i)((?:https?|ftp)://|www\.)[^\s<>\"'{}|\\^`\u2018-\u201f]+")
_NARROW = frozenset("itlfjr.:;/|!,'()[]I1")
"""Letters of about half the width of the others in most type."""


class FullPageDetector:
    """Finds nothing by itself: `links_on_page` does, once the engine has read the page."""

    name = "fullpage"
    fingerprint = "fullpage:1"
    size: ModelSize | None = None
    needs_pixels = False

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """Nothing."""
        return []


def links_on_page(words: Iterable[PageWord], categories: Sequence[str]) -> list[Detection]:
    """The links in what an engine read on a page, surest first.

    Args:
        words: of the whole page.
        categories: class names of the set; a link is of the one that its scheme names, else of the first.
    """
    found = [_link(word, match, categories) for word in words for match in _LINK.finditer(word.text)]
    return sorted(found, key=lambda detection: -detection.score)


def _link(word: PageWord, match: re.Match[str], categories: Sequence[str]) -> Detection:
    scheme = match[1].lower().rstrip(":/.")
    link = trimmed(match[0])
    return Detection(
        bbox=_part(word, *match.span(1)),
        score=word.confidence,
        category=scheme if scheme in categories else categories[0],
        text=link,
        line_text=link,
        link_bbox=_part(word, match.start(), match.start() + len(link)),
        raw_text=word.text,
    )


def _part(word: PageWord, start: int, stop: int) -> Box:
    """Box of some letters of a word; where only the word's box is known, by the usual widths of letters."""
    if word.letters:
        return bounds([point for letter in word.letters[start:stop] for point in corners(letter)])
    widths = [0.5 if letter in _NARROW else 1.0 for letter in word.text]
    x, y, width, height = word.box
    unit = width / sum(widths)
    return (x + unit * sum(widths[:start]), y, unit * sum(widths[start:stop]), height)
