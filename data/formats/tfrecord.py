"""TFRecord shards with the tf.Example keys that Model Garden's `TfExampleDecoder` reads, made without TensorFlow.

A record is framed as TensorFlow frames it (https://www.tensorflow.org/tutorials/load_data/tfrecord): length as
little-endian uint64, masked CRC-32C of those 8 bytes, the bytes, their masked CRC-32C. `tf.train.Example` is built
from its descriptor in a pool of its own, so that it cannot clash with the one that TensorFlow registers.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import google_crc32c
from tqdm import tqdm

from conf import UserError
from data.boxes import clip
from data.files import replacing, write_text
from data.model import Dataset, Image
from data.pixels import Encoded, encoded

if TYPE_CHECKING:  # a source of any other format is opened without them
    from google.protobuf import descriptor_pb2
    from google.protobuf.message import Message

_READABLE = frozenset({".jpg", ".png"})
_MASK_DELTA = 0xA282EAD8

Feature = Sequence[bytes] | Sequence[int] | Sequence[float]


def write_shards(dataset: Dataset, folder: Path, *, images_per_shard: int = 500) -> list[Path]:
    """Writes `folder/NNNNN-of-NNNNN.tfrecord`; each shard appears whole or not at all.

    Pictures go in as they lie on disk where that is an upright JPEG or PNG, else re-encoded (JPEG, quality 95).

    Args:
        dataset: what to write, in this order: shuffling is the trainer's business.
        folder: gets the shards; older shards in it are removed.
        images_per_shard: at most so many pictures a file.

    Returns:
        The shards, in order.

    Raises:
        UserError: where a picture is missing, broken, or of another size than its entry says.
    """
    labels = {name: index for index, name in enumerate(dataset.categories, start=1)}
    starts = range(0, len(dataset.images), images_per_shard)
    shards = []
    with tqdm(total=len(dataset.images), desc=f"shards of {folder.parent.name}", unit="", disable=None) as bar:
        for number, start in enumerate(starts):
            shards.append(folder / f"{number:05d}-of-{len(starts):05d}.tfrecord")
            with replacing(shards[-1]) as scratch, scratch.open("wb") as stream:
                for index in range(start, min(start + images_per_shard, len(dataset.images))):
                    stream.write(frame(example(dataset.images[index], labels, index + 1)))
                    bar.update()
    for left_over in set(folder.glob("*.tfrecord")) - set(shards):
        left_over.unlink()
    return shards


def example(image: Image, labels: Mapping[str, int], number: int) -> bytes:
    """One picture as a serialized tf.Example; the same picture gives the same bytes.

    Args:
        image: the picture and its links.
        labels: id of each category, from 1 on (0 is the background).
        number: stands for the image's id where it has none; Model Garden's evaluator wants a number.
    """
    picture = encoded(image.path, (image.width, image.height), only=_READABLE)
    return serialize(features(image, picture, labels, number if image.id is None else image.id))


def features(image: Image, picture: Encoded, labels: Mapping[str, int], source_id: int) -> dict[str, Feature]:
    """One picture, encoded, and its links in Model Garden's keys; `image.path` gives the file name alone."""
    name = image.path.name.encode()
    boxed = [(link, box) for link in image.links if (box := clip(link.bbox, image.width, image.height))]
    return {
        "image/encoded": [picture.content],
        "image/filename": [name],
        "image/format": [b"png" if picture.suffix == ".png" else b"jpeg"],
        "image/height": [picture.height],
        "image/width": [picture.width],
        "image/key/sha256": [hashlib.sha256(picture.content).hexdigest().encode()],
        "image/source_id": [str(source_id).encode()],
        "image/object/bbox/xmin": [float(box[0] / image.width) for _, box in boxed],
        "image/object/bbox/xmax": [float((box[0] + box[2]) / image.width) for _, box in boxed],
        "image/object/bbox/ymin": [float(box[1] / image.height) for _, box in boxed],
        "image/object/bbox/ymax": [float((box[1] + box[3]) / image.height) for _, box in boxed],
        "image/object/area": [float(box[2] * box[3]) for _, box in boxed],
        "image/object/is_crowd": [int(link.ignore) for link, _ in boxed],
        "image/object/class/label": [labels[link.category] for link, _ in boxed],
        "image/object/class/text": [link.category.encode() for link, _ in boxed],
    }


_KINDS: Mapping[str, type] = {"bytes_list": bytes, "float_list": float, "int64_list": int}


def serialize(features: Mapping[str, Feature]) -> bytes:
    """A tf.Example as bytes, its keys sorted; an empty list makes a feature without a kind, which readers allow."""
    message: Any = _example_class()()
    for name in sorted(features):
        values = features[name]
        feature = message.features.feature[name]
        for field, kind in _KINDS.items():
            if values and isinstance(values[0], kind):
                getattr(feature, field).value.extend(values)
    return bytes(message.SerializeToString(deterministic=True))


