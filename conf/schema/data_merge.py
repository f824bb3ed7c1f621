"""Schema of `python -m data merge`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from omegaconf import MISSING

from conf.checks import key
from conf.errors import UserError
from conf.schema.data_reading import faults, unlabelled
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
    unlabelled: str = unlabelled()
    faults: str = faults()
    near_duplicates: str = key(
        "unite",
        "groups that show nearly the same picture: put them together, so that no split parts them (unite), "
        "stop (refuse), or do not look (ignore)",
        choices=["unite", "refuse", "ignore"],
    )
    near_bits: int = key(
        32, "pictures are near whose perceptual hashes of 256 bits differ in at most so many", low=0, high=64
    )
    weights: dict[str, float] = key(
        {},
        "how often training draws from each source, by its folder's name, as {real: 0.3, synth: 0.7}; "
        "empty: by the number of its pictures",
        low=0,
    )
    mix: str = key(
        "inputs",
        "how weights reach training: a folder of shards for each source, mixed as they are read (inputs), or shards "
        "in which the sources alternate, short ones repeated (shards)",
        choices=["inputs", "shards"],
    )
    shards: bool = key(True, "write TFRecord shards and label_map.pbtxt, which training reads")
    images_per_shard: int = key(500, "most pictures in one shard", low=1)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)

    def check(self, prefix: str) -> None:
        """Refuses shares that are not three or do not add up, and a merge of nothing."""
        if len(self.split) != 3 or not math.isclose(sum(self.split), 1, abs_tol=1e-6):
            raise UserError(f"{prefix}split={self.split} must be three shares, train, val and test, that add up to 1.")
        if self.weights and not self.shards:
            raise UserError(f"{prefix}weights are told to training by its shards; leave {prefix}shards=true.")
        if not self.sources:
            raise UserError(f"{prefix}sources=[] names nothing; give at least one folder or COCO file.")
