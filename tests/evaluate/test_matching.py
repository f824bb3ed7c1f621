from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import Box
from evaluate.matching import MATCH_IOU, match, overlaps

boxes = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 6), st.integers(4, 12), st.integers(3, 6)).map(
        lambda box: (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
    ),
    max_size=4,
)


@given(boxes, boxes)
def test_no_other_pairing_has_a_greater_sum(truths: list[Box], found: list[Box]) -> None:
    iou, _ = overlaps(truths, found)
    best = 0.0
    padded = [*range(len(found)), *[None] * len(truths)]
    for order in set(permutations(padded, len(truths))):
        chosen = [iou[row, column] for row, column in enumerate(order) if column is not None]
        best = max(best, sum(value for value in chosen if value >= MATCH_IOU))
    matching = match(truths, [], found)
    assert sum(pair[2] for pair in matching.pairs) == pytest.approx(best)
    assert all(pair[2] >= MATCH_IOU for pair in matching.pairs)
    assert len(matching.pairs) + len(matching.missed) == len(truths)
    assert len(matching.pairs) + len(matching.spare) == len(found)


def test_intersection_over_union_by_hand() -> None:
    iou, inside = overlaps([(0, 0, 10, 10)], [(5, 0, 10, 10), (20, 0, 5, 5), (0, 0, 0, 0)])
    assert iou[0].tolist() == pytest.approx([50 / 150, 0, 0])
    assert inside[0].tolist() == pytest.approx([0.5, 0, 0])


def test_a_detection_in_an_ignored_region_is_no_false_alarm() -> None:
    ignored = [(100.0, 0.0, 200.0, 50.0)]
    matching = match([(0, 0, 40, 10)], ignored, [(0, 0, 40, 10), (120, 5, 40, 10), (90, 0, 18, 10), (400, 0, 40, 10)])
    assert [pair[:2] for pair in matching.pairs] == [(0, 0)]
    assert matching.spare == (2, 3)


def test_a_found_link_beside_an_ignored_region_stays_found() -> None:
    assert match([(0, 0, 40, 10)], [(0, 0, 400, 400)], [(0, 0, 40, 10)]).pairs == ((0, 0, 1.0),)
