"""The laws of a split: groups stay whole, nothing moves when more is added, no part with a share stays empty."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import Image, LinkAnnotation
from data.split import PARTS, assign, traits_of

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


def books(count: int, traits: str = "") -> dict[str, set[str]]:
    return {f"{traits} book {i}": {f"scheme {one}" for one in traits.split()} for i in range(count)}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_rare_reaches_every_part(seed: int) -> None:
    groups = books(60, "https") | books(6, "https ftp") | books(5, "www") | books(1, "tcp")
    parts = assign(groups, (0.6, 0.2, 0.2), seed, groups)
    for trait in ("scheme https", "scheme ftp", "scheme www"):
        assert {parts[group] for group, shown in groups.items() if trait in shown} == set(PARTS), trait
    plain = assign(groups, (0.6, 0.2, 0.2), seed)
    assert sum(parts[group] != plain[group] for group in groups) <= 6


@pytest.mark.parametrize("seed", range(8))
def test_what_is_added_later_moves_only_what_was_moved_for_want_of_others(seed: int) -> None:
    few = books(40, "https") | books(6, "ftp")
    many = few | books(400, "https") | books(90, "ftp")
    before, after = (assign(groups, (0.6, 0.2, 0.2), seed, groups) for groups in (few, many))
    plain = assign(few, (0.6, 0.2, 0.2), seed)
    assert all(before[group] == after[group] for group in few if before[group] == plain[group])


@given(
    st.dictionaries(st.text(min_size=1, max_size=4), st.sets(st.sampled_from("abcde")), min_size=1), st.integers(0, 9)
)
def test_traits_leave_no_part_empty_and_take_nothing_away(groups: dict[str, set[str]], seed: int) -> None:
    ratios = (0.6, 0.2, 0.2)
    plain, found = assign(groups, ratios, seed), assign(groups, ratios, seed, groups)
    assert len(set(found.values())) == len(set(plain.values())) == min(3, len(groups))
    for trait in "abcde":
        having = [group for group, shown in groups.items() if trait in shown]
        assert {found[group] for group in having} >= {plain[group] for group in having}


def test_a_picture_shows_schemes_sizes_and_classes() -> None:
    links = (
        LinkAnnotation((0, 0, 9, 9), "mask", attributes={"x_height_px": 7.0}),
        LinkAnnotation((0, 0, 9, 9), text="HTTPS://a.b", attributes={"x_height_px": 30}),
        LinkAnnotation((0, 0, 9, 9), text="ftp://a.b", ignore=True),
    )
    image = Image(Path("a.png"), 99, 99, links)
    assert traits_of(image) == {"class mask", "class http", "scheme https", "x-height 6 to 8", "x-height 20 and more"}
    assert traits_of(Image(Path("a.png"), 99, 99)) == {"no link"}
