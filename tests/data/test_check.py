"""Check: a sound set passes, and each thing that can be wrong with one is named where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conf import UserError
from data import write_dataset
from data.check import check
from data.formats import tfrecord
from tests.data.conftest import Run
from tests.data.pages import ROTATED, save_picture, save_set

Content = dict[str, Any]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Three pictures, links on the first and the third; shards, label map and recipes."""
    dataset = save_set(tmp_path / "raw")
    folder = tmp_path / "set"
    write_dataset(dataset, folder)
    tfrecord.write_shards(dataset, folder / "shards", images_per_shard=2)
    tfrecord.write_label_map(dataset.categories, folder / "label_map.pbtxt")
    recipes = [json.dumps({"image_id": number, "seed": 7}) for number in (1, 2, 3)]
    (folder / "recipes.jsonl").write_text("\n".join(recipes))
    return folder


def test_a_sound_set_has_no_faults(sound: Path) -> None:
    assert list(check(sound, 1)) == []


ENTRIES: list[tuple[Callable[[Content], object], str]] = [
    (lambda c: c.pop("images"), r"annotations.json: images is missing"),
    (lambda c: c["images"][0].pop("source"), r"images\[0\]: source is missing"),
    (lambda c: c["images"][0].pop("width"), r"images\[0\]: width is missing; it must be a whole number"),
    (lambda c: c["images"][0].update(width=81), r"images\[0\]: size says 81 × 60 pixels, but .*000000.jpg has 80 × 60"),
    (lambda c: c["images"][1].update(id=1), r"images\[1\]: id=1 is used twice"),
    (lambda c: c["images"][0].update(file_name="a.jpg"), r"images\[0\]: file_name names .*a.jpg, which does not exist"),
    (
        lambda c: c["images"][0].update(file_name="000000.jpg"),
        r"images\[0\]: file_name='000000.jpg' must be the path from the set's folder to .*images/00/000000.jpg",
    ),
    (lambda c: c["images"][0].update(file_name="../raw/p0.jpg"), r"file_name='../raw/p0.jpg' leads out of"),
    (
        lambda c: c["images"][0].update(file_name=c["images"][1]["file_name"]),
        r"images\[1\]: file_name names the picture of images\[0\] again",
    ),
    (lambda c: c["annotations"][0].pop("segmentation"), r"annotations\[0\]: segmentation is missing"),
    (lambda c: c["annotations"][0].pop("attributes"), r"annotations\[0\]: attributes is missing"),
    (lambda c: c["annotations"][0].pop("area"), r"annotations\[0\]: area is missing"),
    (lambda c: c["annotations"][0].pop("iscrowd"), r"annotations\[0\]: iscrowd is missing"),
    (lambda c: c["annotations"][0].update(id=0), r"annotations\[0\]: id=0 is overlooked"),
    (lambda c: c["annotations"][1].update(id=1), r"annotations\[1\]: id=1 is used twice"),
    (lambda c: c["annotations"][0].update(image_id=9), r"annotations\[0\]: image_id=9 is not the id of any image"),
    (lambda c: c["annotations"][0].update(category_id=4), r"annotations\[0\]: category_id=4 is not the id of any"),
    (lambda c: c["annotations"][0].update(bbox=[30, 28, -20, -8]), r"annotations\[0\]: bbox=.* has swapped corners"),
    (lambda c: c["annotations"][0].update(bbox=[70, 20, 15, 8]), r"bbox reaches out of the picture of 80 × 60"),
    (
        lambda c: c["annotations"][0].update(segmentation=[[1, 1, 9, 1, 9, 9, 1, 9]]),
        r"segmentation is not the outline of bbox",
    ),
    (
        lambda c: c["annotations"][0].update(segmentation=[[10, 20, 30, 20, 30, 28.5]]),
        r"segmentation must have four points or more",
    ),
    (lambda c: c["annotations"][0].update(link_bbox=[15, 20, 45, 9]), r"bbox reaches out of link_bbox"),
    (lambda c: c["annotations"][0]["segments"].reverse(), r"link_bbox is not the first of segments"),
    (lambda c: c["categories"][0].update(id=0), r"categories\[0\]: id=0 is the background"),
    (lambda c: c["categories"].append({"id": 2, "name": "http"}), r"categories\[1\]: name='http' is used twice"),
]


@pytest.mark.parametrize(("change", "sentence"), ENTRIES)
def test_faulty_entries(sound: Path, change: Callable[[Content], object], sentence: str) -> None:
    file = sound / "annotations.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
    _is_told(sound, sentence)


def _is_told(folder: Path, sentence: str) -> None:

    faults = list(check(folder, 1))
    assert any(re.search(sentence, fault) for fault in faults), faults
    assert len(set(faults)) == len(faults)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:600])


def _as_one_shard(folder: Path) -> None:
    (folder / "shards/00001-of-00002.tfrecord").unlink()


