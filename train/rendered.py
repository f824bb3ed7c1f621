"""Pages that were never files, as far as TensorFlow is not needed: what they look like, and the records they become.

Page `i` of a stream depends on the run's seed and on `i` alone. Pages to validate on have numbers that no training
comes to, and are kept in the run's folder, so that every validation sees the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

import synth
from conf import UserError
from conf.app import composed, explain
from conf.schema.stream import StreamConfig
from conf.schema.synth import SynthConfig
from data import Image
from data.files import replacing
from data.formats.tfrecord import features, frame, serialize
from data.model import DEFAULT_CATEGORY
from data.pixels import Encoded

CLASSES = (DEFAULT_CATEGORY,)
_VALIDATION = 10**9
"""Number of the first page to validate on."""
_A_HOST = 10**7
"""Pages that a host of several has to itself."""


def synth_config(stream: StreamConfig, seed: int) -> SynthConfig:
    """The renderer's configuration, as `python -m synth` composes and checks it.

    Raises:
        UserError: where a key or choice is unknown, or a value out of range.
    """
    overrides = [f"{name}={json.dumps(value)}" for name, value in _flat(stream.synth)]
    try:
        return composed("synth", SynthConfig, [*overrides, f"seed={seed}"])
    except (UserError, HydraException, OmegaConfBaseException) as error:
        raise UserError(f"stream.synth: {explain(error, SynthConfig)}") from None


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """`{font: {split: train}}` and `{font.split: train}` mean the same."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def first_page(host: int, first: int) -> int:
    """Number of a host's page `first`; no other host renders it."""
    return host * _A_HOST + first


def records(config: SynthConfig, *, start: int = 0, count: int | None = None, workers: int = 1) -> Iterator[bytes]:
    """Serialized tf.Examples of rendered pages, those that a shard of the set would hold."""
    labels = {name: number for number, name in enumerate(CLASSES, start=1)}
    for sample in synth.stream(config, start=start, count=count, workers=workers):
        camera, index = sample.recipe.camera, sample.recipe.index
        image = Image(Path(f"{index:06d}.jpg"), camera.width, camera.height, sample.links, id=index + 1)
        picture = Encoded(sample.jpeg, ".jpg", camera.width, camera.height)
        yield serialize(features(image, picture, labels, index + 1))


def validation_shard(config: SynthConfig, pages: int, shard: Path) -> Path:
    """Renders the pages to validate on into a TFRecord file, where it is not there yet."""
    if not shard.is_file():
        with replacing(shard) as scratch, scratch.open("wb") as out:
            for record in records(config, start=_VALIDATION, count=pages):
                out.write(frame(record))
    return shard
