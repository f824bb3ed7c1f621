"""True lines in place of found ones, read by the real Tesseract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from conf.schema.evaluate import OcrConfig
from data import Box, Image, LinkAnnotation
from evaluate.line import Line
from evaluate.ocr import open_engine
from evaluate.oracles import true_segments, up_to
from evaluate.predictions import Detection
from evaluate.reading import read_link
from tests.evaluate.pages import FONTS, MONO, typeset

LINES = ["The text is in the library at https://example.org/books", "/about_ink.html which all may read"]
SIZE, LEFT = 30, 60


def segments() -> tuple[Box, Box]:
    """Of the link, by the width of its letters, which is one for all."""
    letter = ImageFont.truetype(str(FONTS / MONO), SIZE).getlength("m")
    leading, start = round(SIZE * 1.35), LINES[0].index("https")
    first = (LEFT + start * letter, float(leading), letter * (len(LINES[0]) - start), float(SIZE))
    return first, (float(LEFT), 2.0 * leading, letter * len("/about_ink.html"), float(SIZE))


@pytest.mark.parametrize(
    ("true_lines", "text"), [(True, "https://example.org/books/about_ink.html"), (False, "https://example.org/books")]
)
def test_true_lines_are_cut_and_joined_by_the_truth(true_lines: bool, text: str) -> None:
    pixels, box = typeset(LINES, "https://", font=MONO, size=SIZE, left=LEFT)
    config = OcrConfig(true_lines=true_lines, join_wrapped=False)
    engine = open_engine(config)
    assert engine is not None
    page = Image(Path("a.png"), pixels.shape[1], pixels.shape[0], (LinkAnnotation(box, segments=segments()),))
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    found = read_link(engine, grey, Detection(box, 1.0, "http"), page, config)
    assert found.text == text
    assert found.raw_text == text


def test_the_truth_of_another_place_is_not_taken() -> None:
    printed = LinkAnnotation((10.0, 10.0, 40.0, 10.0), link_bbox=(10.0, 10.0, 200.0, 10.0))
    page = Image(Path("a.png"), 400, 300, (printed, replace(printed, bbox=(10.0, 100.0, 40.0, 10.0), link_bbox=None)))
    assert true_segments(page, (11.0, 10.0, 40.0, 10.0)) == ((10.0, 10.0, 200.0, 10.0),)
    assert true_segments(page, (10.0, 100.0, 40.0, 10.0)) == ()
    assert true_segments(page, (200.0, 10.0, 40.0, 10.0)) == ()
    assert true_segments(replace(page, links=()), (10.0, 10.0, 40.0, 10.0)) == ()


def test_a_line_is_never_made_longer() -> None:
    line = Line(np.zeros((64, 300), np.uint8), 20.0, (50.0, 10.0, 150.0, 32.0), 2.0)
    cut = up_to(line, (60.0, 10.0, 40.0, 20.0))
    assert cut.pixels.shape[1] == (60 + 40 - 50) * 2 + 8
    assert cut.box == (50.0, 10.0, 54.0, 32.0)
    assert up_to(line, (60.0, 10.0, 900.0, 20.0)).pixels.shape[1] == 300
    assert up_to(line, (0.0, 10.0, 5.0, 20.0)).pixels.shape[1] == 1
