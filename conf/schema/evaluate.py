"""Schema of `python -m evaluate`."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from conf.checks import key
from conf.schema.preprocess import PreprocessConfig


@dataclass
class OcrConfig:
    """How the line right of a prefix is cut out and read; one YAML of `conf/ocr` per engine."""

    engine: str = key("tesseract", "who reads", choices=["tesseract", "oracle", "none"])
    line_height_px: int = key(64, "height that a line is scaled to before it is read, pixels", low=24, high=256)
    max_width: float = key(60.0, "longest line to read, in heights of the line", low=4, high=400)
    join_wrapped: bool = key(True, "go on in the next line where a link seems broken over lines")
    tessdata: str | None = key(None, "folder with Tesseract's eng.traineddata; found by itself where not given")
    page_segmentation: int = key(7, "Tesseract's page segmentation mode: 7 one line, 13 one raw line", low=6, high=13)


@dataclass
class ReportConfig:
    """What the HTML report shows; one YAML of `conf/report` per kind."""

    html: bool = key(True, "write index.html")
    gallery: int = key(24, "most pictures in each gallery", low=0, high=200)
    thumbnail_px: int = key(640, "width of a gallery picture, pixels", low=80, high=2000)


@dataclass
class EvaluateConfig:
    """Every key of the command."""

    detector: str = key(MISSING, "run folder, SavedModel folder, COCO results .json, or the word oracle")
    dataset: str = key(MISSING, "set, COCO file, VOC folder, or a plain folder of photos")
    out: str | None = key(None, "folder of the results; outputs/evaluate/<detector>-<dataset>-<ocr> where not given")
    score_threshold: float = key(0.5, "operating point: detections below this score are not used", low=0, high=1)
    workers: int | None = key(None, "OCR processes; as many as there are cores where not given", low=1, high=1024)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    ocr: OcrConfig = field(default_factory=OcrConfig)
    report: ReportConfig = field(default_factory=ReportConfig)
