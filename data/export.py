"""`python -m data export`: one set, written in another format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from conf import UserError
from conf.schema.data_export import ExportDataConfig
from data.files import replacing_folder
from data.formats import coco, csv_table, tfrecord, voc, yolo
from data.model import Dataset
from data.pictures import Unlabelled
from data.rejected import Faults, Ledger
from data.sources import read_dataset
from data.written import record_more

_SHARDS, _LABEL_MAP = "shards", "label_map.pbtxt"


def export(config: ExportDataConfig) -> tuple[Dataset, int, Ledger]:
    """Reads a source and writes it as configured.

    Returns:
        What was read, how many of its links the format has no word for, and how reading it went.

    Raises:
        UserError: where the source is not usable or holds no picture, or `out` holds something else.
    """
    source, out = Path(config.source), Path(config.out)
    ledger = Ledger(cast(Faults, config.faults))
    dataset = read_dataset(source, unlabelled=cast(Unlabelled, config.unlabelled), ledger=ledger)
    if not dataset.images:
        raise UserError(f"source={config.source} holds no pictures.")
    if config.format == "tfrecord":
        _write_tfrecord(dataset, source, out, config.images_per_shard)
        return dataset, 0, ledger
    return dataset, _WRITERS[config.format](dataset, out) or 0, ledger


_WRITERS: Mapping[str, Callable[[Dataset, Path], int | None]] = {
    "coco": coco.write,
    "voc": voc.write,
    "yolo": yolo.write,
    "csv": csv_table.write,
}


def _write_tfrecord(dataset: Dataset, source: Path, out: Path, images_per_shard: int) -> None:
    """Writes shards and label map; into the set itself too, where its own shards belong."""
    if out.resolve() != source.resolve():
        with replacing_folder(out, (_SHARDS, _LABEL_MAP), by="export format=tfrecord") as scratch:
            tfrecord.write_shards(dataset, scratch / _SHARDS, images_per_shard=images_per_shard)
            tfrecord.write_label_map(dataset.categories, scratch / _LABEL_MAP)
        return
    older = [path.name for path in (out / _SHARDS).glob("*.tfrecord")]
    with replacing_folder(out / _SHARDS, older) as scratch:
        tfrecord.write_shards(dataset, scratch, images_per_shard=images_per_shard)
    tfrecord.write_label_map(dataset.categories, out / _LABEL_MAP)
    record_more(out, (_SHARDS, _LABEL_MAP))
