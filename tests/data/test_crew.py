"""Work over the cores: in order, only a little ahead, and alone where it is little."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest

from data import crew
from data.crew import in_order


def _who(number: int) -> tuple[int, int]:
    return number, os.getpid()


def test_results_come_in_order_from_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "ALONE_S", 0.0)
    results = list(in_order(_who, range(200), 2))
    assert [number for number, _ in results] == list(range(200))
    assert os.getpid() == results[0][1] and os.getpid() not in {process for _, process in results[1:]}


def test_little_work_is_done_alone() -> None:
    assert {process for _, process in in_order(_who, range(50), 8)} == {os.getpid()}


def test_items_are_asked_for_only_a_little_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "ALONE_S", 0.0)
    asked = []

    def items() -> Iterator[int]:
        for number in range(5000):
            asked.append(number)
            yield number

    results = in_order(_who, items(), 2)
    assert isinstance(results, Generator)
    for _ in range(10):
        next(results)
    assert len(asked) < 200
    results.close()
