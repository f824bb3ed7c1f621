"""Schema of `python -m data export`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key
from conf.schema.data_reading import faults, unlabelled


@dataclass
class ExportDataConfig:
    """Every key of the verb."""

    source: str = key(MISSING, "set, COCO file, folder with Pascal VOC or YOLO files, CSV table, or folder of photos")
    format: str = key(MISSING, "format to write", choices=["coco", "voc", "yolo", "csv", "tfrecord"])
    out: str = key(MISSING, "folder of the result: new, or from an earlier export; for tfrecord also the set itself")
    unlabelled: str = unlabelled()
    faults: str = faults()
    images_per_shard: int = key(500, "most pictures in one TFRecord shard", low=1)
