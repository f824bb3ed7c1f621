"""Schema of `python -m synth photograph`: real pages of books before the camera of synth."""

from __future__ import annotations

from dataclasses import dataclass, field

from conf.schema.camera import CameraConfig
from conf.schema.data_pdf import BooksConfig
from conf.schema.ground import GroundConfig
from conf.schema.marks import MarksConfig
from conf.schema.paper import PaperConfig
from conf.schema.truth import TruthConfig


@dataclass
class PhotographConfig(BooksConfig):
    """Every key of the verb."""

    paper: PaperConfig = field(default_factory=PaperConfig)
    marks: MarksConfig = field(default_factory=MarksConfig)
    ground: GroundConfig = field(default_factory=GroundConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    truth: TruthConfig = field(default_factory=TruthConfig)
