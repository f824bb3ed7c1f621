"""COCO in and out: nothing lost, every fault named, nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage
from pycocotools.coco import COCO

from conf import UserError
from data import Dataset, Image, LinkAnnotation, load_pixels, read_dataset, write_dataset
from data.formats.coco import from_coco, to_coco
from tests.data.pages import HEIGHT, ROTATED, WIDTH, link, links, save_picture, save_set


@given(st.lists(st.lists(links(["http", "www"]), max_size=3), max_size=3), st.sampled_from([None, "a book"]))
def test_a_dataset_survives_the_round_trip(pages: list[list[LinkAnnotation]], group: str | None) -> None:
    ids = iter(range(5, 99))
    images = tuple(
        Image(
            Path(f"/x/{i}.jpg"), 120, 100, tuple(replace(one, id=next(ids)) for one in page), "pdf", group, i, {"k": 1}
        )
        for i, page in enumerate(pages)
    )
    dataset = Dataset(images, ("http", "www"), {"year": 2024}, ({"id": 1},), {"mine": [1]})
    assert from_coco(json.loads(json.dumps(to_coco(dataset, Path("/x")))), Path("/x")) == dataset


def test_written_set_is_read_back_and_by_pycocotools(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = save_set(tmp_path / "in", 1002)
    write_dataset(dataset, tmp_path / "out")
    again = read_dataset(tmp_path / "out")
    assert [i.path.relative_to(tmp_path / "out").as_posix() for i in (again.images[0], again.images[1001])] == [
        "images/00/000000.jpg",
        "images/01/001001.jpg",
    ]
    assert [replace(one, id=None) for one in again.images[0].links] == [link()]
    assert again.images[7].path.read_bytes() == dataset.images[7].path.read_bytes()
    coco = COCO(str(tmp_path / "out/annotations.json"))
    assert min(coco.anns) == 1 and len(coco.anns) == dataset.links
    assert coco.annToMask(coco.anns[1]).sum() == pytest.approx(coco.anns[1]["area"], rel=0.2)


def test_turned_photo_is_written_upright(tmp_path: Path) -> None:
    path = save_picture(tmp_path / "turned.jpg", (WIDTH, HEIGHT), orientation=ROTATED)
    write_dataset(Dataset((Image(path, HEIGHT, WIDTH),)), tmp_path / "out")
    written = read_dataset(tmp_path / "out").images[0].path
    with PillowImage.open(written) as image:
        assert image.size == (HEIGHT, WIDTH) and 0x0112 not in image.getexif()
    difference = load_pixels(written).astype(int) - load_pixels(path)
    assert abs(difference).mean() < 2


def test_size_of_the_unturned_photo_is_refused(tmp_path: Path) -> None:
    path = save_picture(tmp_path / "turned.jpg", (WIDTH, HEIGHT), orientation=ROTATED)
    with pytest.raises(UserError, match=r"turned.jpg has 60 × 80 pixels, but its annotations say 80 × 60"):
        write_dataset(Dataset((Image(path, WIDTH, HEIGHT),)), tmp_path / "out")


def plain() -> dict[str, Any]:
    return {
        "images": [{"id": 7, "file_name": "a.jpg", "width": WIDTH, "height": HEIGHT, "coco_url": "x"}],
        "annotations": [
            {"id": 0, "image_id": 7, "category_id": 18, "bbox": [1, 2, 30, 40], "area": 5, "iscrowd": 0, "mood": "good"}
        ],
        "categories": [{"id": 18, "name": "dog", "supercategory": "animal"}, {"id": 3, "name": "cat"}],
        "info": {"year": 2017},
        "licenses": [{"id": 1, "url": "u"}],
        "type": "instances",
    }


def test_what_the_model_has_no_word_for_survives() -> None:
    written = to_coco(from_coco(plain(), Path()))
    assert written["images"] == [*({**i, "source": "photo"} for i in plain()["images"])]
    assert [written[key] for key in ("info", "licenses", "type")] == [
        {"year": 2017},
        [{"id": 1, "url": "u"}],
        "instances",
    ]
    assert written["annotations"][0]["mood"] == "good"
    assert written["categories"] == [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog", "supercategory": "animal"}]
    # 0 is an id that pycocotools overlooks.
    assert (written["annotations"][0]["id"], written["annotations"][0]["category_id"]) == (1, 2)


@pytest.mark.parametrize("shape", [{"counts": "abc", "size": [60, 80]}, [[1, 2, 3, 4, 5, 6], [9, 9, 8, 8, 7, 7]]])
def test_masks_and_outlines_in_parts_are_kept_as_they_are(shape: Any) -> None:
    content = plain()
    content["annotations"][0] |= {"segmentation": shape, "iscrowd": 1}
    dataset = from_coco(content, Path())
    assert dataset.images[0].links[0].ignore and not dataset.images[0].links[0].polygon
    assert to_coco(dataset)["annotations"][0].items() >= {"segmentation": shape, "area": 5, "iscrowd": 1}.items()


Change = Callable[[dict[str, Any]], object]
FAULTS: list[tuple[Change, str]] = [
    (lambda c: c.pop("images"), r"f.json: images is missing; it must be a list of objects\."),
    (lambda c: c.update(images={}), r"f.json: images=\{\} must be a list of objects\."),
    (lambda c: c["images"].append(3), r"f.json images\[1\] must be an object with named keys, not a number\."),
    (
        lambda c: c["images"][0].pop("width"),
        r"f.json images\[0\]: width is missing; it must be a whole number, at least 1",
    ),
    (lambda c: c["images"][0].update(height="60"), r"images\[0\]: height='60' must be a whole number"),
    (lambda c: c["images"][0].update(height=0), r"images\[0\]: height=0 must be a whole number, at least 1"),
    (lambda c: c["images"].append(c["images"][0]), r"images\[1\]: id=7 is used twice"),
    (lambda c: c["images"][0].update(id=True), r"images\[0\]: id=True must be a whole number"),
    (lambda c: c["annotations"][0].update(image_id=8), r"annotations\[0\]: image_id=8 is not the id of any image"),
    (
        lambda c: c["annotations"][0].update(category_id=1),
        r"category_id=1 is not the id of any category \(known: 3, 18\)",
    ),
    (lambda c: c["annotations"][0].pop("bbox"), r"annotations\[0\]: bbox is missing; it must be a list of 4 numbers"),
    (lambda c: c["annotations"][0].update(bbox=[1, 2, 3]), r"bbox=\[1, 2, 3\] must be a list of 4 numbers"),
    (lambda c: c["annotations"][0].update(bbox=[1, 2, 3, float("nan")]), r"bbox=.* must be a list of 4 numbers"),
    (lambda c: c["annotations"][0].update(bbox=[1, 2, 0, 3]), r"bbox=.* both sides above 0"),
    (lambda c: c["annotations"][0].update(bbox=[90, 2, 9, 3]), r"bbox lies wholly outside the picture of 80 × 60"),
    (lambda c: c["annotations"][0].update(segmentation=[[1, 2, 3]]), r"segmentation\[0\]=.* three points or more"),
    (lambda c: c["annotations"][0].update(iscrowd=2), r"iscrowd=2 must be 0 or 1"),
    (lambda c: c["annotations"][0].update(text=5), r"text=5 must be a text"),
    (lambda c: c["annotations"][0].update(segments=[[1]]), r"segments\[0\]=\[1\] must be a list of 4 numbers"),
    (lambda c: c["annotations"][0].update(attributes={"a": []}), r"attributes.a=\[\] must be a text, a number"),
    (lambda c: c["categories"][0].update(name="cat"), r"categories\[1\]: name='cat' is used twice"),
]


@pytest.mark.parametrize(("change", "sentence"), FAULTS)
def test_faults_are_named(change: Change, sentence: str) -> None:
    content = plain()
    change(content)
    with pytest.raises(UserError, match=sentence):
        from_coco(content, Path(), name="f.json")


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "annotations.json").write_text(json.dumps(plain()))
    with pytest.raises(UserError, match=r"annotations.json images\[0\]: file_name names .*a.jpg, which does not exist"):
        read_dataset(tmp_path)


@pytest.mark.parametrize("keep", [0, 100, 600])
def test_a_broken_picture_leaves_nothing_behind(tmp_path: Path, keep: int) -> None:
    dataset = save_set(tmp_path / "in")
    broken = dataset.images[1].path
    broken.write_bytes(broken.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"p1.jpg (cannot be read whole|is not a picture)"):
        write_dataset(dataset, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_failed_rewrite_keeps_the_earlier_set(tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "in")
    write_dataset(dataset, tmp_path / "out")
    dataset.images[1].path.unlink()
    with pytest.raises(UserError, match=r"p1.jpg does not exist"):
        write_dataset(dataset, tmp_path / "out")
    assert len(read_dataset(tmp_path / "out").images) == 3


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("mine")
    with pytest.raises(UserError, match=r"holds something else \(thesis.txt\)"):
        write_dataset(dataset, tmp_path / "out")
    assert (tmp_path / "out/thesis.txt").read_text() == "mine"
    with pytest.raises(UserError, match=r"is where .*p0.jpg is read from"):
        write_dataset(dataset, tmp_path / "in")


def test_pictures_may_stay_where_they_are(tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "in")
    write_dataset(dataset, tmp_path / "labels", copy_images=False)
    written = json.loads((tmp_path / "labels/annotations.json").read_text())
    assert written["images"][0]["file_name"] == "../in/p0.jpg"
    assert len(read_dataset(tmp_path / "labels", pictures=tmp_path / "in").images) == 3
    with pytest.raises(UserError, match=r"images\[0\]: file_name='../in/p0.jpg' leads out of .*labels"):
        read_dataset(tmp_path / "labels")
