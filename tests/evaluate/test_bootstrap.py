"""Resamples and intervals: laws of the draws, and independent references for what comes out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluate import bootstrap
from evaluate.bootstrap import clusters, draws, interval
from evaluate.boxes import Floats
from evaluate.counts import COLUMNS, RATES, rates, resampled
from evaluate.measures import Undefined


def all_draws(cluster: np.ndarray, resamples: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.concatenate(list(draws(cluster, resamples)))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(1, 20))
def test_as_many_clusters_are_drawn_as_there_are(groups: list[int], resamples: int) -> None:
    cluster = clusters([str(group) for group in groups], "book")
    drawn = all_draws(cluster, resamples)
    assert drawn.shape == (resamples, len(groups))
    for number in range(cluster.max() + 1):
        assert (drawn[:, cluster == number] == drawn[:, cluster == number][:, :1]).all()  # a book goes as a whole
    once = [int(np.flatnonzero(cluster == number)[0]) for number in range(cluster.max() + 1)]
    assert (drawn[:, once].sum(axis=1) == cluster.max() + 1).all()


def test_pages_without_a_book_stand_alone() -> None:
    assert clusters(["a", None, "a", None, "b"], "book").tolist() == [0, 1, 0, 2, 3]
    assert clusters(["a", "a"], "page").tolist() == [0, 1]
    assert list(draws(clusters([], "page"), 10)) == []


def test_the_size_of_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = all_draws(np.arange(7), 20)
    monkeypatch.setattr(bootstrap, "_BLOCK", 21)
    blocks = list(draws(np.arange(7), 20))
    assert [len(block) for block in blocks] == [3] * 6 + [2]
    np.testing.assert_array_equal(np.concatenate(blocks), whole)


def test_the_interval_of_a_rate_is_that_of_scipy() -> None:
    """A share over pages of different size, against scipy's own percentile bootstrap."""
    rng = np.random.default_rng(3)
    links = rng.integers(1, 6, 120)
    right = rng.binomial(links, 0.7)
    table = np.zeros((120, len(COLUMNS)))
    table[:, COLUMNS.index("links")], table[:, COLUMNS.index("exact")] = links, right
    name = "end_to_end.normalised.recall"
    own = interval(resampled(table, all_draws(np.arange(120), 4000))[name], 0.95)

    def share(right: Floats, links: Floats, axis: int) -> Floats:
        return np.asarray(right.sum(axis=axis) / links.sum(axis=axis))

    theirs = stats.bootstrap(
        (right, links), share, paired=True, vectorized=True, n_resamples=4000, method="percentile", rng=5
    ).confidence_interval
    assert own == pytest.approx((theirs.low, theirs.high), abs=0.006)
    assert rates(table)[name] == pytest.approx(right.sum() / links.sum())


def test_books_that_differ_make_the_interval_wider() -> None:
    table = np.zeros((100, len(COLUMNS)))
    table[:, COLUMNS.index("links")] = 1
    table[:50, COLUMNS.index("exact")] = 1  # five books all right, five all wrong
    groups = [str(page // 10) for page in range(100)]
    widths = {}
    for kind in ("page", "book"):
        low, high = interval(
            resampled(table, all_draws(clusters(groups, kind), 1000))["end_to_end.normalised.recall"], 0.95
        ) or (0.0, 0.0)
        widths[kind] = high - low
    assert widths["book"] > 2.5 * widths["page"]


@given(st.lists(st.integers(0, 9), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_a_rate_is_the_same_shown_and_resampled(row: list[int]) -> None:
    """On the resample that draws every page once."""
    table = np.array([row, row[::-1]], float)
    shown, drawn = rates(table), resampled(table, np.ones((1, 2)))
    assert shown.keys() == drawn.keys() == RATES.keys()
    for name, value in shown.items():
        assert np.isnan(drawn[name][0]) if isinstance(value, Undefined) else drawn[name][0] == pytest.approx(value)


def test_a_number_that_most_resamples_leave_undefined_has_no_interval() -> None:
    assert interval(np.array([1.0, np.nan, np.nan, np.nan]), 0.95) is None
    assert interval(np.array([]), 0.95) is None
    assert interval(np.array([0.0, 1.0, np.nan]), 0.9) == pytest.approx((0.05, 0.95))
