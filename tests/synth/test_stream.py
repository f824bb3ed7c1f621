"""Pages without files are the pages of the set, in order, however many processes render them."""

from __future__ import annotations

import multiprocessing
from itertools import islice

import numpy as np
import pytest

import synth
from conf import UserError
from synth.pipeline import render
from tests.synth.conftest import Compose
from tests.synth.sets import TINY


@pytest.mark.parametrize("workers", [1, 2])
def test_the_stream_is_the_set_in_its_order(composed: Compose, workers: int) -> None:
    config = composed(*TINY, "link=dense", "seed=2")
    samples = list(synth.stream(config, start=3, count=10, workers=workers))
    assert [sample.recipe.index for sample in samples] == list(range(3, 13))
    for sample in samples[::4]:
        alone = render(config, sample.recipe.index)
        assert (sample.jpeg, sample.links, sample.recipe) == (alone.jpeg, alone.links, alone.recipe)
        assert sample.image.shape == (128, 128, 3) and sample.image.dtype == np.uint8


def test_an_endless_stream_ends_with_its_consumer(composed: Compose) -> None:
    seen = [sample.recipe.index for sample in islice(synth.stream(composed(*TINY)), 3)]
    assert seen == [0, 1, 2]
    for sample in synth.stream(composed(*TINY), workers=2):
        if sample.recipe.index == 5:
            break
    del sample
    assert not multiprocessing.active_children()


def test_no_pages_are_no_pages(composed: Compose) -> None:
    assert list(synth.stream(composed(), count=0)) == list(synth.stream(composed(), count=0, workers=2)) == []


def test_arguments_out_of_range_are_refused_at_once(composed: Compose) -> None:
    with pytest.raises(UserError, match=r"stream\(start=-1, count=None, workers=1\)"):
        synth.stream(composed(), start=-1)
    with pytest.raises(UserError, match=r"font\.folder=no/such is no folder"):
        synth.stream(composed("font.folder=no/such"))
