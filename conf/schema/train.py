"""Schema of `python -m train`: what is learnt, from what, for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conf import UserError
from conf.checks import key
from conf.schema.devices import DevicesConfig
from conf.schema.export import ViewConfig
from conf.schema.stream import StreamConfig

PARTS = ("backbone", "decoder", "head")
"""Of a detector: what finds features, what mixes them over scales, and what answers."""


@dataclass
class ModelConfig:
    """RetinaNet on MobileNetV2 with a feature pyramid, or on any other backbone of Model Garden's."""

    width: float = key(0.5, "filters of MobileNetV2 relative to the published network", low=0.1, high=2)
    fpn_channels: int = key(64, "channels of each pyramid level and of the head", low=8, high=512)
    head_convs: int = key(2, "convolutions of the head before its outputs", low=0, high=8)
    separable: bool = key(True, "separable convolutions in pyramid and head")
    norm_momentum: float = key(
        0.97, "memory of the batch norms' averages; 0.99 forgets too slowly for short runs", low=0, high=0.9999
    )
    garden: str | None = key(
        None,
        "experiment of Model Garden whose backbone, pyramid and head are taken instead of what the keys above say, "
        "as retinanet_resnetfpn_coco; levels and anchors stay those below",
    )
    garden_overrides: dict[str, Any] = key(
        {}, "what to change of that experiment's model, in Model Garden's words: {backbone: {resnet: {model_id: 18}}}"
    )
    min_level: int = key(3, "finest pyramid level; its stride is 2^level pixels", low=2, high=5)
    max_level: int = key(5, "coarsest pyramid level", low=3, high=5)
    anchor_scales: int = key(3, "anchor sizes per octave", low=1, high=8)
    anchor_aspect_ratios: list[float] = key([2.2, 4.0], "anchor width / height", low=0.05, high=20)
    anchor_size: float = key(2.6, "smallest anchor of a level, in strides", low=0.5, high=16)

    def check(self, prefix: str) -> None:
        """Refuses an empty pyramid or no anchors."""
        if self.min_level > self.max_level:
            raise UserError(f"{prefix}min_level={self.min_level} is above {prefix}max_level={self.max_level}.")
        if not self.anchor_aspect_ratios:
            raise UserError(f"{prefix}anchor_aspect_ratios is empty; give at least one width / height.")
        if self.garden_overrides and self.garden is None:
            raise UserError(
                f"{prefix}garden_overrides changes an experiment of Model Garden: name it by {prefix}garden."
            )


@dataclass
class OptimizerConfig:
    """One of Model Garden's optimizers; the rate rises linearly, then follows a schedule to the last step."""

    type: str = key("adam", "optimizer of Model Garden", choices=("adam", "adamw", "sgd"))
    learning_rate: float = key(2e-3, "highest rate, reached at the end of the warm-up", low=0, high=10)
    schedule: str = key(
        "cosine",
        "how the rate falls after the warm-up: to end_share by a cosine, a power or a constant factor a step; "
        "in steps at step_shares; or not at all",
        choices=("cosine", "polynomial", "exponential", "stepwise", "constant"),
    )
    end_share: float = key(
        0.0, "rate at the last step relative to learning_rate; exponential needs more than 0", low=0, high=1
    )
    power: float = key(1.0, "polynomial: 1 falls in a straight line, 2 steeply first", low=0.1, high=10)
    step_shares: list[float] = key(
        [0.6, 0.85], "stepwise: shares of all steps after which the rate falls", low=0, high=1
    )
    step_factor: float = key(0.1, "stepwise: what the rate is multiplied by each time", low=0, high=1)
    warmup_share: float = key(0.05, "share of the steps that warm up", low=0, high=0.9)
    clip_norm: float = key(10.0, "largest global norm of a gradient", low=1e-3)
    momentum: float = key(0.9, "momentum of sgd; first decay of adam and adamw", low=0, high=0.999)
    weight_decay: float = key(0.0, "decay of the weights, adamw only", low=0, high=1)
    ema_decay: float = key(
        0.0,
        "decay of the weights' moving average, which is validated, kept as the best and exported; 0: no average",
        low=0,
        high=0.9999,
    )

    def check(self, prefix: str) -> None:
        """Refuses a schedule that has no formula."""
        if self.schedule == "exponential" and self.end_share == 0:
            raise UserError(f"{prefix}schedule=exponential never comes to 0: give {prefix}end_share, as 0.01.")
        if self.step_shares != sorted(set(self.step_shares)):
            raise UserError(f"{prefix}step_shares={self.step_shares} must rise from each to the next.")


