"""Detections of any tool, from a COCO results file: `[{image_id, category_id, bbox, score}, …]`."""

from __future__ import annotations

import json
import math
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from conf import UserError
from data.entries import Entry
from data.files import read_json
from data.identity import file_hash
from data.model import Box, Image
from data.pixels import Pixels
from evaluate.detectors.size import ModelSize
from evaluate.inputs import Subject
from evaluate.predictions import Detection

_SPACES = re.compile(r"[ \t\n\r]*")


class CocoResultsDetector:
    """Answers with what stands in the file; texts in it are not taken over, since reading is a stage of its own.

    Kept is 46 bytes a detection, sorted by picture: a file may hold millions.
    """

    size: ModelSize | None = None
    needs_pixels = False

    def __init__(self, path: Path, subject: Subject) -> None:
        """Reads and checks the whole file.

        Raises:
            UserError: naming file and entry where an id is unknown, a value is missing, of a wrong type, or not finite.
        """
        self.name = path.name
        self.fingerprint = f"coco:{file_hash(path)}"
        self._categories = tuple(subject.category_ids)
        classes = {number: place for place, number in enumerate(subject.category_ids.values())}
        pictures = {image_id: page for page, image_id in enumerate(subject.image_ids)}
        pages, kinds, numbers = array("i"), array("h"), array("d")
        for index, item in enumerate(_entries(path)):
            entry = Entry(item, f"{path} entry [{index}]")
            image_id, kind, box, score = _detection(entry, classes)
            if image_id not in pictures:
                raise UserError(f"{entry.where}: image_id={image_id} is not the id of any image of {subject.path}.")
            pages.append(pictures[image_id])
            kinds.append(kind)
            numbers.extend((*box, score))
        order = np.argsort(np.array(pages), kind="stable")
        self._kinds, self._numbers = np.array(kinds)[order], np.array(numbers).reshape(-1, 5)[order]
        self._starts = np.searchsorted(np.array(pages)[order], np.arange(len(subject.image_ids) + 1))
        self._places = {image.path: page for page, image in enumerate(subject.dataset.images)}

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """The file's detections of that picture, highest score first."""
        page = self._places[image.path]
        rows = slice(self._starts[page], self._starts[page + 1])
        found = [
            Detection((x, y, width, height), score, self._categories[kind])
            for (x, y, width, height, score), kind in zip(
                self._numbers[rows].tolist(), self._kinds[rows].tolist(), strict=True
            )
        ]
        return sorted(found, key=lambda detection: -detection.score)


def _entries(path: Path) -> Iterator[Any]:
    """The entries of a JSON list, each decoded when its turn comes."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from None
    if not text.lstrip().startswith("["):
        read_json(path)  # says where it is not JSON
        raise UserError(f"{path} is no COCO results file: it must hold a list of objects with image_id and bbox.")
    decoder, place = json.JSONDecoder(), _behind(text, text.index("[") + 1)
    more = text[place : place + 1] != "]"
    while more:
        try:
            entry, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise _not_json(path, error) from None
        yield entry
        place = _behind(text, place)
        more = text[place : place + 1] == ","
        place = _behind(text, place + 1) if more else place
    if text[place : place + 1] != "]" or _behind(text, place + 1) != len(text):
        raise _not_json(path, json.JSONDecodeError("Expecting ',' or the list's end", text, place))


def _behind(text: str, place: int) -> int:
    """The place of the next character that is no space."""
    found = _SPACES.match(text, place)
    return found.end() if found else place


def _not_json(path: Path, error: json.JSONDecodeError) -> UserError:
    return UserError(f"{path} line {error.lineno} column {error.colno} is not JSON: {error.msg}.")


def _detection(entry: Entry, classes: dict[int, int]) -> tuple[int, int, Box, float]:
    """Id of the picture, place of the class, box and score of an entry."""
    image_id, category_id = entry.integer("image_id"), entry.integer("category_id")
    x, y, width, height = entry.numbers("bbox", 4)
    score = float(entry.get("score", (int, float), "a number"))
    if not math.isfinite(score):
        raise entry.wrong("score", score, "a finite number")
    if category_id not in classes:
        known = ", ".join(map(str, classes))
        raise UserError(f"{entry.where}: category_id={category_id} is not the id of any category (known: {known}).")
    if width < 0 or height < 0:
        raise UserError(f"{entry.where}: bbox={[x, y, width, height]} has a negative side.")
    return image_id, classes[category_id], (x, y, width, height), score
