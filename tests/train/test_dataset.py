from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conf import UserError
from conf.app import composed
from conf.schema.stream import StreamConfig
from conf.schema.synth import SynthConfig
from conf.schema.train import TrainConfig, ValidationConfig
from data.formats.tfrecord import write_label_map
from train.dataset import find, mixed, read_label_map, training_data


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


def test_mixture_joins_sets_in_their_shares(tmp_path: Path) -> None:
    real, pdf = tmp_path / "real", tmp_path / "pdf"
    _set(real / "train"), _set(real / "val"), _set(pdf)
    (real / "train/shards/phone").mkdir()
    (real / "train/shards/scan").mkdir()
    (real / "train/shards/00000-of-00001.tfrecord").rename(real / "train/shards/phone/a.tfrecord")
    (real / "train/shards/scan/a.tfrecord").touch()
    (real / "train/shards/weights.json").write_text('{"phone": 3, "scan": 1}')
    data = mixed({str(real): 0.8, str(pdf): 0.2, str(tmp_path / "absent"): 0})
    assert data.weights == pytest.approx({f"{real} phone": 0.6, f"{real} scan": 0.2, str(pdf): 0.2})
    assert data.train_by_source[f"{real} scan"] == [str(real / "train/shards/scan/a.tfrecord")]
    assert data.train_by_source[str(pdf)] == [str(pdf / "shards/00000-of-00001.tfrecord")]
    assert [Path(p).parent.parent for p in data.validation] == [real / "val"]
    assert len(data.train) == 3


def test_validation_sets_take_the_place_of_val(tmp_path: Path) -> None:
    _set(tmp_path / "a" / "train"), _set(tmp_path / "a" / "val"), _set(tmp_path / "b"), _set(tmp_path / "c")
    sets = ValidationConfig(sets=[str(tmp_path / "b"), str(tmp_path / "a")])
    data = training_data(TrainConfig(mixture={str(tmp_path / "c"): 1.0}, validation=sets))
    assert [Path(p).parent.parent for p in data.validation] == [tmp_path / "b", tmp_path / "a" / "val"]
    streamed = training_data(TrainConfig(dataset="stream", stream=StreamConfig({"camera": "scan"}), validation=sets))
    assert streamed.train == () and streamed.classes == ("http",) and len(streamed.validation) == 2
    assert (
        streamed.stream is not None
        and streamed.stream.camera.tilt_deg == composed("synth", SynthConfig, ["camera=scan"]).camera.tilt_deg
    )


def test_what_cannot_be_mixed_is_named(tmp_path: Path) -> None:
    _set(tmp_path / "a"), _set(tmp_path / "b", ("https", "www"))
    with pytest.raises(UserError, match=r"b has the classes https, www, and .*a has http; they must be the same"):
        mixed({str(tmp_path / "a"): 0.5, str(tmp_path / "b"): 0.5})
    with pytest.raises(UserError, match="b has the classes https, www, and what is learnt from has http"):
        training_data(TrainConfig(dataset=str(tmp_path / "a"), validation=ValidationConfig(sets=[str(tmp_path / "b")])))
    _set(tmp_path / "c")
    (tmp_path / "c" / "annotations.json").write_text('{"info": {"preprocess": {"stretch": 1.0}}}')
    with pytest.raises(UserError, match="prepared otherwise"):
        mixed({str(tmp_path / "a"): 0.5, str(tmp_path / "c"): 0.5})
    with pytest.raises(UserError, match="no dataset a share above 0"):
        mixed({str(tmp_path / "a"): 0.0})


@pytest.mark.parametrize(
    ("pages", "sentence"),
    [({"camra": "phone"}, "There is no key camra"), ({"camera": "phon"}, "camera=phon is not known"),
     ({"camera": {"x_height_px": [1, 8]}}, "camera.x_height_px=1 is out of range")],
)  # fmt: skip
def test_mistake_in_the_pages_of_a_stream_is_told_as_by_synth(pages: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=f"stream.synth: {sentence}"):
        training_data(TrainConfig(dataset="stream", stream=StreamConfig(pages)))
