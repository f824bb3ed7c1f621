"""Schemas of `python -m train export` and `python -m train convert`, and of the exported model's view of a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

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


STORED = {"litert": ("float32", "float16", "int8"), "tfjs": ("float32", "float16", "uint8")}
"""Formats for one picture size, and the numbers in which each can hold its weights."""
SAVED_MODEL = "saved_model"
FORMATS = (SAVED_MODEL, *(f"{kind}_{stored}" for kind, all_stored in STORED.items() for stored in all_stored))


@dataclass
class CalibrationConfig:
    """Pages that int8 takes the range of its numbers from, rendered for the purpose."""

    pages: int = key(24, "pages to render, one window of each", low=1, high=10_000)
    seed: int = key(0, "which pages", low=0)
    synth: list[str] = key(
        ["link=dense", "camera=phone"],
        "what the pages look like, as it is said to python -m synth; [] for its defaults",
    )


def _refuse_odd_size(height_px: int, width_px: int, prefix: str) -> None:
    """The pyramid halves a picture five times."""
    for name, value in (("height_px", height_px), ("width_px", width_px)):
        if value % 32:
            raise UserError(f"{prefix}{name}={value} is not a multiple of 32.")


@dataclass
class ExportConfig:
    """`python -m train export`."""

    run: str = key(MISSING, "folder of a training run")
    formats: list[str] = key(
        [],
        f"everything at once, each in a folder of its own name: {', '.join(FORMATS)}; litert or tfjs alone for all "
        "three of a kind; [] for the run's SavedModel by itself",
    )
    out: str | None = key(
        None, "folder of the SavedModel, or of all formats; saved_model, or export, in the run where not given"
    )
    weights: str | None = key(
        None, "folder for the weights alone too: what init_checkpoint needs, at a third of a checkpoint's size"
    )
    version: int = key(1, "formats: number of the SavedModel's folder, which a server goes by", low=1)
    height_px: int = key(640, "litert, tfjs: height of the picture that the model is given, a multiple of 32", low=32,
                         high=4096)  # fmt: skip
    width_px: int = key(640, "litert, tfjs: width of that picture, a multiple of 32", low=32, high=4096)
    calibration: CalibrationConfig = field(default_factory=CalibrationConfig)

    def check(self, prefix: str) -> None:
        """Refuses unknown formats, and a size that the pyramid cannot halve."""
        for name in self.formats:
            if name not in (*FORMATS, *STORED):
                raise UserError(f"{prefix}formats: {name} is unknown; it can be {', '.join((*FORMATS, *STORED))}.")
        _refuse_odd_size(self.height_px, self.width_px, prefix)

    @property
    def folder(self) -> str:
        """Where the export goes."""
        return self.out or f"{self.run}/{'export' if self.formats else SAVED_MODEL}"

    @property
    def wanted(self) -> list[str]:
        """The formats by their whole names, each once."""
        return [name for name in FORMATS if name in self.formats or name.partition("_")[0] in self.formats]


@dataclass
class ConvertConfig:
    """`python -m train convert`."""

    run: str = key(MISSING, "folder of a training run")
    format: str = key("tfjs", "tfjs for TensorFlow.js, litert for LiteRT (.tflite)", choices=tuple(STORED))
    out: str = key("${run}/${format}_${quantise}", "folder of the converted model")
    quantise: str = key(
        "float32",
        "numbers in which weights are stored; tfjs has uint8, litert int8, with which it computes too",
        choices=("float32", "float16", "uint8", "int8"),
    )
    height_px: int = key(640, "height of the picture that the model is given, a multiple of 32", low=32, high=4096)
    width_px: int = key(640, "width of that picture, a multiple of 32", low=32, high=4096)
    calibration: CalibrationConfig = field(default_factory=CalibrationConfig)

    def check(self, prefix: str) -> None:
        """Refuses numbers that the format lacks, and a size that the pyramid cannot halve."""
        stored = STORED[self.format]
        if self.quantise not in stored:
            raise UserError(f"{prefix}quantise={self.quantise} is none of {self.format}'s: {', '.join(stored)}.")
        _refuse_odd_size(self.height_px, self.width_px, prefix)
