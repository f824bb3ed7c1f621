"""Schema of `python -m data export`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key


@dataclass
class ExportDataConfig:
    """Every key of the verb."""

    source: str = key(MISSING, "set, COCO file, folder with Pascal VOC files, or folder of photos")
    format: str = key(MISSING, "format to write", choices=["coco", "voc", "tfrecord"])
    out: str = key(MISSING, "folder of the result: new, or from an earlier export; for tfrecord also the set itself")
    unlabelled: str = key(
        "refuse",
        "pictures without annotations: refuse the source, take them as showing no links (empty), leave them out (skip)",
        choices=["refuse", "empty", "skip"],
    )
    images_per_shard: int = key(500, "most pictures in one TFRecord shard", low=1)
