"""Schema of `python -m data merge`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from omegaconf import MISSING

from conf.checks import key
from conf.errors import UserError
from conf.schema.preprocess import PreprocessConfig


@dataclass
class MergeConfig:
    """Every key of the verb."""

    sources: list[str] = key(MISSING, "what to merge: sets, COCO files, folders with Pascal VOC files, photos")
    out: str = key(
        "sets/merged", "folder of the result, new or from an earlier merge; gets train/, val/, test/, merge.json"
    )
    split: list[float] = key([0.8, 0.2, 0.0], "shares of train, val, test; they add up to 1", low=0, high=1)
    seed: int = key(0, "another seed, another division of the groups", low=0)
    classes: dict[str, str] = key({}, "classes to rename or unite, as {https: http, www: http}")
    unlabelled: str = key(
        "refuse",
        "pictures without annotations: refuse the source, take them as showing no links (empty), leave them out (skip)",
        choices=["refuse", "empty", "skip"],
    )
    shards: bool = key(True, "write TFRecord shards and label_map.pbtxt, which training reads")
    images_per_shard: int = key(500, "most pictures in one shard", low=1)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)

    def check(self, prefix: str) -> None:
        """Refuses shares that are not three or do not add up, and a merge of nothing."""
        if len(self.split) != 3 or not math.isclose(sum(self.split), 1, abs_tol=1e-6):
            raise UserError(f"{prefix}split={self.split} must be three shares, train, val and test, that add up to 1.")
        if not self.sources:
            raise UserError(f"{prefix}sources=[] names nothing; give at least one folder or COCO file.")
