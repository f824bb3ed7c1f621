"""OCR engines behind one small protocol; a new engine is one new file and one line in `open_engine`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data.model import Box, Image
from evaluate.line import Line


@dataclass(frozen=True, slots=True)
class Word:
    """What an engine takes for one word; `left` and `right` are its ends in pixels of the line's picture."""

    text: str
    left: float
    right: float


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


def open_engine(config: OcrConfig) -> Engine | None:
    """The engine that `ocr.engine` names; None for `none`, where nothing is read.

    Raises:
        UserError: where an engine or its data is not installed, with the command that gets it.
    """
    if config.engine == "tesseract":
        from evaluate.ocr.tesseract import TesseractEngine

        return TesseractEngine(config)
    if config.engine == "oracle":
        from evaluate.ocr.oracle import OracleEngine

        return OracleEngine()
    if config.engine == "none":
        return None
    raise UserError(f"ocr.engine={config.engine} is not known; it can be tesseract, oracle or none.")
