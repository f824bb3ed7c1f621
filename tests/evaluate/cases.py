"""Random sets with detections, what pycocotools says of them, and whole evaluations made of boxes and texts."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from conf.schema.evaluate import EvaluateConfig, OcrConfig
from data import Dataset, LinkAnnotation
from data.boxes import polygon_area
from data.files import write_json, write_text
from data.formats.coco import to_coco
from evaluate.coco_scores import coco_scores
from evaluate.detectors.oracle import OracleDetector
from evaluate.inputs import Subject
from evaluate.links import Item, of_page
from evaluate.measures import Measure
from evaluate.measuring import measured
from evaluate.metrics import OperatingPoint
from evaluate.predictions import Detection, coco_results
from evaluate.records import item_lines
from evaluate.results import Results
from evaluate.stored import MATCHES, save
from evaluate.tally import tallied
from tests.evaluate.pages import image

Pages = list[list[Detection]]


def random_case(seed: int, classes: tuple[str, ...] = ("http", "www")) -> tuple[Dataset, Pages]:
    """Pages with up to three links of all COCO sizes, ignored ones among them, and detections near them and not."""
    rng = np.random.default_rng(seed)
    images, pages = [], []
    for number in range(int(rng.integers(3, 12))):
        links, found = [], []
        for _ in range(int(rng.integers(0, 4))):
            x, y, w, h = rng.uniform((0, 0, 8, 6), (400, 300, 250, 150))
            name = classes[int(rng.integers(len(classes)))]
            links.append(LinkAnnotation((x, y, w, h), name, ignore=bool(rng.random() < 0.15)))
            if rng.random() < 0.8:
                box = rng.normal((x, y, w, h), 0.06 * min(w, h))
                found.append(Detection((*box[:2], *np.abs(box[2:])), round(float(rng.random()), 2), name))
        for _ in range(int(rng.integers(0, 4))):
            x, y, w, h = rng.uniform((0, 0, 8, 6), (400, 300, 100, 60))
            found.append(Detection((x, y, w, h), round(float(rng.random()), 2), classes[0]))
        images.append(image(Path(f"{number}.png"), links, (640, 480)))
        pages.append(found)
    return Dataset(tuple(images), classes), pages


def can_be_scored(dataset: Dataset, pages: Pages) -> bool:
    """Whether pycocotools has an answer: it fails without detections, and says −1 without truth."""
    return any(pages) and any(not one.ignore for page in dataset.images for one in page.links)


def crowded_case(seed: int) -> tuple[Dataset, Pages]:
    """Everything that COCO's scorers trip over, on a coarse grid, where overlaps lie on thresholds and scores tie.

    Crowds, outlines, areas of just 32² and 96² square pixels, more than 10 and than 100 detections on a page, boxes
    without area, off the page and larger than COCO counts, pages without links, classes without links or detections.
    """
    rng = np.random.default_rng(seed)
    classes = ("http", "www", "ftp", "none")
    sides = ((20, 10), (32, 32), (64, 16), (96, 96), (128, 72), (100, 50), (40, 10))
    images, pages = [], []
    for number in range(int(rng.integers(1, 7))):
        links, found = [], []
        for _ in range(int(rng.integers(0, 6))):
            w, h = sides[rng.integers(len(sides))]
            x, y = (10.0 * rng.integers(0, 30, 2)).tolist()
            outline = ((x, y), (x + w, y), (x + w, y + h), (x, y + h / 2)) if rng.random() < 0.3 else ()
            name = classes[rng.integers(3)]
            links.append(LinkAnnotation((x, y, w, h), name, outline, ignore=bool(rng.random() < 0.25)))
            for _ in range(int(rng.integers(0, 4))):
                part = (rng.integers(5, 13, 2) / 10).tolist()  # of its sides, so that IoU is 0.5, 0.6, 0.75, …
                found.append(((x, y, part[0] * w, part[1] * h), name if rng.random() < 0.8 else classes[0]))
        odd = [(-30.0, -30.0, 20.0, 20.0), (1e6, 10.0, 40.0, 10.0), (0.0, 0.0, 2e5, 2e5), (50.0, 50.0, 0.0, 0.0)]
        found += [(box, classes[rng.integers(4)]) for box in odd if rng.random() < 0.2]
        far = int(rng.choice([0, 3, 15, 120]))
        found += [((float(x), 400.0, 32.0, float(rng.choice([8, 32, 288]))), classes[0]) for x in range(far)]
        pages.append([Detection(box, float(rng.integers(1, 12)) / 12, name) for box, name in found])
        images.append(image(Path(f"{number}.png"), links, (640, 480)))
    return Dataset(tuple(images), classes), pages


def coco_files(dataset: Dataset, pages: Pages) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Truth and results as COCO's scorers take them."""
    ids = {name: number for number, name in enumerate(dataset.categories, start=1)}
    truth: dict[str, Any] = to_coco(dataset)
    links = [one for page in dataset.images for one in page.links]
    for annotation, link in zip(truth["annotations"], links, strict=True):  # the file has rounded numbers
        annotation["bbox"] = list(link.bbox)
        annotation["area"] = polygon_area(link.polygon) if link.polygon else link.area
    return truth, list(coco_results(pages, range(1, len(pages) + 1), ids))


def pycocotools(dataset: Dataset, pages: Pages, ious: Sequence[float] = ()) -> Any:
    """Its scorer after `accumulate`, and after `summarize` where the thresholds are COCO's own."""
    entries, results = coco_files(dataset, pages)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = entries
        truth.createIndex()
        scorer = COCOeval(truth, truth.loadRes(results), "bbox")
        if ious:
            scorer.params.iouThrs = np.array(ious)
        scorer.evaluate()
        scorer.accumulate()
        if not ious:
            scorer.summarize()
    return scorer


def evaluated(dataset: Dataset, pages: Pages, folder: Path | None = None, **keys: Any) -> Results:
    """A whole evaluation of given detections; written to a folder where one is named."""
    threshold = keys.get("score_threshold", 0.5)
    config = EvaluateConfig("oracle", "set", ocr=OcrConfig(keys.pop("engine", "oracle")), **({"resamples": 50} | keys))
    numbers = {name: number for number, name in enumerate(dataset.categories, start=1)}
    name = hashlib.sha256(repr(dataset).encode()).hexdigest()
    subject = Subject(Path("set"), dataset, True, name, tuple(range(1, len(pages) + 1)), numbers)
    results = measured(config, subject, OracleDetector(subject), pages, {}, OperatingPoint(threshold))
    if folder is not None:
        write_json(folder / "metrics.json", results.metrics)
        write_text(folder / "items.jsonl", "".join(item_lines(results)))
        assert results.stored is not None
        save(results.stored, folder / MATCHES)
    return results


def coco_numbers(dataset: Dataset, pages: Pages) -> dict[str, Measure]:
    """COCO's twelve as this project has them."""
    return coco_scores(tallied(dataset, pages)).numbers


def items_of(
    dataset: Dataset, pages: Sequence[Sequence[Detection]], threshold: float = 0.5, *, was_read: bool = True
) -> list[Item]:
    """What became of the links and detections of all pages."""
    return [item for page, (one, found) in enumerate(zip(dataset.images, pages, strict=True))
            for item in of_page(page, one, found, threshold, was_read=was_read)]  # fmt: skip


def read_as(detection: Detection, text: str) -> Detection:
    """The detection with a link read there."""
    return replace(detection, text=text, line_text=text, raw_text=text)
