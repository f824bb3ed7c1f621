"""Pages to train on that were never files: the renderer's stream as a `tf.data` source.

Each sample becomes the record that a shard would hold, and goes through the same decoder: a network sees the pixels
that it would see of the set written to disk, and boxes that annotations.json rounds to a hundredth of a pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf
from official.vision.dataloaders.tf_example_decoder import TfExampleDecoder

import synth
from conf.schema.synth import SynthConfig
from data import Image
from data.formats.tfrecord import features, serialize
from data.model import DEFAULT_CATEGORY
from data.pixels import Encoded

_LABELS = {DEFAULT_CATEGORY: 1}


def pages(config: SynthConfig, *, start: int = 0, count: int | None = None, workers: int = 1) -> tf.data.Dataset:
    """Rendered pages, decoded as Model Garden's `TfExampleDecoder` decodes those of a shard.

    Elements are dicts, with among others `image` (uint8 [height, width, 3], RGB), `groundtruth_boxes` (float32 [n, 4],
    ymin, xmin, ymax, xmax as shares of the picture), `groundtruth_classes` (int64 [n], from 1 on) and
    `groundtruth_is_crowd` (bool [n], to be ignored): what `train.crops.crops_of_pages` takes. Each pass over the
    dataset renders the same pages in the same order.

    Args:
        config, start, count, workers: as of `synth.stream`.
    """
    source = tf.data.Dataset.from_generator(
        lambda: records(config, start=start, count=count, workers=workers),
        output_signature=tf.TensorSpec([], tf.string),
    )
    return source.map(TfExampleDecoder(regenerate_source_id=True).decode, num_parallel_calls=tf.data.AUTOTUNE)


def records(config: SynthConfig, *, start: int = 0, count: int | None = None, workers: int = 1) -> Iterator[bytes]:
    """Serialized tf.Examples of rendered pages, those that a shard of the set would hold."""
    for sample in synth.stream(config, start=start, count=count, workers=workers):
        camera, index = sample.recipe.camera, sample.recipe.index
        image = Image(Path(f"{index:06d}.jpg"), camera.width, camera.height, sample.links, id=index + 1)
        picture = Encoded(sample.jpeg, ".jpg", camera.width, camera.height)
        yield serialize(features(image, picture, _LABELS, index + 1))
