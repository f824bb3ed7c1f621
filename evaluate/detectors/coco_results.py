"""Detections of any tool, from a COCO results file: `[{image_id, category_id, bbox, score}, …]`."""

from __future__ import annotations

from pathlib import Path

from conf import UserError
from data.entries import Entry
from data.files import read_json
from data.identity import file_hash
from data.model import Image
from data.pixels import Pixels
from evaluate.detectors.size import ModelSize
from evaluate.inputs import Subject
from evaluate.predictions import Detection


class CocoResultsDetector:
    """Answers with what stands in the file; texts in it are not taken over, since reading is a stage of its own."""

    size: ModelSize | None = None
    needs_pixels = False

    def __init__(self, path: Path, subject: Subject) -> None:
        """Reads and checks the whole file.

        Raises:
            UserError: naming file and entry where an id is unknown, a value is missing, of a wrong type, or not finite.
        """
        self.name = path.name
        self.fingerprint = f"coco:{file_hash(path)}"
        self._by_page: dict[Path, list[Detection]] = {}
        content = read_json(path)
        if not isinstance(content, list):
            raise UserError(f"{path} is no COCO results file: it must hold a list of objects with image_id and bbox.")
        names = {number: name for name, number in subject.category_ids.items()}
        pictures = dict(zip(subject.image_ids, subject.dataset.images, strict=True))
        for index, item in enumerate(content):
            image_id, detection = _detection(Entry(item, f"{path} entry [{index}]"), names)
            if image_id not in pictures:
                raise UserError(
                    f"{path} entry [{index}]: image_id={image_id} is not the id of any image of {subject.path}."
                )
            self._by_page.setdefault(pictures[image_id].path, []).append(detection)

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        """The file's detections of that picture, highest score first."""
        return sorted(self._by_page.get(image.path, []), key=lambda detection: -detection.score)


def _detection(entry: Entry, names: dict[int, str]) -> tuple[int, Detection]:
    image_id, category_id = entry.integer("image_id"), entry.integer("category_id")
    x, y, width, height = entry.numbers("bbox", 4)
    (score,) = entry.as_numbers("score", [entry.get("score", (int, float), "a number")], 1)
    if category_id not in names:
        known = ", ".join(map(str, names))
        raise UserError(f"{entry.where}: category_id={category_id} is not the id of any category (known: {known}).")
    if width < 0 or height < 0:
        raise UserError(f"{entry.where}: bbox={[x, y, width, height]} has a negative side.")
    return image_id, Detection((x, y, width, height), score, names[category_id])
