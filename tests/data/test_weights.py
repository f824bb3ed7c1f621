"""Weights reach training: shards in which the sources alternate, or a folder of shards for each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf import UserError
from conf.schema.data_merge import MergeConfig
from data import write_dataset
from data.build import build, notes
from data.formats import tfrecord
from data.weights import interleaved, read_weights
from tests.data.pages import save_set


@given(st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(1, 40), st.integers(1, 99)), min_size=1))
def test_any_beginning_holds_the_shares_and_nothing_is_left_out(sources: dict[str, tuple[int, int]]) -> None:
    total = sum(weight for _, weight in sources.values())
    share = {name: weight / total for name, (_, weight) in sources.items()}
    images = {name: [f"{name}{i}" for i in range(count)] for name, (count, _) in sources.items()}
    found = list(interleaved(images, share))  # type: ignore[arg-type]
    assert set(found) == {one for of_source in images.values() for one in of_source}
    seen: Counter[str] = Counter()
    for number, one in enumerate(found, start=1):
        seen[str(one)[0]] += 1
        assert all(abs(seen[name] - share[name] * number) <= len(share) for name in share)
    repeats = Counter(found)
    for of_source in images.values():
        assert max(repeats[one] for one in of_source) - min(repeats[one] for one in of_source) <= 1  # type: ignore[index]


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    for seed, (name, count) in enumerate({"real": 6, "synth": 20}.items(), start=1):
        write_dataset(save_set(tmp_path / "raw" / name, count, groups=count, seed=100 * seed), tmp_path / name)
    return [str(tmp_path / "real"), str(tmp_path / "synth")]


def names(folder: Path) -> list[str]:
    shards = sorted(folder.rglob("*.tfrecord"))
    records = [tfrecord.deserialize(record) for shard in shards for record in tfrecord.records(shard)]
    return [record["image/source_id"][0].decode() for record in records]


def config(sources: list[str], out: Path, **changes: object) -> MergeConfig:
    weights = {"real": 3.0, "synth": 7.0}
    return MergeConfig(**{"sources": sources, "out": str(out), "weights": weights, "split": [1.0, 0, 0]} | changes)  # type: ignore[arg-type]


def test_each_source_has_its_folder_of_shards(sources: list[str], tmp_path: Path) -> None:
    told = notes(build(config(sources, tmp_path / "out")))
    assert told == ["Training draws its pages thus: 30 % from real (6 images), 70 % from synth (20 images)."]
    shards = tmp_path / "out/train/shards"
    assert read_weights(shards / "weights.json") == {"real": 0.3, "synth": 0.7}
    assert [len(names(shards / name)) for name in ("real", "synth")] == [6, 20]
    assert len(set(names(shards))) == 26
    info = json.loads((tmp_path / "out/train/annotations.json").read_text())["info"]
    assert info["weights"] == {"real": 0.3, "synth": 0.7}


def test_a_weight_that_counts_for_nothing_is_told(sources: list[str], tmp_path: Path) -> None:
    for folder in sources:  # each source one group, and one of the two goes to val
        write_dataset(save_set(tmp_path / "raw" / Path(folder).name, 4, groups=1, seed=10 * len(folder)), Path(folder))
    summary = build(config(sources, tmp_path / "out", split=[0.5, 0.5, 0], near_duplicates="ignore"))
    (name,) = summary["parts"]["train"]["images_by_source"]
    absent = {"real": "synth", "synth": "real"}[name]
    assert notes(summary) == [
        f"Training draws its pages thus: 100 % from {name} (4 images).",
        f"No picture of {absent} went into train: weights.{absent} counts for nothing.",
    ]


def test_mixed_shards_alternate(sources: list[str], tmp_path: Path) -> None:
    build(config(sources, tmp_path / "out", mix="shards", images_per_shard=10))
    shards = tmp_path / "out/train/shards"
    found = names(shards)
    # 20 pictures at a share of 0.7 make 29 records; real ones have the ids 1 to 6.
    assert len(found) == 29 and len(set(found)) == 26
    for start in range(0, 20, 10):
        assert sum(int(one) <= 6 for one in found[start : start + 10]) == 3


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"real": 1.0}, "weights says nothing of the source synth"),
        ({"photos": 1.0}, "weights.photos names no source; they are called: real, synth"),
        ({"real": 0.0, "synth": 1.0}, "weights.real=0 must be above 0"),
    ],
)
def test_weights_that_fit_no_source_are_refused(
    sources: list[str], tmp_path: Path, weights: dict[str, float], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        build(config(sources, tmp_path / "out", weights=weights))
    assert not (tmp_path / "out").exists()


def test_weights_of_absent_shards_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text('{"gone": 1}')
    with pytest.raises(UserError, match="has no shards; merge the sets again"):
        read_weights(tmp_path / "weights.json")
    (tmp_path / "weights.json").write_text('{"gone": "often"}')
    with pytest.raises(UserError, match="a number above 0"):
        read_weights(tmp_path / "weights.json")
