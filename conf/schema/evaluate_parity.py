"""Schema of `python -m evaluate parity`."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from conf.checks import key
from conf.schema.evaluate import OcrConfig


@dataclass
class ParityConfig:
    """Every key of the verb."""

    reference: str = key(
        MISSING,
        "SavedModel that python -m train export formats=[saved_model] wrote, or a model in models/detector by its "
        "name; the first word",
    )
    candidate: str = key(
        MISSING,
        "what was made of it: a LiteRT model (.tflite), a TensorFlow.js folder (model.json), litert or browser for the "
        "small one in models/detector (browser:base for another), or the address of a server; the second word",
    )
    dataset: str = key(MISSING, "set with truth")
    out: str | None = key(
        None, "folder of index.html, parity.md and parity.json; outputs/parity/<candidate> where not given"
    )
    score_threshold: float | None = key(
        None,
        "operating point: boxes below this score are not compared; where not given, the reference's own, else 0.5",
        low=0,
        high=1,
    )
    match_iou: float = key(0.95, "IoU from which two boxes are the same", low=0, high=1)
    tensors: int = key(
        4,
        "pages, from the first on, on which all raw outputs, and pictures as they are decoded, are compared",
        low=0,
        high=1000,
    )
    frames: int = key(20, "times that a page is answered for the time it takes", low=0, high=10_000)
    resamples: int = key(1000, "draws of all pages for the intervals", low=0, high=100_000)
    confidence: float = key(0.95, "share of draws that lie in an interval", low=0.5, high=0.999)
    workers: int | None = key(None, "OCR processes; as many as there are cores where not given", low=1, high=1024)
    ocr: OcrConfig = field(default_factory=OcrConfig)
