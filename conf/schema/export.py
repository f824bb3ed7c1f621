"""Schemas of `python -m train export` and `python -m train convert`, and of the exported model's view of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf import UserError
from conf.checks import key


@dataclass
class ViewConfig:
    """How the detector looks at a picture of any size: scaled to one width, and what it reports."""

    width_px: int = key(1024, "width to which a picture is scaled before detection", low=64, high=8192)
    max_upscale: float = key(2.0, "a picture is never enlarged by more than this", low=1, high=16)
    min_score: float = key(0.01, "detections below this score are dropped", low=0, high=1)
    nms_iou: float = key(
        0.5, "of two detections that overlap by more than this IoU the weaker is dropped", low=0, high=1
    )


@dataclass
class ExportConfig:
    """`python -m train export`."""

    run: str = key(MISSING, "folder of a training run")
    out: str = key("${run}/saved_model", "folder of the SavedModel")
    weights: str | None = key(
        None, "folder for the weights alone too: what init_checkpoint needs, at a third of a checkpoint's size"
    )


@dataclass
class ConvertConfig:
    """`python -m train convert`."""

    run: str = key(MISSING, "folder of a training run")
    format: str = key("tfjs", "tfjs for TensorFlow.js, litert for LiteRT (.tflite)", choices=("tfjs", "litert"))
    out: str = key("${run}/${format}_${quantise}", "folder of the converted model")
    quantise: str = key(
        "float32",
        "numbers in which weights are stored; litert: float32 or float16",
        choices=("float32", "float16", "uint8"),
    )
    height_px: int = key(640, "height of the picture that the model is given, a multiple of 32", low=32, high=4096)
    width_px: int = key(640, "width of that picture, a multiple of 32", low=32, high=4096)

    def check(self, prefix: str) -> None:
        """Refuses a size that the pyramid cannot halve."""
        for name in ("height_px", "width_px"):
            if getattr(self, name) % 32:
                raise UserError(f"{prefix}{name}={getattr(self, name)} is not a multiple of 32.")
