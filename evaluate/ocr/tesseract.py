"""Tesseract, in this process, through tesserocr (no program is started for each line)."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image as PillowImage

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data.model import Box, Image
from evaluate.line import Line
from evaluate.ocr import PageWord, Word
from evaluate.trace import Grey

_DATA = "eng.traineddata"
_SYSTEM_FOLDERS = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/share/tesseract/tessdata",
                   "/usr/local/share/tessdata", "/opt/homebrew/share/tessdata")  # fmt: skip


class TesseractEngine:
    """English data, the LSTM recogniser, one line at a time."""

    def __init__(self, config: OcrConfig) -> None:
        """Loads the engine and its data.

        Raises:
            UserError: where tesserocr or the data is absent.
        """
        # One thread each: the processes of `workers` share the cores.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._library = _tesserocr()
        # Of a page without pictures its library would say, for each, that it found none.
        if hasattr(self._library, "set_leptonica_log_level"):
            self._library.set_leptonica_log_level(self._library.LeptLogLevel.NONE)
        folder = find_tessdata(config.tessdata)
        self._mode = config.page_segmentation
        self._api: Any = self._library.PyTessBaseAPI(
            path=f"{folder}/", lang="eng", oem=self._library.OEM.LSTM_ONLY, psm=self._mode
        )

    def read(self, line: Line, prefix: Box, image: Image) -> list[Word]:
        """Words with their ends, as Tesseract divides them."""
        self._recognise(line.pixels, self._mode)
        level = self._library.RIL.WORD
        found = self._api.GetIterator()
        words = []
        for word in self._library.iterate_level(found, level) if found else ():
            if not word.Empty(level):
                left, _, right, _ = word.BoundingBox(level)
                words.append(Word(word.GetUTF8Text(level).strip(), left, right))
        return words

    def read_page(self, grey: Grey) -> list[PageWord]:
        """Every word that Tesseract finds on a page by itself, letter by letter, in the order in which it reads."""
        self._recognise(grey, self._library.PSM.AUTO)
        word, symbol = self._library.RIL.WORD, self._library.RIL.SYMBOL
        found = self._api.GetIterator()
        words: list[PageWord] = []
        for each in self._library.iterate_level(found, symbol) if found else ():
            if each.Empty(symbol):
                continue
            if each.IsAtBeginningOf(word) or not words:
                words.append(PageWord("", _box(each.BoundingBox(word)), each.Confidence(word) / 100))
            text = each.GetUTF8Text(symbol)
            words[-1] = replace(
                words[-1],
                text=words[-1].text + text,
                letters=words[-1].letters + (_box(each.BoundingBox(symbol)),) * len(text),
            )
        return words

    def _recognise(self, grey: Grey, mode: int) -> None:
        self._api.SetPageSegMode(mode)
        self._api.SetImage(PillowImage.fromarray(grey))
        self._api.Recognize()


def _box(corners: tuple[int, int, int, int]) -> Box:
    left, top, right, bottom = corners
    return (float(left), float(top), float(right - left), float(bottom - top))


def find_tessdata(given: str | None) -> Path:
    """The folder that holds Tesseract's English data: the one given, TESSDATA_PREFIX, or the system's.

    Raises:
        UserError: where there is none.
    """
    if given is not None:
        if not (Path(given) / _DATA).is_file():
            raise UserError(f"ocr.tessdata={given} has no {_DATA} in it.")
        return Path(given)
    prefix = os.environ.get("TESSDATA_PREFIX")
    candidates = [Path(prefix), Path(prefix) / "tessdata"] if prefix else []
    for pattern in _SYSTEM_FOLDERS:
        candidates += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    for folder in candidates:
        if (folder / _DATA).is_file():
            return folder
    raise UserError(
        f"Tesseract's English data ({_DATA}) is not installed: apt-get install tesseract-ocr-eng, "
        "or name its folder by ocr.tessdata=."
    )


def _tesserocr() -> Any:
    try:
        import tesserocr
    except ImportError:
        raise UserError("ocr=tesseract needs tesserocr: pip install tesserocr.") from None
    return tesserocr
