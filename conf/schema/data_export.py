"""Schema of `python -m data export`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key


@dataclass
class ExportDataConfig:
    """Every key of the verb."""

    source: str = key(MISSING, "set, COCO file, folder with Pascal VOC or YOLO files, CSV table, or folder of photos")
    format: str = key(MISSING, "format to write", choices=["coco", "voc", "yolo", "csv", "tfrecord"])
    out: str = key(MISSING, "folder of the result: new, or from an earlier export; for tfrecord also the set itself")
    unlabelled: str = key(
        "refuse",
        "pictures without annotations: refuse the source, take them as showing no links (empty), leave them out (skip)",
        choices=["refuse", "empty", "skip"],
    )
    faults: str = key(
        "refuse",
        "faulty entries: stop at the first (refuse), or mend what is certain and leave the rest out (repair)",
        choices=["refuse", "repair"],
    )
    images_per_shard: int = key(500, "most pictures in one TFRecord shard", low=1)