FILES: list[tuple[Callable[[Path], object], str]] = [
    (lambda f: _cut(f / "images/00/000001.jpg"), r"000001.jpg cannot be read whole"),
    (
        lambda f: save_picture(f / "images/00/000001.jpg", (60, 80), orientation=ROTATED),
        r"images\[1\]: .*000001.jpg is turned by EXIF",
    ),
    (_as_one_shard, r"shards must hold the shards 00000-of-00001.tfrecord .*, and holds 00000-of-00002.tfrecord"),
    (_as_one_shard, r"shards lacks 1 of 3 images; the first is image 3"),
    (lambda f: _cut(f / "shards/00000-of-00002.tfrecord"), r"00000-of-00002.tfrecord record 0 is damaged"),
    (
        lambda f: tfrecord.write_shards(save_set(f.parent / "raw", 4), f / "shards"),
        r"record 3: image/source_id='4' is not the id of any image",
    ),
    (
        lambda f: tfrecord.write_label_map(["www"], f / "label_map.pbtxt"),
        r"label_map.pbtxt says \{1: 'www'\}, but the categories are \{1: 'http'\}",
    ),
    (lambda f: (f / "label_map.pbtxt").unlink(), r"label_map.pbtxt does not exist"),
    (
        lambda f: (f / "recipes.jsonl").write_text('{"image_id": 9}'),
        r"recipes.jsonl line 1 has image_id=9, which is not",
    ),
    (lambda f: (f / "recipes.jsonl").write_text("{"), r"recipes.jsonl line 1 is not JSON"),
    (
        lambda f: (f / "recipes.jsonl").write_text('{"image_id": 1}\n{"image_id": 1}'),
        r"recipes.jsonl line 2 is a second recipe of image 1; the first is line 1",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), FILES)
def test_faulty_files(sound: Path, change: Callable[[Path], object], sentence: str) -> None:
    change(sound)
    _is_told(sound, sentence)


def test_shards_with_fewer_boxes(sound: Path) -> None:
    file = sound / "annotations.json"
    content = json.loads(file.read_text())
    content["annotations"].append({**content["annotations"][0], "id": 3})
    file.write_text(json.dumps(content))
    _is_told(sound, r"00000-of-00002.tfrecord record 0 has 1 boxes, but image 1 has 2 annotations")


def test_the_status_tells_whether_anything_is_wrong(run: Run, sound: Path) -> None:
    done = run("check", f"source={sound}")
    assert (done.returncode, done.stdout) == (0, f"{sound}: no faults\n")
    (sound / "recipes.jsonl").write_text("{\n[]\n")
    done = run("check", f"source={sound}", "lines=1")
    first, rest, last = done.stdout.splitlines()
    assert (done.returncode, rest, last) == (1, "and 1 more; lines=2 prints all.", f"{sound}: 2 faults")
    assert "recipes.jsonl line 1" in first


def test_what_is_no_set(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no annotations.json, so it is no set; python -m data import makes one"):
        list(check(tmp_path))
    with pytest.raises(UserError, match=r"nowhere does not exist\.$"):
        list(check(tmp_path / "nowhere"))


def test_copies_need_no_recipe(run: Run, sound: Path) -> None:
    file = sound / "annotations.json"
    content = json.loads(file.read_text())
    content["images"] = [{**entry, "source": "synth"} for entry in content["images"]]
    file.write_text(json.dumps(content))
    assert list(check(sound, 1)) == []
    even, merged = sound.with_name("even"), sound.with_name("merged")
    run("balance", f"source={sound}", "target=4", f"out={even}")
    run("merge", f"sources=[{even}]", "split=[1,0,0]", f"out={merged}")
    assert list(check(even, 1)) == list(check(merged, 1)) == []
    lines = (even / "recipes.jsonl").read_text().splitlines()
    (even / "recipes.jsonl").write_text("\n".join(lines[1:]))
    _is_told(even, r"recipes.jsonl has no recipe of 1 synthetic images; the first is image 1")


def test_parts_of_a_divided_set_share_no_group_and_no_picture(tmp_path: Path) -> None:
    def divide(train: list[int], val: list[int]) -> None:
        for part, chosen in (("train", train), ("val", val)):
            images = tuple(replace(whole.images[place], id=None) for place in chosen)
            write_dataset(replace(whole, images=images), tmp_path / "parts" / part)

    whole = save_set(tmp_path / "raw", 4, groups=4)
    save_picture(tmp_path / "raw/p3.jpg", seed=0)  # what the first picture shows
    divide([0, 3, 1], [2])
    assert list(check(tmp_path / "parts", 1)) == []
    divide([0, 1], [2, 3])
    (fault,) = check(tmp_path / "parts", 1)
    assert re.search(r"train/images/00/000000.jpg and .*val/images/00/000001.jpg show nearly the same; they", fault)
    divide([0, 1], [2, 1])
    first, second = check(tmp_path / "parts", 1)
    assert first == "group book1 lies in train and in val; a group belongs to one part." and "nearly the same" in second
    (tmp_path / "parts/val/images/00/000000.jpg").unlink()
    assert [fault for fault in check(tmp_path / "parts", 1) if "does not exist" in fault]
