"""TFRecord shards, first by our own reader, then by TensorFlow's and Model Garden's."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from conf import UserError
from data import Dataset, Image, LinkAnnotation, load_pixels
from data.formats import tfrecord
from tests.data.pages import HEIGHT, ROTATED, WIDTH, save_picture, save_set

# Length 3, "abc", as TensorFlow 2.19's TFRecordWriter frames it.
ABC_FRAMED = bytes.fromhex("0300000000000000 b099490e 616263 6e57f121")


def test_framing_is_tensorflows() -> None:
    assert tfrecord.frame(b"abc") == ABC_FRAMED
    # CRC-32C of 32 zero bytes, from RFC 3720 appendix B.4, masked.
    assert tfrecord.masked_crc(bytes(32)) == (((0x8A9136AA >> 15 | 0x8A9136AA << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def test_shards_hold_what_was_written(tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "in", 5)
    shards = tfrecord.write_shards(dataset, tmp_path / "shards", images_per_shard=2)
    assert [path.name for path in shards] == [f"0000{i}-of-00003.tfrecord" for i in range(3)]
    found = [tfrecord.deserialize(record) for path in shards for record in tfrecord.records(path)]
    assert [one["image/source_id"] for one in found] == [[str(i).encode()] for i in range(1, 6)]
    first = found[0]
    assert first["image/encoded"] == [dataset.images[0].path.read_bytes()]
    assert (first["image/height"], first["image/width"], first["image/format"]) == ([HEIGHT], [WIDTH], [b"jpeg"])
    assert first["image/object/bbox/xmin"] == pytest.approx([10 / WIDTH])
    assert first["image/object/bbox/ymax"] == pytest.approx([28.5 / HEIGHT])
    assert first["image/object/class/text"] == [b"http"]
    assert found[1]["image/object/class/label"] == []


def test_the_same_set_gives_the_same_bytes_and_old_shards_go(tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "in", 3)
    tfrecord.write_shards(dataset, tmp_path / "shards", images_per_shard=1)
    first = tfrecord.write_shards(dataset, tmp_path / "shards")[0].read_bytes()
    assert [path.name for path in (tmp_path / "shards").iterdir()] == ["00000-of-00001.tfrecord"]
    assert tfrecord.write_shards(dataset, tmp_path / "again")[0].read_bytes() == first


@pytest.mark.parametrize("name", ["a.webp", "a.bmp", "turned.jpg", "cmyk.jpg"])
def test_other_pictures_go_in_as_upright_rgb_jpeg(tmp_path: Path, name: str) -> None:
    path = save_picture(tmp_path / name, orientation=ROTATED if name == "turned.jpg" else 1)
    if name == "cmyk.jpg":
        PillowImage.open(path).convert("CMYK").save(path)
    pixels = load_pixels(path)
    image = Image(path, pixels.shape[1], pixels.shape[0])
    found = tfrecord.deserialize(tfrecord.example(image, {}, 1))
    with PillowImage.open(io.BytesIO(found["image/encoded"][0])) as stored:
        assert (stored.format, stored.mode, stored.getexif().get(0x0112)) == ("JPEG", "RGB", None)
        assert abs(np.asarray(stored).astype(int) - pixels).mean() < 2


def test_boxes_are_cut_to_the_picture(tmp_path: Path) -> None:
    over = LinkAnnotation((-4.0, 50.0, 20.0, 30.0))
    found = tfrecord.deserialize(
        tfrecord.example(Image(save_picture(tmp_path / "a.jpg"), WIDTH, HEIGHT, (over,)), {"http": 1}, 1)
    )
    sides = [found[f"image/object/bbox/{side}"][0] for side in ("xmin", "xmax", "ymin", "ymax")]
    assert sides == pytest.approx([0, 16 / WIDTH, 50 / HEIGHT, 1])
    assert found["image/object/area"] == [160.0]


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:9], lambda b: b[:20] + b"x" + b[21:], lambda b: b"x" + b]
)
def test_damaged_shards_are_refused(tmp_path: Path, damage: object) -> None:
    path = tfrecord.write_shards(save_set(tmp_path / "in", 1), tmp_path)[0]
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(UserError, match="record 0 is damaged or cut short"):
        list(tfrecord.records(path))
    with pytest.raises(UserError, match=r"no tf\.Example"):
        tfrecord.deserialize(b"\xff\xff")


def test_label_map(tmp_path: Path) -> None:
    tfrecord.write_label_map(["http", "it's"], tmp_path / "label_map.pbtxt")
    text = (tmp_path / "label_map.pbtxt").read_text()
    assert text == "item {\n  id: 1\n  name: 'http'\n}\nitem {\n  id: 2\n  name: 'it\\'s'\n}\n"


@pytest.mark.slow
def test_model_garden_reads_the_shards(tmp_path: Path) -> None:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf
    from official.vision.dataloaders.tf_example_decoder import TfExampleDecoder

    with tf.io.TFRecordWriter(str(tmp_path / "abc")) as writer:
        writer.write(b"abc")
    assert (tmp_path / "abc").read_bytes() == ABC_FRAMED

    dataset = save_set(tmp_path / "in", 4)
    crowd = LinkAnnotation((1.0, 2.0, 30.0, 4.0), "www", ignore=True)
    full = replace(dataset.images[0], links=(*dataset.images[0].links, crowd))
    png = Image(save_picture(tmp_path / "in/a.png", seed=9), WIDTH, HEIGHT, (crowd,))
    dataset = Dataset((full, *dataset.images[1:], png), ("http", "www"))
    shards = tfrecord.write_shards(dataset, tmp_path / "shards", images_per_shard=2)
    found = list(tf.data.TFRecordDataset([str(path) for path in shards]).map(TfExampleDecoder().decode))
    assert len(found) == 5
    for image, tensors in zip(dataset.images, found, strict=True):
        boxes = [
            (y / HEIGHT, x / WIDTH, (y + h) / HEIGHT, (x + w) / WIDTH)
            for x, y, w, h in (one.bbox for one in image.links)
        ]
        assert np.allclose(tensors["groundtruth_boxes"], np.reshape(boxes, (-1, 4)), atol=1e-6)
        assert tensors["groundtruth_is_crowd"].numpy().tolist() == [one.ignore for one in image.links]
        labels = [dataset.categories.index(one.category) + 1 for one in image.links]
        assert tensors["groundtruth_classes"].numpy().tolist() == labels
        assert tensors["groundtruth_area"].numpy().tolist() == pytest.approx([one.area for one in image.links])
        assert (int(tensors["height"]), int(tensors["width"])) == (HEIGHT, WIDTH)
        # TensorFlow's fast inverse DCT rounds otherwise than Pillow's; a PNG has nothing to round.
        difference = abs(tensors["image"].numpy().astype(int) - load_pixels(image.path)).mean()
        assert difference < 3 if image is not png else difference == 0
