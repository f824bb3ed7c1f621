"""RapidOCR: PaddleOCR's networks in ONNX Runtime; its models come with the package, so nothing is downloaded."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data.boxes import bounds
from data.model import Box, Image
from evaluate.line import Line
from evaluate.ocr import PageWord, Word
from evaluate.trace import Grey

_LARGEST_PX = 8192
"""Larger pictures are shrunk before they are read; RapidOCR's own limit of 2,000 would make long lines illegible."""
_INSTALL = "ocr=rapidocr needs RapidOCR and ONNX Runtime: pip install rapidocr onnxruntime."


class RapidEngine:
    """Recognition alone for a line; detection too for a whole page."""

    def __init__(self, config: OcrConfig) -> None:
        """Loads the networks.

        Raises:
            UserError: where RapidOCR or ONNX Runtime is absent.
        """
        # One thread each: the processes of `workers` share the cores.
        threads = dict.fromkeys((f"EngineConfig.onnxruntime.{kind}_op_num_threads" for kind in ("intra", "inter")), 1)
        asked = {"Global.log_level": "critical", "Global.max_side_len": _LARGEST_PX}
        try:
            importlib.import_module("onnxruntime")
            self._engine: Any = importlib.import_module("rapidocr").RapidOCR(params=asked | threads)
        except ImportError:
            raise UserError(_INSTALL) from None

    def read(self, line: Line, prefix: Box, image: Image) -> list[Word]:
        """Words with their ends, as fine as the network's columns are (8 pixels of a line 48 pixels high)."""
        found = self._ask(line.pixels, finds=False)
        if not found.txts:
            return []
        (info,) = found.word_results
        column = line.pixels.shape[1] / info.line_txt_len
        return [
            Word("".join(letters), columns[0] * column, (columns[-1] + 1) * column)
            for letters, columns in zip(info.words, info.word_cols, strict=True)
            if columns
        ]

    def read_page(self, grey: Grey) -> list[PageWord]:
        """Every word that RapidOCR finds on a page by itself, letter by letter, in its order."""
        found = self._ask(grey, finds=True)
        if not found.txts:
            return []
        lines = zip(found.txts, found.word_results, strict=True)
        return [word for text, letters in lines for word in _words(text, letters)]

    def _ask(self, grey: Grey, *, finds: bool) -> Any:
        return self._engine(
            cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR),
            use_det=finds,
            use_cls=False,
            use_rec=True,
            return_word_box=True,
            return_single_char_box=finds,
            text_score=0.0,
        )


def _words(text: str, letters: Sequence[tuple[str, float, Any]]) -> list[PageWord]:
    """A line's letters as words: RapidOCR gives a box to each letter, and the spaces in the text alone."""
    words, rest = [], list(letters)
    for word in text.split():
        own, rest = rest[: len(word)], rest[len(word) :]
        if len(own) < len(word):
            break
        boxes = tuple(_upright(corners) for _, _, corners in own)
        box = bounds([(x, y) for _, _, corners in own for x, y in corners])
        words.append(PageWord(word, box, float(np.mean([confidence for _, confidence, _ in own])), boxes))
    return words


def _upright(corners: Sequence[Sequence[float]]) -> Box:
    return bounds([(float(x), float(y)) for x, y in corners])
