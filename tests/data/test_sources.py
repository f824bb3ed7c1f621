"""A source is known by what lies there."""

from __future__ import annotations

from pathlib import Path

import pytest

from conf import UserError
from data import dataset_hash, detect_format, read_dataset, write_dataset
from tests.data.pages import ROTATED, save_picture, save_set
from tests.data.test_voc import labelled


def test_formats_are_told_apart(tmp_path: Path) -> None:
    write_dataset(save_set(tmp_path / "photos"), tmp_path / "coco")
    save_picture(tmp_path / "voc/deep/a.jpg")
    labelled(tmp_path / "voc/deep")
    found = {name: detect_format(tmp_path / name) for name in ("photos", "coco", "coco/annotations.json", "voc")}
    assert found == {"photos": "pictures", "coco": "coco", "coco/annotations.json": "coco", "voc": "voc"}
    assert [len(read_dataset(tmp_path / name).images) for name in found] == [3, 3, 3, 1]


def test_photos_alone_are_upright_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    save_picture(tmp_path / "b.jpg", (80, 60), orientation=ROTATED)
    save_picture(tmp_path / ".trash/a.jpg")
    (image,) = read_dataset(tmp_path).images
    assert (image.width, image.height, image.links) == (60, 80, ())


@pytest.mark.parametrize(
    ("files", "name", "sentence"),
    [
        ([], "nowhere", r"nowhere does not exist"),
        ([], "", r"is an empty folder"),
        (["a.txt"], "", r"holds no dataset \(a.txt …\): it needs annotations.json"),
        (["a.txt"], "a.txt", r"a.txt is no dataset: name a folder, or a COCO file ending in .json"),
        (["train/annotations.json"], "", r"is a folder of sets; name one of them: train"),
    ],
)
def test_what_is_no_source(tmp_path: Path, files: list[str], name: str, sentence: str) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("{}")
    with pytest.raises(UserError, match=sentence):
        read_dataset(tmp_path / name)


def test_the_hash_names_content_not_place(tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "raw")
    for name in "ab":
        write_dataset(dataset, tmp_path / name)
    first = dataset_hash(read_dataset(tmp_path / "a"))
    assert first == dataset_hash(read_dataset(tmp_path / "b"))
    save_picture(tmp_path / "b/images/00/000001.jpg", seed=77)
    assert first != dataset_hash(read_dataset(tmp_path / "b"))
    assert first != dataset_hash(save_set(tmp_path / "raw", 2))
