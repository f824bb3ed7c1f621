"""Chance is what NumPy's SeedSequence makes of seed, page and part."""

from __future__ import annotations

import random

import numpy as np
import pytest

from synth.chance import Chance


@pytest.mark.parametrize(("seed", "index"), [(0, 0), (7, 122), (2**32 - 1, 2**32 - 1), (2**32, 1), (5, 2**40)])
def test_a_stream_is_that_of_its_spawn_key(seed: int, index: int) -> None:
    for part in ("", "camera", "photograph marks"):
        sequence = np.random.SeedSequence(seed, spawn_key=(index, *part.encode()))
        expected = random.Random(int.from_bytes(sequence.generate_state(8).tobytes(), "little")).random()
        assert Chance(seed, index, part).between((0.0, 1.0)) == expected
