"""Somebody's own three classes pass through everything between import and shards as they are."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from conf.schema.data_merge import MergeConfig
from data import read_dataset
from data.build import build
from data.formats import tfrecord
from tests.data.conftest import Run
from tests.data.test_balance import KINDS, faces


def test_three_classes_stay_three(run: Run, tmp_path: Path) -> None:
    source = faces(tmp_path)
    content = json.loads((source / "annotations.json").read_text())
    content["licenses"] = [{"id": 7, "name": "CC BY 4.0"}]
    for entry in content["images"]:
        entry["license"] = 7
    for entry in content["categories"]:
        entry["supercategory"] = "face"
    (source / "annotations.json").write_text(json.dumps(content))
    for arguments in (
        ("balance", f"source={source}", f"out={tmp_path}/even", "most_copies=20"),
        ("augment", f"source={tmp_path}/even", f"out={tmp_path}/more", "workers=1"),
        ("stats", f"sources=[{tmp_path}/more,{source}]", f"out={tmp_path}/stats.html"),
        ("show", f"source={tmp_path}/more", f"out={tmp_path}/sheet.png"),
    ):
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
    assert "with 33 %" in run("stats", f"sources=[{tmp_path}/more]", "pixels=0").stdout
    build(MergeConfig(sources=[str(tmp_path / "more")], out=str(tmp_path / "out"), split=[0.5, 0.25, 0.25]))
    seen: Counter[str] = Counter()
    for part in ("train", "val", "test"):
        folder = tmp_path / "out" / part
        dataset = read_dataset(folder)
        assert dataset.categories == KINDS
        assert dataset.extra["categories"] == {kind: {"supercategory": "face"} for kind in KINDS}
        assert [licence["name"] for licence in dataset.licenses] == ["CC BY 4.0"]
        assert {image.extra["license"] for image in dataset.images} == {dataset.licenses[0]["id"]}
        links = [one for image in dataset.images for one in image.links]
        assert all("score" in one.extra and one.text is None for one in links)
        seen.update(one.category for one in links if not one.ignore)
        # Each part shows each class, though one of them lies in a single group but for its copies.
        labels = [
            number
            for shard in sorted((folder / "shards").glob("*.tfrecord"))
            for record in tfrecord.records(shard)
            for number in tfrecord.deserialize(record)["image/object/class/label"]
        ]
        assert Counter(labels) == Counter(KINDS.index(one.category) + 1 for one in links)
        names = [line for line in (folder / "label_map.pbtxt").read_text().splitlines() if "name" in line]
        assert names == [f"  name: '{kind}'" for kind in KINDS]
    assert max(seen.values()) <= 16 and min(seen.values()) >= 14


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_in_few_groups_reaches_every_part_that_it_can(tmp_path: Path, kind: str) -> None:
    build(MergeConfig(sources=[str(faces(tmp_path))], out=str(tmp_path / "out"), split=[0.6, 0.4, 0.0], shards=False))
    parts = [read_dataset(tmp_path / "out" / part) for part in ("train", "val")]
    having = [any(one.category == kind for image in part.images for one in image.links) for part in parts]
    assert sum(having) == (1 if kind == "wrong" else 2)
