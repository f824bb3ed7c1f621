"""Each page of the endless stream is found by its number."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from conf import UserError
from data.formats.tfrecord import frame
from train.order import PageOrder, evenly, places


def _shard(path: Path, contents: list[bytes]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(frame, contents)))
    return str(path)


@pytest.fixture
def shards(tmp_path: Path) -> list[str]:
    """Two shards with ten pages, which hold their own numbers."""
    return [
        _shard(tmp_path / "a.tfrecord", [str(n).encode() * (n + 1) for n in range(7)]),
        _shard(tmp_path / "b.tfrecord", [str(n).encode() * (n + 1) for n in range(7, 10)]),
    ]


def _read(order: PageOrder, numbers: range) -> list[int]:
    return [int(chr(order.place(number).read()[0])) for number in numbers]


def test_each_pass_gives_all_pages_once_in_an_order_of_its_own(shards: list[str]) -> None:
    order = PageOrder({"": shards}, {"": 1.0}, seed=4)
    passes = [_read(order, range(start, start + 10)) for start in range(0, 60, 10)]
    assert all(sorted(each) == list(range(10)) for each in passes)
    assert len({tuple(each) for each in passes}) == 6
    assert passes[0] != _read(PageOrder({"": shards}, {"": 1.0}, seed=5), range(10))


def test_a_page_does_not_depend_on_those_before_it(shards: list[str]) -> None:
    late = _read(PageOrder({"": shards}, {"": 1.0}, seed=4), range(10**6, 10**6 + 20))
    fresh = PageOrder({"": shards}, {"": 1.0}, seed=4)
    assert late == [_read(fresh, range(number, number + 1))[0] for number in range(10**6, 10**6 + 20)]
    assert str(fresh.place(10**6)).endswith(f".tfrecord record {late[0] % 7}")


def test_sources_come_in_the_shares_of_their_weights(shards: list[str]) -> None:
    order = PageOrder({"real": shards[:1], "synth": shards[1:]}, {"real": 0.2, "synth": 0.6}, seed=1)
    drawn = Counter(Path(order.place(number).shard).stem for number in range(4000))
    assert drawn == {"a": 1000, "b": 3000}
    few = Counter(Path(order.place(number).shard).stem for number in range(100))
    assert 10 < few["a"] < 40
    pages = Counter(order.place(number).record for number in range(4000) if order.place(number).shard == shards[1])
    assert set(pages.values()) == {1000}  # none again before all others


def test_some_of_many_are_taken_at_even_distances(shards: list[str]) -> None:
    """Sets that were merged lie one after the other: the first ones would be of one kind."""
    found = [place for shard in shards for place in places(shard)]
    assert evenly(found, 99) == found
    assert evenly(found, 4) == [found[0], found[2], found[5], found[7]]
    assert evenly([], 4) == []


def test_faults_are_named(tmp_path: Path, shards: list[str]) -> None:
    content = Path(shards[0]).read_bytes()
    Path(shards[0]).write_bytes(content[:-5])
    with pytest.raises(UserError, match="record 6 is damaged or cut short"):
        places(shards[0])
    Path(shards[0]).write_bytes(content[:13] + b"x" + content[14:])
    with pytest.raises(UserError, match="record 0 is damaged"):
        [place.read() for place in places(shards[0])]
    (tmp_path / "text.tfrecord").write_text("This is no TFRecord file, although its name says so.")
    with pytest.raises(UserError, match="record 0 is damaged"):
        places(str(tmp_path / "text.tfrecord"))
    with pytest.raises(UserError, match="The shards to learn from hold no page"):
        PageOrder({"": [_shard(tmp_path / "none.tfrecord", [])]}, {"": 1.0}, seed=1)
