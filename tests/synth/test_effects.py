"""Effects of albumentations change light, never places; those that would are refused."""

from __future__ import annotations

import numpy as np
import pytest

from conf import UserError
from synth import effects
from synth.pipeline import render
from synth.scene import Effect
from tests.synth.conftest import Compose


def test_an_effect_changes_the_picture_and_not_the_truth(composed: Compose) -> None:
    toned = composed("camera.effects=[{name: RandomToneCurve, scale: 0.3, p: 1}]", "link=dense")
    plain, changed = render(composed("link=dense"), 2), render(toned, 2)
    assert np.abs(plain.image.astype(int) - changed.image).mean() > 1
    assert [link.bbox for link in plain.links] == [link.bbox for link in changed.links]
    assert changed.recipe.camera.effects[0].name == "RandomToneCurve"


def test_the_same_seed_gives_the_same_effect() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    noisy = [effects.apply(picture, [Effect("ISONoise", {}, seed)]) for seed in (1, 1, 2)]
    assert (noisy[0] == noisy[1]).all() and (noisy[0] != noisy[2]).any()


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        ("{name: Rotate}", "no photometric transform"),
        ("{name: NoSuchThing}", "NoSuchThing"),
        ("{p: 1}", "without a name"),
        ("{name: CLAHE, p: 2}", "share from 0 to 1"),
        ("{name: CLAHE, clip_limit: [5, 2, 1]}", r"CLAHE does not take clip_limit=\[5, 2, 1\]: tuple should have"),
        (
            "{name: RandomToneCurve, scales: 3}",
            r"scales; did you mean scale\? It takes scale, per_channel, p",
        ),
        ("{name: RandomToneCurve, strenght: 3}", "no argument strenght; it takes scale, per_channel, p"),
        ("{name: RandomToneCurve, scale: 3}", "scale=3: input should be less than or equal to 1"),
        ("{name: RandomTonCurve}", "Did you mean RandomToneCurve"),
        ("{name: ImageOnlyTransform}", "no photometric transform"),
        ("{name: FDA}", "FDA requires"),
        ("{name: TextImage}", "TextImage needs font_path"),
        ("{name: ToFloat}", "ToFloat gives no picture of 8 bits"),
    ],
)
def test_what_cannot_be_an_effect_is_refused_in_a_sentence(composed: Compose, effect: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        composed(f"camera.effects=[{effect}]")
    assert "\n" not in str(refused.value) and "pydantic" not in str(refused.value)
