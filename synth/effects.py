"""Photometric effects of albumentations, by their names: what the camera has no key of its own for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from conf.schema.effects import transform
from synth.chance import Chance
from synth.scene import Effect

Pixels = npt.NDArray[np.uint8]


def choose(config: Sequence[Mapping[str, Any]], chance: Chance) -> tuple[Effect, ...]:
    """Those effects that a picture gets, each in the share `p` of pictures (0.5 where it says none)."""
    chosen = []
    for effect in config:
        happens, seed = chance.share(effect.get("p", 0.5)), chance.seed()
        if happens:
            arguments = {name: value for name, value in effect.items() if name not in ("name", "p")}
            chosen.append(Effect(effect["name"], arguments, seed))
    return tuple(chosen)


def apply(picture: Pixels, effects: Sequence[Effect]) -> Pixels:
    """The picture, uint8 BGR (height, width, 3), after the effects, in their order."""
    for effect in effects:
        made = transform(effect.name, effect.arguments)
        made.set_random_seed(effect.seed)
        # albumentations counts channels from red.
        done = made(image=np.ascontiguousarray(picture[..., ::-1]))["image"]
        picture = np.ascontiguousarray(done[..., ::-1])
    return picture