@dataclass
class LossConfig:
    """Focal loss of the classes, Huber loss of the boxes."""

    focal_alpha: float = key(0.25, "weight of positives", low=0, high=1)
    focal_gamma: float = key(1.5, "focus on what is hard", low=0, high=5)
    huber_delta: float = key(0.1, "where the box loss turns from square to linear, in anchor sizes", low=1e-3)
    box_weight: int = key(50, "weight of the box loss", low=0)


@dataclass
class CropConfig:
    """Training sees windows of a page, not whole pages: several times more links for the same time."""

    size_px: int = key(320, "side of a crop as the network sees it, a multiple of 32", low=32, high=2048)
    scale_min: float = key(0.7, "smallest random scale; 1 is the scale at which a picture is detected", low=0.1, high=4)
    scale_max: float = key(1.4, "largest random scale", low=0.1, high=4)
    link_share: float = key(0.7, "share of crops drawn around a random link where the page has one", low=0, high=1)
    per_page: int = key(4, "crops cut from each decoded page", low=1, high=64)
    min_visible: float = key(0.9, "a box with less of its area left in the crop is ignored", low=0, high=1)

    def check(self, prefix: str) -> None:
        """Refuses a crop that the pyramid cannot halve, or an empty range of scales."""
        if self.size_px % 32:
            raise UserError(f"{prefix}size_px={self.size_px} is not a multiple of 32.")
        if self.scale_min > self.scale_max:
            raise UserError(f"{prefix}scale_min={self.scale_min:g} is above {prefix}scale_max={self.scale_max:g}.")


@dataclass
class ValidationConfig:
    """Whole pages, through the same graph as the exported model, scored by Model Garden's COCO evaluator."""

    every_steps: int = key(1000, "steps between validations; the last step is always validated", low=1)
    max_pages: int = key(100, "pages used, at even distances of the set", low=1)
    sets: list[str] = key([], "datasets to validate on in place of the val/ of what is learnt from")
    patience: int = key(
        0, "validations in a row without a better AP after which the run stops; 0: it never stops early", low=0
    )
    pictures: int = key(4, "pages drawn for TensorBoard with their links and what was found", low=0, high=64)


@dataclass
class TrainConfig:
    """Everything that decides a run; it lies as `config.yaml` in the run's folder."""

    dataset: str = key(
        "sets/merged",
        "merged dataset (train/, perhaps val/ inside) or a single set, with shards; stream: pages rendered meanwhile",
    )
    mixture: dict[str, float] = key(
        {}, "several datasets in place of dataset, each with the share of pages that come from it", low=0
    )
    out: str = key("runs/detector", "folder of the run; the same command goes on where the run in it stopped")
    steps: int = key(3000, "training steps", low=1)
    batch_size: int = key(8, "crops a step", low=1, high=1024)
    seed: int = key(0, "of first weights, order of pages and crops", low=0, high=2**31 - 1)
    init_checkpoint: str | None = key(
        None,
        "start from: small or base (ours), a run of yours, a Model Garden checkpoint or its folder, or a URL of one",
    )
    cache: str = key("~/.cache/inklink", "folder for what init_checkpoint=URL fetches")
    checkpoint_every_steps: int = key(250, "steps between checkpoints", low=1)
    keep_checkpoints: int = key(2, "newest checkpoints kept", low=1)
    freeze: list[str] = key([], "parts that keep the weights they start from", choices=PARTS)
    precision: str = key(
        "float32",
        "numbers that the network computes in; weights stay float32. bfloat16 and float16 are faster on graphics cards",
        choices=("float32", "bfloat16", "float16"),
    )
    deterministic: bool = key(
        False, "same weights to the last bit in each run of this configuration on one machine; slower on graphics cards"
    )
    model: ModelConfig = field(default_factory=ModelConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    crop: CropConfig = field(default_factory=CropConfig)
    validation: ValidationConfig = field(default_factory=ValidationConfig)
    export: ViewConfig = field(default_factory=ViewConfig)
    stream: StreamConfig = field(default_factory=StreamConfig)
    devices: DevicesConfig = field(default_factory=DevicesConfig)

    def check(self, prefix: str) -> None:
        """Refuses a run that could not learn, and what Model Garden has no way to do."""
        if set(self.freeze) == set(PARTS):
            raise UserError(f"{prefix}freeze names all parts ({', '.join(PARTS)}): nothing is left to train.")
        if self.mixture and self.dataset == "stream":
            raise UserError(f"{prefix}mixture takes the place of {prefix}dataset: give it, or {prefix}dataset=stream.")
        if self.precision == "float16" and self.optimizer.ema_decay > 0:
            raise UserError(
                f"{prefix}precision=float16 cannot average weights: set {prefix}optimizer.ema_decay=0, or use bfloat16."
            )
