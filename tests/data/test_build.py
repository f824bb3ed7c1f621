"""The merge verb from sources to folders: what goes in comes out, once, whole, and is not made again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conf import UserError
from conf.schema.data_merge import MergeConfig
from conf.schema.preprocess import PreprocessConfig
from data import Dataset, read_dataset, write_dataset
from data.build import build, notes
from data.formats import tfrecord
from data.split import PARTS
from tests.data.pages import link, save_picture, save_set
from tests.data.test_voc import labelled


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    """Two sets of the same folder name with the same group names, and a folder labelled with LabelImg."""
    for seed, place in ((100, "one/set"), (200, "two/set")):
        dataset = save_set(tmp_path / "raw" / place, 12, groups=6, seed=seed)
        licence = {"id": 5, "name": place}
        images = tuple(replace(image, extra={"license": 5}) for image in dataset.images)
        write_dataset(replace(dataset, images=images, licenses=(licence,)), tmp_path / place)
    recipes = [json.dumps({"image_id": number, "font": f"f{number}"}) for number in range(1, 13)]
    (tmp_path / "two/set/recipes.jsonl").write_text("\n".join(recipes) + "\n")
    save_picture(tmp_path / "voc/a.jpg")
    labelled(tmp_path / "voc")
    return [str(tmp_path / name) for name in ("one/set", "two/set", "voc")]


def config(sources: list[str], out: Path, **changes: Any) -> MergeConfig:
    return MergeConfig(**{"sources": sources, "out": str(out), "split": [0.6, 0.2, 0.2]} | changes)


def parts(out: Path) -> dict[str, Dataset]:
    return {part: read_dataset(out / part) for part in PARTS if (out / part).exists()}


def test_everything_comes_out_once_and_groups_stay_whole(sources: list[str], tmp_path: Path) -> None:
    summary = build(config(sources, tmp_path / "out"))
    found = parts(tmp_path / "out")
    images = [image for dataset in found.values() for image in dataset.images]
    origins = {(image.extra["origin"]["set"], image.extra["origin"]["file_name"]) for image in images}
    assert len(images) == len(origins) == 25
    assert {name for name, _ in origins} == {"set", "set-2", "voc"}
    groups = [{image.group for image in dataset.images} for dataset in found.values()]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 13
    assert {"set/book1", "set-2/book1", "voc/a.jpg"} <= set.union(*groups)
    for part, dataset in found.items():
        assert summary["parts"][part]["links"] == dataset.links
        shards = sorted((tmp_path / "out" / part / "shards").iterdir())
        records = [tfrecord.deserialize(record) for path in shards for record in tfrecord.records(path)]
        assert [one["image/source_id"][0] for one in records] == [str(image.id).encode() for image in dataset.images]
    assert json.loads((tmp_path / "out/merge.json").read_text()) == summary


def test_licences_and_recipes_follow_their_pictures(sources: list[str], tmp_path: Path) -> None:
    build(config(sources, tmp_path / "out"))
    seen = 0
    for part, dataset in parts(tmp_path / "out").items():
        names = {licence["id"]: licence["name"] for licence in dataset.licenses}
        by_id = {image.id: image for image in dataset.images}
        for image in dataset.images:
            if image.extra["origin"]["set"] != "voc":
                place = {"set": "one/set", "set-2": "two/set"}[image.extra["origin"]["set"]]
                assert names[image.extra["license"]] == place
        file = tmp_path / "out" / part / "recipes.jsonl"
        for line in file.read_text().splitlines() if file.exists() else []:
            recipe = json.loads(line)
            assert (
                by_id[recipe["image_id"]].extra["origin"].items()
                >= {"set": "set-2", "id": int(recipe["font"][1:])}.items()
            )
            seen += 1
    assert seen == 12


def stamps(out: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != "merge.json"}


def test_a_finished_merge_is_not_made_again_and_a_killed_one_goes_on(sources: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(config(sources, out))
    before = stamps(out)
    build(config(sources, out))
    assert stamps(out) == before
    # As after a kill: one part half-written beside its place, never finished.
    (out / "train").rename(out / ".train.part")
    (out / ".train.part/annotations.json").unlink()
    build(config(sources, out))
    after = stamps(out)
    assert after.keys() == before.keys()
    assert {path for path in after if after[path] != before[path]} == {p for p in before if out / "train" in p.parents}


@pytest.mark.parametrize("changed", ["seed", "picture", "annotation"])
def test_what_changed_is_made_again(sources: list[str], tmp_path: Path, changed: str) -> None:
    out = tmp_path / "out"
    build(config(sources, out))
    before = stamps(out)
    if changed == "picture":
        save_picture(Path(sources[0]) / "images/00/000003.jpg", seed=99)
    if changed == "annotation":
        file = Path(sources[0]) / "annotations.json"
        file.write_text(file.read_text().replace("example.org", "example.com"))
    build(config(sources, out, seed=1 if changed == "seed" else 0))
    assert not stamps(out).items() & before.items()


def test_a_part_without_a_share_goes(sources: list[str], tmp_path: Path) -> None:
    build(config(sources, tmp_path / "out"))
    build(config(sources, tmp_path / "out", split=[0.5, 0.5, 0.0]))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["merge.json", "train", "val"]


def test_preprocessing_reaches_pictures_truth_and_shards(sources: list[str], tmp_path: Path) -> None:
    grey = PreprocessConfig(crop="square", color=0)
    build(config(sources, tmp_path / "out", preprocess=grey, split=[1.0, 0.0, 0.0]))
    dataset = read_dataset(tmp_path / "out/train")
    assert {(image.width, image.height) for image in dataset.images} == {(60, 60)}
    # The set's link starts where the crop does; the whole link ran over the crop's edge.
    assert dataset.images[0].links[0].bbox == (0.0, 20.0, 20.0, 8.5)
    record = next(tfrecord.records(tmp_path / "out/train/shards/00000-of-00001.tfrecord"))
    assert tfrecord.deserialize(record)["image/object/bbox/xmax"] == pytest.approx([1 / 3])


def test_classes_are_renamed_and_united(tmp_path: Path) -> None:
    for seed, (name, category) in enumerate((("a", "https"), ("b", "www"), ("c", "http")), start=1):
        dataset = save_set(tmp_path / "raw" / name, 2, seed=10 * seed)
        links = (replace(link(), category=category),)
        images = tuple(replace(image, links=links) for image in dataset.images)
        write_dataset(replace(dataset, images=images, categories=(category,)), tmp_path / name)
    save_picture(tmp_path / "empty/x.jpg")
    given = [str(tmp_path / name) for name in ("empty", "a", "b", "c")]
    build(config(given, tmp_path / "out", classes={"https": "http"}, split=[1.0, 0.0, 0.0], unlabelled="empty"))
    dataset = read_dataset(tmp_path / "out/train")
    assert dataset.categories == ("http", "www")
    assert [one.category for image in dataset.images for one in image.links] == ["http"] * 2 + ["www"] * 2 + [
        "http"
    ] * 2
    with pytest.raises(UserError, match=r"classes.ftp is not a class of any source; there are: http, https, www"):
        build(config(given, tmp_path / "out", classes={"ftp": "http"}, unlabelled="empty"))


def test_faults_are_named_and_nothing_is_written(sources: list[str], tmp_path: Path) -> None:
    save_picture(tmp_path / "photos/x.jpg")
    save_picture(tmp_path / "faulty/a.jpg")
    faulty = str(labelled(tmp_path / "faulty", xmin=9, xmax=9))
    broken = Path(sources[0]) / "images/00/000003.jpg"
    broken.write_bytes(broken.read_bytes()[:500])
    out = tmp_path / "out"
    for given, place, sentence in (
        ([*sources, sources[0]], out, r"sources names .*one/set twice"),
        ([str(tmp_path / "photos")], out, r"x.jpg has no annotations; give unlabelled=empty"),
        (sources, Path(sources[0]) / "merged", r"lies in the source"),
        (sources, tmp_path, r"is where .*000000.jpg is read from"),
        (sources[2:], tmp_path / "one", r"holds something else \(set\)"),
        ([sources[0]], out, r"000003.jpg cannot be read whole"),
        ([faulty], out, r"xmin=9, xmax=9.* `python -m data import source=.*faulty out=FOLDER` makes a set of it"),
    ):
        with pytest.raises(UserError, match=sentence):
            build(config(given, place, split=[1.0, 0.0, 0.0]))
    assert not out.exists() or not any(out.iterdir())


def test_faulty_sources_are_repaired_on_request_and_it_is_told(sources: list[str], tmp_path: Path) -> None:
    save_picture(tmp_path / "faulty/a.jpg", seed=7)
    faulty = str(labelled(tmp_path / "faulty", xmin=9, xmax=9))
    given = config([sources[2], faulty], tmp_path / "out", faults="repair", split=[1.0, 0.0, 0.0])
    for _ in range(2):  # the second time nothing is written, and the same is said
        (said,) = [line for line in notes(build(given)) if "set aside" in line]
        assert said.startswith(f"  set aside: {faulty}/a.xml object[0]: xmin=9, xmax=9")
    assert [len(image.links) for image in read_dataset(tmp_path / "out/train").images] == [1, 0]


def test_a_merged_set_says_what_it_was_made_of(sources: list[str], tmp_path: Path) -> None:
    grey = PreprocessConfig(color=0)
    build(config(sources, tmp_path / "out", preprocess=grey, split=[1.0, 0.0, 0.0]))
    info = read_dataset(tmp_path / "out/train").info
    assert info["description"] == "train part of set, set-2, voc"
    assert str(info["made_by"]).startswith("inklink ")
    assert [(one["name"], one["images"]) for one in info["sources"]] == [("set", 12), ("set-2", 12), ("voc", 1)]
    assert info["preprocess"]["color"] == 0
    # The same sources give the same bytes, wherever and whenever.
    build(config(sources, tmp_path / "again", preprocess=grey, split=[1.0, 0.0, 0.0]))
    first, again = ((tmp_path / name / "train/annotations.json").read_bytes() for name in ("out", "again"))
    assert first == again
    # Merged once more, the pictures still know their first origin, and the set what was done to them.
    build(config([str(tmp_path / "out/train")], tmp_path / "twice", split=[1.0, 0.0, 0.0]))
    twice = read_dataset(tmp_path / "twice/train")
    assert twice.info["preprocess"]["color"] == 0
    assert {image.extra["origin"]["before"]["set"] for image in twice.images} == {"set", "set-2", "voc"}


def test_pictures_are_not_preprocessed_twice_or_in_two_ways(sources: list[str], tmp_path: Path) -> None:
    build(config(sources[:1], tmp_path / "grey", preprocess=PreprocessConfig(color=0), split=[1.0, 0.0, 0.0]))
    grey = str(tmp_path / "grey/train")
    for given, steps, sentence in (
        ([grey], PreprocessConfig(stretch=1.0), "The pictures of train are preprocessed already"),
        ([sources[1], grey], PreprocessConfig(), "of set and train are not preprocessed in the same way"),
    ):
        with pytest.raises(UserError, match=sentence):
            build(config(given, tmp_path / "out", preprocess=steps))
    assert not (tmp_path / "out").exists()
