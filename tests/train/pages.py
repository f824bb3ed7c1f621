"""Small pages with dark bars for links, as shards: what training needs, made in a second."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Boxes = Sequence[tuple[int, int, int, int]]

LABEL_MAP = 'item {\n  id: 1\n  name: "http"\n}\n'


def page(height: int, width: int, boxes: Boxes) -> npt.NDArray[np.uint8]:
    """White paper with a blue bar in each box (x, y, width, height)."""
    picture = np.full((height, width, 3), 255, np.uint8)
    for x, y, w, h in boxes:
        picture[y : y + h, x : x + w] = (20, 40, 200)
    return picture


def example(picture: npt.NDArray[np.uint8], boxes: Boxes, crowd: Sequence[int] | None = None) -> bytes:
    """One page in Model Garden's keys."""
    height, width = picture.shape[:2]

    def floats(values: list[float]) -> tf.train.Feature:
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    def ints(values: Sequence[int]) -> tf.train.Feature:
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def text(value: bytes) -> tf.train.Feature:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    features = {
        "image/encoded": text(tf.io.encode_jpeg(picture, quality=95).numpy()),
        "image/format": text(b"jpeg"),
        "image/source_id": text(b"1"),
        "image/height": ints([height]),
        "image/width": ints([width]),
        "image/object/bbox/xmin": floats([x / width for x, _, _, _ in boxes]),
        "image/object/bbox/xmax": floats([(x + w) / width for x, _, w, _ in boxes]),
        "image/object/bbox/ymin": floats([y / height for _, y, _, _ in boxes]),
        "image/object/bbox/ymax": floats([(y + h) / height for _, y, _, h in boxes]),
        "image/object/class/label": ints([1] * len(boxes)),
        "image/object/is_crowd": ints(crowd if crowd is not None else [0] * len(boxes)),
        "image/object/area": floats([float(w * h) for _, _, w, h in boxes]),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def write_set(folder: Path, pages: int, size: tuple[int, int], *, seed: int, shards: int = 2) -> Path:
    """A set of pages of size (height, width); every third has no link."""
    rng = np.random.default_rng(seed)
    (folder / "shards").mkdir(parents=True)
    (folder / "label_map.pbtxt").write_text(LABEL_MAP)
    for shard in range(shards):
        with tf.io.TFRecordWriter(str(folder / "shards" / f"{shard:05d}-of-{shards:05d}.tfrecord")) as out:
            for number in range(shard, pages, shards):
                count = 0 if number % 3 == 2 else 2
                boxes = [
                    (int(rng.integers(size[1] - 60)), int(rng.integers(size[0] - 20)), 56, 16) for _ in range(count)
                ]
                out.write(example(page(*size, boxes), boxes))
    return folder


def write_dataset(folder: Path, pages: int = 8, size: tuple[int, int] = (480, 352)) -> Path:
    """A merged dataset: train/ and val/."""
    write_set(folder / "train", pages, size, seed=1)
    write_set(folder / "val", 3, size, seed=2, shards=1)
    return folder