def deserialize(record: bytes) -> dict[str, list[Any]]:
    """The features of a serialized tf.Example, by key, those without values as empty lists.

    Raises:
        UserError: where the bytes are no tf.Example.
    """
    from google.protobuf.message import DecodeError

    message: Any = _example_class()()
    try:
        message.ParseFromString(record)
    except DecodeError:
        raise UserError("A record is no tf.Example.") from None
    found = {}
    for name, feature in message.features.feature.items():
        kind = feature.WhichOneof("kind")
        found[name] = list(getattr(feature, kind).value) if kind else []
    return found


@lru_cache
def _example_class() -> type[Message]:
    """`tf.train.Example`, wire-compatible: https://github.com/tensorflow/tensorflow, core/example/*.proto."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="inklink/example.proto", package="inklink", syntax="proto3")
    types = descriptor_pb2.FieldDescriptorProto
    for name, kind in (
        ("BytesList", types.TYPE_BYTES),
        ("FloatList", types.TYPE_FLOAT),
        ("Int64List", types.TYPE_INT64),
    ):
        _add_field(file.message_type.add(name=name), "value", 1, kind, repeated=True)
    feature = file.message_type.add(name="Feature")
    feature.oneof_decl.add(name="kind")
    for number, name in enumerate(("BytesList", "FloatList", "Int64List"), start=1):
        field = _add_field(feature, f"{name.removesuffix('List').lower()}_list", number, types.TYPE_MESSAGE, name)
        field.oneof_index = 0
    features = file.message_type.add(name="Features")
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    _add_field(entry, "key", 1, types.TYPE_STRING)
    _add_field(entry, "value", 2, types.TYPE_MESSAGE, "Feature")
    _add_field(features, "feature", 1, types.TYPE_MESSAGE, "Features.FeatureEntry", repeated=True)
    _add_field(file.message_type.add(name="Example"), "features", 1, types.TYPE_MESSAGE, "Features")
    pool: Any = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("inklink.Example"))


def _add_field(
    message: descriptor_pb2.DescriptorProto,
    name: str,
    number: int,
    kind: descriptor_pb2.FieldDescriptorProto.Type.ValueType,
    of: str | None = None,
    *,
    repeated: bool = False,
) -> descriptor_pb2.FieldDescriptorProto:
    from google.protobuf import descriptor_pb2

    types = descriptor_pb2.FieldDescriptorProto
    label = types.LABEL_REPEATED if repeated else types.LABEL_OPTIONAL
    return message.field.add(name=name, number=number, type=kind, label=label, type_name=of and f".inklink.{of}")


def frame(record: bytes) -> bytes:
    """A record with its length and check sums around it."""
    length = struct.pack("<Q", len(record))
    return length + struct.pack("<I", masked_crc(length)) + record + struct.pack("<I", masked_crc(record))


def masked_crc(content: bytes) -> int:
    """CRC-32C, rotated right by 15 bits plus a constant, so that check sums of check sums stay useful."""
    crc = int(google_crc32c.value(content))
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def records(path: Path) -> Iterator[bytes]:
    """The records of a TFRecord file, in order, checked.

    Raises:
        UserError: where a check sum is wrong or the file ends early, with the number of the record.
    """
    for number, record in enumerate(frames(path)):
        if record is None:
            raise _damaged(path, number)
        yield record


def frames(path: Path) -> Iterator[bytes | None]:
    """As `records`, but None for a record whose own check sum is wrong: the next one can still be found.

    Raises:
        UserError: where the frame is damaged or the file ends early.
    """
    most = path.stat().st_size
    with path.open("rb") as stream:
        number = 0
        while head := stream.read(12):
            if len(head) < 12 or struct.unpack("<I", head[8:])[0] != masked_crc(head[:8]):
                raise _damaged(path, number)
            length = struct.unpack("<Q", head[:8])[0]
            if length > most:  # a forged length must not claim memory
                raise _damaged(path, number)
            record, tail = stream.read(length), stream.read(4)
            if len(record) < length or len(tail) < 4:
                raise _damaged(path, number)
            yield record if struct.unpack("<I", tail)[0] == masked_crc(record) else None
            number += 1


def _damaged(path: Path, number: int) -> UserError:
    return UserError(f"{path} record {number} is damaged or cut short.")


def write_label_map(categories: Sequence[str], path: Path) -> None:
    """Writes `label_map.pbtxt`, as the TensorFlow Object Detection API has it: ids from 1 on, 0 is the background."""
    escaped = [name.replace("\\", "\\\\").replace("'", "\\'") for name in categories]
    items = [f"item {{\n  id: {index}\n  name: '{name}'\n}}\n" for index, name in enumerate(escaped, start=1)]
    write_text(path, "".join(items))
