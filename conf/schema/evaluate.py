"""Schema of `python -m evaluate`."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from conf.checks import key
from conf.schema.preprocess import PreprocessConfig

USUAL_THRESHOLD = 0.5


@dataclass
class OcrConfig:
    """How the line right of a prefix is cut out and read; one YAML of `conf/ocr` per engine."""

    engine: str = key(
        "tesseract",
        "who reads",
        choices=["tesseract", "rapidocr", "tesseract_js", "keras_ocr", "oracle", "none"],
    )
    line_height_px: int = key(64, "height that a line is scaled to before it is read, pixels", low=24, high=256)
    max_width: float = key(60.0, "longest line to read, in heights of the line", low=4, high=400)
    join_wrapped: bool = key(True, "go on in the next line where a link seems broken over lines")
    true_lines: bool = key(False, "cut lines where the truth says that they end and go on, to see what cutting loses")
    tessdata: str | None = key(None, "folder with Tesseract's eng.traineddata; found by itself where not given")
    page_segmentation: int = key(7, "Tesseract's page segmentation mode: 7 one line, 13 one raw line", low=6, high=13)
    node_modules: str = key("web/node_modules", "tesseract_js: folder with tesseract.js and its English data")
    weights: str | None = key(None, "keras_ocr: weights (.h5) of a recogniser that was trained for addresses")
    alphabet: str = key("0123456789abcdefghijklmnopqrstuvwxyz", "keras_ocr: its letters, in the order of its training")
    width_px: int = key(800, "keras_ocr: width of its pictures, pixels; 4 for each letter or more", low=100, high=4096)


@dataclass
class CostConfig:
    """How time and memory are measured, apart from the results: page by page, in a process of its own."""

    pages: int = key(12, "pages to measure, spread evenly over the set; 0 measures nothing", low=0, high=100_000)
    warm_up: int = key(2, "pages that are done before, without a clock", low=0, high=1000)
    threads: int = key(1, "threads that each library may use, so that figures of two machines compare", low=1, high=256)


@dataclass
class ReportConfig:
    """What the HTML report shows; one YAML of `conf/report` per kind."""

    html: bool = key(True, "write index.html")
    gallery: int = key(24, "most pictures in each gallery", low=0, high=200)
    thumbnail_px: int = key(640, "width of a gallery picture, pixels", low=80, high=2000)


@dataclass
class EvaluateConfig:
    """Every key of the command."""

    detector: str = key(
        MISSING,
        "run folder, SavedModel folder, LiteRT model (.tflite), TensorFlow.js folder, COCO results .json, a server's "
        "address, a model in models/detector by its name, browser or litert for the small one of them in that runtime "
        "(browser:base for another), oracle or fullpage",
    )
    dataset: str = key(MISSING, "set, COCO file, VOC folder, or a plain folder of photos")
    out: str | None = key(None, "folder of the results; outputs/evaluate/<detector>-<dataset>-<ocr> where not given")
    score_threshold: float | None = key(
        None,
        "operating point: detections below this score are not used; where not given, the one stored beside the model "
        "(operating_point.json), else 0.5",
        low=0,
        high=1,
    )
    validation: str | None = key(
        None,
        "other set with truth, on which score_threshold is chosen: the best F1 of links "
        "read right, or of links found where nothing is read",
    )
    false_alarm_budget: float | None = key(
        0.2, "validation: most false alarms a page without links; null for any", low=0
    )
    store_operating_point: bool = key(
        False,
        "validation: keep the threshold beside the model too (operating_point.json), for later evaluations and exports",
    )
    lowest_threshold: float = key(0.05, "validation: lowest score to read and to choose from", low=0, high=1)
    resamples: int = key(1000, "draws of all pages for the intervals; 0 for no intervals", low=0, high=100_000)
    confidence: float = key(0.95, "share of draws that lie in an interval", low=0.5, high=0.999)
    cluster: str = key(
        "page",
        "what is drawn as a whole: single pages, or books (a set's `group`), whose pages are "
        "alike; book gives wider, more honest intervals where there are many books",
        choices=["page", "book"],
    )
    crossed: list[str] = key(
        ["scheme", "x_height_px", "style", "wrapped", "source"],
        "attributes that are crossed with each other in the slices, where the set has them",
    )
    oracles: bool = key(False, "read twice more, with the true boxes and with the true line crops: where is the loss?")
    workers: int | None = key(None, "OCR processes; as many as there are cores where not given", low=1, high=1024)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    ocr: OcrConfig = field(default_factory=OcrConfig)
    cost: CostConfig = field(default_factory=CostConfig)
    report: ReportConfig = field(default_factory=ReportConfig)

    @property
    def threshold(self) -> float:
        """The operating point as far as it is known: it may yet be read from beside the model, or chosen."""
        return USUAL_THRESHOLD if self.score_threshold is None else self.score_threshold
