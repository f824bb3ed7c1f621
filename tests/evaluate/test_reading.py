"""Lines set in real type, bent and slanted as photos bend them, read by the real Tesseract."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data import Box, Image
from data.pixels import Pixels
from evaluate.line import Line
from evaluate.ocr import Engine, Word, open_engine
from evaluate.ocr.tesseract import find_tessdata
from evaluate.predictions import Detection
from evaluate.reading import read_link
from evaluate.spacing import joined
from tests.evaluate.pages import MONO, SERIF, typeset

CONFIG = OcrConfig()
PAGE = Image(Path("page.png"), 1, 1)


@pytest.fixture(scope="module")
def tesseract() -> Engine:
    engine = open_engine(CONFIG)
    assert engine is not None
    return engine


def read(engine: Engine, pixels: Pixels, box: Box) -> Detection:
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    return read_link(engine, grey, Detection(box, 1.0, "http"), PAGE, CONFIG)


LINE = ["The quick brown fox jumps high", "see https://example.org/books/ink for more", "over the lazy dog, gladly."]


@pytest.mark.parametrize("font", [SERIF, MONO])
@pytest.mark.parametrize("size", [18, 30, 70])
def test_a_link_in_the_middle_of_a_page(tesseract: Engine, font: str, size: int) -> None:
    assert read(tesseract, *typeset(LINE, "https://", font=font, size=size)).text == "https://example.org/books/ink"


def test_light_on_dark(tesseract: Engine) -> None:
    pixels, box = typeset(LINE, "https://")
    assert read(tesseract, 255 - pixels, box).text == "https://example.org/books/ink"


def test_an_underlined_link(tesseract: Engine) -> None:
    pixels, box = typeset(["see https://example.org/project"], "https://", underline=True)
    assert read(tesseract, pixels, box).text == "https://example.org/project"


def test_pale_ink_before_black_words(tesseract: Engine) -> None:
    pixels, box = typeset(LINE, "https://")
    end = int(box[0] + 3.6 * box[2])
    pale = pixels.copy()
    pale[:, int(box[0]) : end] = 255 - (255 - pale[:, int(box[0]) : end]) // 3
    assert read(tesseract, pale, box).text == "https://example.org/books/ink"


def upright_box(points: np.ndarray) -> Box:  # type: ignore[type-arg]
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return (float(x0), float(y0), float(x1 - x0), float(y1 - y0))


@pytest.mark.parametrize("degrees", [-14, -5, 5, 14])
def test_a_slanted_card(tesseract: Engine, degrees: float) -> None:
    pixels, (x, y, w, h) = typeset(LINE, "https://")
    rows, columns = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1.0)
    turn[:, 2] += (0, 120)
    turned = cv2.warpAffine(pixels, turn, (columns, rows + 240), borderValue=(255, 255, 255))
    corners = np.array([[x, y, 1], [x + w, y, 1], [x + w, y + h, 1], [x, y + h, 1]]) @ turn.T
    assert read(tesseract, turned, upright_box(corners)).text == "https://example.org/books/ink"


def test_a_page_that_bends_into_the_gutter(tesseract: Engine) -> None:
    pixels, (x, y, w, h) = typeset(LINE, "https://", size=40)
    rows, columns = pixels.shape[:2]
    # Lines sink by up to two line heights towards the right.
    ys, xs = np.mgrid[0 : rows + 100, 0:columns].astype(np.float32)
    bent = cv2.remap(pixels, xs, ys - 100 * (xs / columns) ** 2, cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    sunk = 100 * ((x + w / 2) / columns) ** 2
    assert read(tesseract, bent, (x, y + sunk, w, h)).text == "https://example.org/books/ink"


def test_neighbouring_lines_do_not_leak(tesseract: Engine) -> None:
    tight, box = typeset(LINE, "https://", size=30)
    crop = np.vstack([tight[20:78], tight[82:130]])  # what leading there was is gone
    assert read(tesseract, crop, (box[0], box[1] - 24, box[2], box[3])).text == "https://example.org/books/ink"


WRAPPED = [
    "The whole text can be found in the library at",
    "your place, or else at https://example.org/",
    "books/about_ink.html and in other collections",
    "of which there are many in all parts of it.",
]


def test_a_link_broken_over_lines_is_joined(tesseract: Engine) -> None:
    found = read(tesseract, *typeset(WRAPPED, "https://", font=MONO))
    assert found.text == "https://example.org/books/about_ink.html"
    assert found.line_text == "https://example.org/"


@pytest.mark.parametrize(
    "following", ["books are to be found there by all who look", "Books 4.2 and 7/8 are found there by all of us"]
)
def test_a_link_that_ends_with_its_line_is_not(tesseract: Engine, following: str) -> None:
    lines = [WRAPPED[0], WRAPPED[1], following, WRAPPED[3]]
    assert read(tesseract, *typeset(lines, "https://", font=MONO)).text == "https://example.org/"


def test_a_short_line_was_not_broken_for_want_of_room(tesseract: Engine) -> None:
    lines = [WRAPPED[0], "at https://example.org/a", "b/c.html is a file that is not part of it", WRAPPED[3]]
    assert read(tesseract, *typeset(lines, "https://", font=MONO)).text == "https://example.org/a"


def test_where_no_link_stands_nothing_is_read(tesseract: Engine) -> None:
    pixels, box = typeset(LINE, "quick")
    assert read(tesseract, pixels, box).text == ""
    assert read(tesseract, np.full((200, 300, 3), 255, np.uint8), (50, 50, 60, 20)).text == ""


class Silent:
    """An engine that sees nothing; lines are made for it all the same."""

    def read(self, line: Line, prefix: Box, image: Image) -> list[Word]:
        assert line.pixels.dtype == np.uint8
        assert line.pixels.shape[0] > 0
        return []


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(-50, 250), st.floats(-50, 150), st.floats(0, 300), st.floats(0, 200)),
    st.tuples(st.integers(1, 120), st.integers(1, 200)),
)
def test_any_box_on_any_picture_can_be_read(box: Box, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*size, 3), dtype=np.uint8)
    assert read(Silent(), noise, box).text == ""


def line_of(widths: list[tuple[int, int]]) -> Line:
    """Black blocks 10 pixels wide at given columns stand for letters; the x-height is 20 pixels."""
    pixels = np.full((64, widths[-1][1] + 40), 255, np.uint8)
    for start, end in widths:
        pixels[20:40, start:end] = 0
    return Line(pixels, 20.0, (0, 0, 1, 1), 1.0)


def letters(*gaps: int) -> list[tuple[int, int]]:
    """Blocks with these gaps between them."""
    columns = [5]
    for gap in gaps:
        columns.append(columns[-1] + 10 + gap)
    return [(column, column + 10) for column in columns]


def test_a_gap_is_judged_by_the_gaps_of_its_line() -> None:
    narrow = letters(*[3] * 9, 14, *[3] * 6)
    words = [Word("https://aaa", 5, narrow[9][1]), Word("bbbbbb", narrow[10][0], narrow[-1][1])]
    assert joined(words, line_of(narrow)) == "https://aaa bbbbbb"
    wide = letters(*[12] * 9, 14, *[12] * 6)
    words = [Word("https://aaa", 5, wide[9][1]), Word("bbbbbb", wide[10][0], wide[-1][1])]
    assert joined(words, line_of(wide)) == "https://aaabbbbbb"


def test_there_is_no_space_inside_a_prefix() -> None:
    blocks = letters(*[3] * 4, 14, *[3] * 8)
    words = [Word("https:", 5, blocks[4][1]), Word("//a.org", blocks[5][0], blocks[-1][1])]
    assert joined(words, line_of(blocks)) == "https://a.org"


def test_missing_tessdata_is_said_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"ocr\.tessdata=.* has no eng\.traineddata"):
        find_tessdata(str(tmp_path))
    monkeypatch.setattr("evaluate.ocr.tesseract._SYSTEM_FOLDERS", (str(tmp_path / "*"),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    with pytest.raises(UserError, match="apt-get install tesseract-ocr-eng"):
        find_tessdata(None)
    (tmp_path / "tessdata").mkdir()
    (tmp_path / "tessdata/eng.traineddata").touch()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert find_tessdata(None) == tmp_path / "tessdata"
