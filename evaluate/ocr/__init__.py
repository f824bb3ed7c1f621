"""OCR engines behind one small protocol; a new engine is one new file, one YAML, and one line in `_ENGINES`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Protocol, cast, runtime_checkable

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data.model import Box, Image
from evaluate.line import Line
from evaluate.trace import Grey

_ENGINES = {
    "tesseract": "evaluate.ocr.tesseract.TesseractEngine",
    "rapidocr": "evaluate.ocr.rapid.RapidEngine",
    "tesseract_js": "evaluate.ocr.tesseract_js.TesseractJsEngine",
    "keras_ocr": "evaluate.ocr.keras.KerasEngine",
    "oracle": "evaluate.ocr.oracle.OracleEngine",
}
"""Each is imported only when it is asked for: what it needs may not be installed."""


@dataclass(frozen=True, slots=True)
class Word:
    """What an engine takes for one word; `left` and `right` are its ends in pixels of the line's picture."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class PageWord:
    """A word somewhere on a page.

    Attributes:
        text: its letters.
        box: (x, y, width, height) in pixels of the page.
        confidence: 0 to 1, as the engine has it.
        letters: box of each letter of `text`; empty where the engine tells only the word's.
    """

    text: str
    box: Box
    confidence: float
    letters: tuple[Box, ...] = ()


class Engine(Protocol):
    """Reads one straightened line; lives in a process of its own, where it is opened once."""

    def read(self, line: Line, prefix: Box, image: Image) -> list[Word]:
        """The words of the line from left to right.

        Args:
            line: the line's picture.
            prefix: the detection that the line was cut for, in pixels of `image`.
            image: the page; only an oracle may look at its truth.
        """
        ...


@runtime_checkable
class PageEngine(Protocol):
    """An engine that also finds the text on a whole page by itself."""

    def read_page(self, grey: Grey) -> list[PageWord]:
        """All words of a page in reading order; `grey` is uint8 (height, width)."""
        ...


@runtime_checkable
class OutsideEngine(Protocol):
    """An engine that works in a process of its own.

    Attributes:
        cpu_s: CPU time spent there so far, seconds.
        peak_bytes: most memory it had.
    """

    cpu_s: float
    peak_bytes: int


def open_engine(config: OcrConfig) -> Engine | None:
    """The engine that `ocr.engine` names; None for `none`, where nothing is read.

    Raises:
        UserError: where an engine or its data is not installed, with the command that gets it.
    """
    if config.engine == "none":
        return None
    if config.engine not in _ENGINES:
        raise UserError(f"ocr.engine={config.engine} is not known; it can be {', '.join(_ENGINES)} or none.")
    module, name = _ENGINES[config.engine].rsplit(".", 1)
    return cast(Engine, getattr(importlib.import_module(module), name)(config))
