"""Schema of `python -m train anchors`: anchors fitted to the prefixes of a training set."""

from __future__ import annotations

from dataclasses import dataclass, field

from conf.checks import key
from conf.schema.export import ViewConfig
from conf.schema.train import CropConfig, ModelConfig


@dataclass
class AnchorsConfig:
    """`python -m train anchors`; what else than anchors the model has goes into the new file as it is."""

    dataset: str = key("sets/merged", "dataset whose training part is measured, with shards")
    out: str | None = key(
        None, "file for the model with fitted anchors, as conf/model/mine.yaml; null only prints them"
    )
    clusters: int = key(9, "clusters of k-means over heights and widths of the prefixes", low=1, high=64)
    scales: int | None = key(None, "anchor sizes per octave to fit; null keeps model.anchor_scales", low=1, high=8)
    ratios: int | None = key(None, "aspect ratios to fit; null keeps as many as the model has", low=1, high=8)
    model: ModelConfig = field(default_factory=ModelConfig)
    crop: CropConfig = field(default_factory=CropConfig)
    export: ViewConfig = field(default_factory=ViewConfig)
