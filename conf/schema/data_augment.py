"""Schema of `python -m data augment`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from omegaconf import MISSING

from conf.checks import key
from conf.errors import UserError
from conf.schema import effects

_TURNS = 32
"""Draws of a transform that are looked at: one that mirrors every second time is found out for certain."""


@dataclass
class AugmentConfig:
    """Every key of the verb."""

    source: str = key(MISSING, "set, COCO file, or folder with Pascal VOC files")
    out: str = key(MISSING, "folder of the result: new, or from an earlier augmentation")
    transforms: list[Any] = key(
        [{"name": "Rotate", "limit": 4, "p": 0.7}, {"name": "RandomBrightnessContrast", "p": 0.7}],
        "transforms of albumentations by their names, with arguments and the share p of pictures that get it",
    )
    copies: int = key(1, "changed copies of each picture", low=1, high=1000)
    keep: bool = key(True, "the pictures as they are go into the result too")
    seed: int = key(0, "another seed, other changes", low=0)
    max_cut: float = key(
        0.25,
        "share of a prefix that may leave the picture; beyond, it is ignored in training and scoring",
        low=0,
        high=1,
    )
    workers: int | None = key(
        None, "processes; null: one a core. The bytes are the same for any number", low=1, high=512
    )

    def check(self, prefix: str) -> None:
        """Refuses transforms that do not exist, take other arguments, mirror text, or lose the truth."""
        if not self.transforms:
            raise UserError(
                f"{prefix}transforms=[] changes nothing; name a transform, as [{{name: Rotate, limit: 4}}]."
            )
        effects.check(self.transforms, f"{prefix}transforms", _attempt)


def _attempt(name: str, arguments: Mapping[str, Any], key: str) -> None:
    """Applies a transform to a picture with four points on it, some times, and looks where they went."""
    import numpy as np

    made = effects.transform(name, arguments, key, moving=True)
    import albumentations

    picture = np.full((1024, 1024, 3), 128, np.uint8)
    corners = np.array([(400, 480), (600, 480), (600, 540), (400, 540)], np.float32)
    points = albumentations.KeypointParams(format="xy", remove_invisible=False)
    for seed in range(_TURNS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                series = albumentations.Compose([made], keypoint_params=points)
                series.set_random_seed(seed)
                done = series(image=picture, keypoints=corners)
        except Exception as error:  # a crop larger than the picture has an error that derives from nothing else
            raise UserError(f"{key}: {name} {effects.reason(error, arguments)}.") from None
        if done["image"].dtype != np.uint8 or done["image"].ndim != 3 or len(done["keypoints"]) != len(corners):
            raise UserError(f"{key}: {name} loses the picture or the truth on it, so it cannot be used here.")
        if signed_area(done["keypoints"]) < 0:
            raise UserError(f"{key}: {name} mirrors the picture, and with it the text: no link is printed so.")
        if np.array_equal(done["image"], picture) and np.array_equal(done["keypoints"], corners) and seed > 3:
            return


def signed_area(points: Any) -> float:
    """Twice the area of a polygon; negative where its corners go round against the clock on the picture."""
    import numpy as np

    x, y = np.asarray(points, np.float64).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())
