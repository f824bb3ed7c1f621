"""Engines behind their protocol: each that is installed reads the same line, each that is not says how to get it."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data import Image
from evaluate.detectors.fullpage import links_on_page
from evaluate.ocr import Engine, PageEngine, PageWord, open_engine
from evaluate.predictions import Detection
from evaluate.reading import read_link
from tests.evaluate.pages import typeset

MODULES = Path(__file__).parents[2] / "web/node_modules"
LINES = ["The quick brown fox jumps high", "see https://example.org/books/ink for more", "over the lazy dog, gladly."]


def installed() -> list[str]:
    """The engines that can be had here; tesserocr always."""
    rapid = ["rapidocr"] if find_spec("rapidocr") and find_spec("onnxruntime") else []
    return ["tesseract", *rapid, *(["tesseract_js"] if (MODULES / "tesseract.js").is_dir() else [])]


@pytest.fixture(params=installed(), scope="module")
def engine(request: pytest.FixtureRequest) -> Engine:
    opened = open_engine(OcrConfig(engine=request.param, node_modules=str(MODULES)))
    assert opened is not None
    return opened


def test_a_line(engine: Engine) -> None:
    pixels, box = typeset(LINES, "https://")
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    read = read_link(engine, grey, Detection(box, 1.0, "http"), Image(Path("page.png"), 1, 1), OcrConfig())
    assert read.text == "https://example.org/books/ink"


def test_a_page_without_ink(engine: Engine) -> None:
    blank = np.full((200, 300), 255, np.uint8)
    image, found = Image(Path("page.png"), 1, 1), Detection((50, 50, 60, 20), 1.0, "http")
    assert read_link(engine, blank, found, image, OcrConfig()).text == ""
    assert isinstance(engine, PageEngine)
    assert not links_on_page(engine.read_page(blank), ("http",))


def test_a_whole_page(engine: Engine) -> None:
    pixels, box = typeset(LINES, "https://", size=40)
    assert isinstance(engine, PageEngine)
    words = engine.read_page(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    (found,) = links_on_page(words, ("http",))
    assert found.text == "https://example.org/books/ink"
    assert found.score > 0.5
    assert found.bbox[0] == pytest.approx(box[0], abs=12)
    # Tesseract knows only roughly where one letter of a word ends.
    assert found.bbox[0] + found.bbox[2] == pytest.approx(box[0] + box[2], abs=25)
    assert found.bbox[1] < box[1] + box[3] / 2 < found.bbox[1] + found.bbox[3]


def word(text: str, *, letters: bool = False, confidence: float = 0.9) -> PageWord:
    """A word 20 pixels a letter wide, at (100, 50)."""
    boxes = tuple((100.0 + 20 * place, 50.0, 18.0, 30.0) for place in range(len(text)))
    return PageWord(text, (100.0, 50.0, 20.0 * len(text), 30.0), confidence, boxes if letters else ())


def test_links_among_the_words_of_a_page() -> None:
    words = [word("plain"), word("(https://a.org/b).", letters=True), word("www.b.org,", confidence=0.95)]
    first, second = links_on_page(words, ("https", "www"))
    assert (first.text, first.category, first.score) == ("www.b.org", "www", 0.95)
    assert (second.text, second.category) == ("https://a.org/b", "https")
    assert second.bbox == (120.0, 50.0, 158.0, 30.0)
    assert second.link_bbox == (120.0, 50.0, 298.0, 30.0)


def test_without_boxes_of_letters_narrow_ones_take_half_the_room() -> None:
    (found,) = links_on_page([word("www.mm")], ("http",))
    # Of w w w . m m, 3.5 of 5.5 widths belong to the prefix.
    assert found.bbox == pytest.approx((100.0, 50.0, 120 * 3.5 / 5.5, 30.0))


@pytest.mark.parametrize(
    ("engine", "module", "sentence"),
    [
        ("rapidocr", "rapidocr", "pip install rapidocr onnxruntime"),
        ("rapidocr", "onnxruntime", "pip install rapidocr onnxruntime"),
        ("tesseract", "tesserocr", "pip install tesserocr"),
    ],
)
def test_what_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, engine: str, module: str, sentence: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UserError, match=sentence):
        open_engine(OcrConfig(engine=engine))


def test_tesseract_js_needs_node_and_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "node").write_text("#!/bin/sh\necho 'no such thing' >&2\nexit 1\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(UserError, match=r"lacks tesseract\.js or .*: npm install --prefix"):
        open_engine(OcrConfig(engine="tesseract_js", node_modules=str(tmp_path / "node_modules")))
    for package in ("tesseract.js", "@tesseract.js-data/eng"):
        (tmp_path / "node_modules" / package).mkdir(parents=True)
    with pytest.raises(UserError, match=r"Node ended while it ran tesseract\.js: no such thing"):
        open_engine(OcrConfig(engine="tesseract_js", node_modules=str(tmp_path / "node_modules")))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="ocr=tesseract_js needs Node: apt-get install nodejs"):
        open_engine(OcrConfig(engine="tesseract_js"))


def test_keras_ocr_needs_weights_of_ones_own(tmp_path: Path) -> None:
    letters = "abc:/."
    for config, sentence in (
        (OcrConfig(engine="keras_ocr"), r"pretrained alphabet \(0-9a-z\) has no : / \. and cannot spell one"),
        (OcrConfig(engine="keras_ocr", weights="w.h5"), "cannot spell one"),
        (OcrConfig(engine="keras_ocr", weights="w.h5", alphabet=letters), r"ocr\.weights=w\.h5 is not there"),
    ):
        with pytest.raises(UserError, match=sentence):
            open_engine(config)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UserError, match=r"ocr\.engine=magic is not known; it can be tesseract, rapidocr"):
        open_engine(OcrConfig(engine="magic"))
