"""Pages to train on that were never files: the renderer's stream as a `tf.data` source.

Each sample becomes the record that a shard would hold, and goes through the same decoder: a network sees the pixels
that it would see of the set written to disk, and boxes that annotations.json rounds to a hundredth of a pixel.
"""

from __future__ import annotations

import os

import tensorflow as tf
from official.vision.dataloaders.tf_example_decoder import TfExampleDecoder

from conf.schema.stream import StreamConfig
from conf.schema.synth import SynthConfig
from train.rendered import records

_CORES_A_WORKER = 8
"""Where the network runs on the processor, one core renders what this many learn from."""


def pages(config: SynthConfig, *, start: int = 0, count: int | None = None, workers: int = 1) -> tf.data.Dataset:
    """Rendered pages, decoded as Model Garden's `TfExampleDecoder` decodes those of a shard.

    Elements are dicts, with among others `image` (uint8 [height, width, 3], RGB), `groundtruth_boxes` (float32 [n, 4],
    ymin, xmin, ymax, xmax as shares of the picture), `groundtruth_classes` (int64 [n], from 1 on) and
    `groundtruth_is_crowd` (bool [n], to be ignored): what `train.crops.crops_from` takes. Each pass over the
    dataset renders the same pages in the same order.

    Args:
        config, start, count, workers: as of `synth.stream`.
    """
    source = tf.data.Dataset.from_generator(
        lambda: records(config, start=start, count=count, workers=workers),
        output_signature=tf.TensorSpec([], tf.string),
    )
    return source.map(TfExampleDecoder(regenerate_source_id=True).decode, num_parallel_calls=tf.data.AUTOTUNE)


def workers_of(stream: StreamConfig) -> int:
    """Processes that render: as many as are wanted, or as the machine can spare."""
    if stream.workers is not None:
        return stream.workers
    cores = len(os.sched_getaffinity(0))
    return max(1, cores - 1 if tf.config.list_physical_devices("GPU") else cores // _CORES_A_WORKER)
