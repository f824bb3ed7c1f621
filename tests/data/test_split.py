"""The laws of a split: groups stay whole, nothing moves when more is added, no part with a share stays empty."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.split import PARTS, assign

_groups = st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=30, unique=True)
_ratios = st.sampled_from(
    [(0.8, 0.2, 0.0), (0.6, 0.2, 0.2), (1.0, 0.0, 0.0), (0.0, 0.5, 0.5), (0.1, 0.1, 0.8), (0, 0, 1)]
)


@given(_groups, _ratios, st.integers(0, 99))
def test_every_part_with_a_share_gets_a_group_if_there_are_enough(
    groups: list[str], ratios: tuple[float, ...], seed: int
) -> None:
    parts = Counter(assign(groups, ratios, seed).values())
    wanted = {part for part, ratio in zip(PARTS, ratios, strict=True) if ratio}
    assert set(parts) <= wanted
    assert len(parts) == min(len(wanted), len(groups))
    assert sum(parts.values()) == len(groups)


@given(_groups, st.integers(0, 99))
def test_the_order_of_pictures_does_not_matter(groups: list[str], seed: int) -> None:
    assert assign(groups, (0.6, 0.2, 0.2), seed) == assign([*reversed(groups), *groups], (0.6, 0.2, 0.2), seed)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_added_later_moves_nothing(seed: int) -> None:
    before = assign([f"book {i}" for i in range(40)], (0.6, 0.2, 0.2), seed)
    after = assign([f"book {i}" for i in range(400)], (0.6, 0.2, 0.2), seed)
    assert before.items() <= after.items()


def test_shares_come_out_on_average_and_the_seed_matters() -> None:
    groups = [f"book {i}" for i in range(5000)]
    first, second = (assign(groups, (0.7, 0.2, 0.1), seed) for seed in (0, 1))
    counts = Counter(first.values())
    assert [counts[part] / 5000 for part in PARTS] == pytest.approx([0.7, 0.2, 0.1], abs=0.02)
    assert first != second


def test_two_groups_give_a_validation_set() -> None:
    for seed in range(20):
        assert sorted(assign(["a", "b"], (0.8, 0.2, 0), seed).values()) == ["train", "val"]
        assert assign(["a"], (1, 0, 0), seed) == {"a": "train"}
