from __future__ import annotations

from pathlib import Path

import pytest

from conf import UserError
from data.formats.tfrecord import write_label_map
from train.dataset import find, read_label_map


def _set(folder: Path, classes: tuple[str, ...] = ("http",)) -> Path:
    (folder / "shards").mkdir(parents=True)
    (folder / "shards" / "00000-of-00001.tfrecord").touch()
    write_label_map(classes, folder / "label_map.pbtxt")
    return folder


def test_merged_dataset_gives_both_parts(tmp_path: Path) -> None:
    _set(tmp_path / "train"), _set(tmp_path / "val")
    data = find(tmp_path)
    assert [Path(p).parent.parent.name for p in (*data.train, *data.validation)] == ["train", "val"]
    assert data.classes == ("http",)


def test_single_set_trains_without_validation(tmp_path: Path) -> None:
    data = find(_set(tmp_path))
    assert len(data.train) == 1
    assert data.validation == ()


def test_merged_dataset_may_lack_validation(tmp_path: Path) -> None:
    _set(tmp_path / "train")
    assert find(tmp_path).validation == ()


def test_label_map_survives_what_the_writer_escapes(tmp_path: Path) -> None:
    classes = ("http", "it's", 'a "b" {c}', "back\\slash")
    write_label_map(classes, tmp_path / "label_map.pbtxt")
    assert read_label_map(tmp_path / "label_map.pbtxt") == classes


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a folder"):
        find(tmp_path / "absent")
    with pytest.raises(UserError, match="python -m data export source="):
        find(tmp_path)
    _set(tmp_path / "train"), _set(tmp_path / "val", ("https",))
    with pytest.raises(UserError, match="names other classes"):
        find(tmp_path)
    (tmp_path / "train" / "label_map.pbtxt").write_text('item { id: 2 name: "http" }')
    with pytest.raises(UserError, match="ids 1, 2, 3"):
        find(tmp_path)
    (tmp_path / "train" / "label_map.pbtxt").unlink()
    with pytest.raises(UserError, match="does not exist"):
        find(tmp_path)
