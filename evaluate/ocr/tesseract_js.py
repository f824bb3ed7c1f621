"""Tesseract as a browser runs it: tesseract.js, in Node, offline. What it reads is what the web page will read."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import weakref
from pathlib import Path
from typing import Any

import cv2

from conf import UserError
from conf.schema.evaluate import OcrConfig
from data.model import Box, Image
from evaluate.line import Line
from evaluate.ocr import PageWord, Word
from evaluate.trace import Grey

_PACKAGES = ("tesseract.js", "@tesseract.js-data/eng")
_SCRIPT = Path(__file__).with_suffix(".cjs")
_WHOLE_PAGE = 3


class TesseractJsEngine:
    """One Node process, which is asked picture by picture."""

    def __init__(self, config: OcrConfig) -> None:
        """Starts Node and waits until the engine is loaded.

        Raises:
            UserError: where Node, tesseract.js or its data is absent.
        """
        node = shutil.which("node")
        if node is None:
            raise UserError("ocr=tesseract_js needs Node: apt-get install nodejs npm.")
        modules = Path(config.node_modules)
        if not all((modules / package).is_dir() for package in _PACKAGES):
            raise UserError(
                f"ocr.node_modules={config.node_modules} lacks {' or '.join(_PACKAGES)}: "
                f"npm install --prefix {modules.parent} {' '.join(_PACKAGES)}."
            )
        self.cpu_s, self.peak_bytes = 0.0, 0
        self._mode = config.page_segmentation
        self._node = subprocess.Popen(
            [node, str(_SCRIPT), str(modules)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._end = weakref.finalize(self, _stop, self._node)
        self._answer()

    def read(self, line: Line, prefix: Box, image: Image) -> list[Word]:
        """Words with their ends, as Tesseract divides them."""
        return [Word(word["text"], word["box"][0], word["box"][2]) for word in self._ask(line.pixels, self._mode)]

    def read_page(self, grey: Grey) -> list[PageWord]:
        """Every word that Tesseract finds on a page by itself, letter by letter, in the order in which it reads."""
        return [_page_word(word) for word in self._ask(grey, _WHOLE_PAGE)]

    def _ask(self, grey: Grey, mode: int) -> list[dict[str, Any]]:
        _, png = cv2.imencode(".png", grey)
        request = {"png": base64.b64encode(png.tobytes()).decode(), "mode": str(mode)}
        if self._node.stdin is None:
            raise RuntimeError("Node was started without a pipe")
        try:
            self._node.stdin.write(json.dumps(request) + "\n")
            self._node.stdin.flush()
        except BrokenPipeError:
            pass  # Node has ended, and the next lines say why
        answer = self._answer()
        self.cpu_s, self.peak_bytes = answer["cpu_s"], answer["peak_bytes"]
        words: list[dict[str, Any]] = answer["words"]
        return words

    def _answer(self) -> dict[str, Any]:
        line = self._node.stdout.readline() if self._node.stdout else ""
        if not line:
            _, complaint = self._node.communicate()
            said = (complaint.strip().splitlines() or ["nothing was said"])[-1]
            raise UserError(f"Node ended while it ran tesseract.js: {said}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _page_word(word: dict[str, Any]) -> PageWord:
    letters = tuple(_box(symbol["box"]) for symbol in word["letters"] for _ in symbol["text"])
    text = "".join(symbol["text"] for symbol in word["letters"])
    return PageWord(text, _box(word["box"]), word["confidence"], letters)


def _box(corners: list[float]) -> Box:
    left, top, right, bottom = map(float, corners)
    return (left, top, right - left, bottom - top)


def _stop(node: subprocess.Popen[str]) -> None:
    """Ends Node, which would go on by itself: it holds a thread that waits for work."""
    node.kill()
    node.communicate()
