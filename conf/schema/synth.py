"""Schema of `python -m synth`: one part for each Hydra group, and what the command itself can be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from conf.checks import key
from conf.errors import UserError
from conf.schema.camera import CameraConfig
from conf.schema.engine import EngineConfig
from conf.schema.font import FontConfig
from conf.schema.ground import GroundConfig
from conf.schema.link import LinkConfig
from conf.schema.marks import MarksConfig
from conf.schema.page import PageConfig
from conf.schema.paper import PaperConfig
from conf.schema.truth import TruthConfig


@dataclass
class SynthConfig:
    """Everything that `python -m synth` can be told."""

    out: str = key("sets/synth", "folder of the set; one from an interrupted run is finished")
    count: int = key(100, "pages to render", low=1, high=100_000_000)
    seed: int = key(0, "page i depends on seed and i alone", low=0)
    workers: int | None = key(
        None, "processes; null: one a core. The bytes are the same for any number", low=1, high=512
    )
    index: int | None = key(None, "render this page alone into OUT/pages/, with its truth drawn on a copy", low=0)
    recipe: str | None = key(
        None, "draw a stored recipe again into OUT/pages/: a .json file, or a set or its recipes.jsonl with index=N"
    )
    show: bool = key(False, "with index or recipe: open the picture in the system's viewer")
    engine: EngineConfig = field(default_factory=EngineConfig)
    page: PageConfig = field(default_factory=PageConfig)
    link: LinkConfig = field(default_factory=LinkConfig)
    font: FontConfig = field(default_factory=FontConfig)
    paper: PaperConfig = field(default_factory=PaperConfig)
    marks: MarksConfig = field(default_factory=MarksConfig)
    ground: GroundConfig = field(default_factory=GroundConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    truth: TruthConfig = field(default_factory=TruthConfig)

    def check(self, prefix: str) -> None:
        """Refuses pages whose margins leave no room for text."""
        if 2 * self.page.margin_pt[1] > 0.7 * min(self.page.width_pt, self.page.height_pt):
            raise UserError(
                f"{prefix}page.margin_pt={self.page.margin_pt} leaves too little of a page of "
                f"{self.page.width_pt:g} × {self.page.height_pt:g} points; lower it."
            )
        if self.page.sans_share + self.page.mono_share > 1:
            raise UserError(f"{prefix}page.sans_share and {prefix}page.mono_share add up to more than 1; lower one.")
        if self.show and self.index is None and self.recipe is None:
            raise UserError(f"{prefix}show=true needs index=N or recipe=FILE: it opens one page.")
