"""Schema of `python -m data import`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key

FORMATS = ["auto", "coco", "voc", "yolo", "tfrecord", "csv", "pictures"]


@dataclass
class ImportConfig:
    """Every key of the verb."""

    source: str = key(MISSING, "folder or file to read: COCO, Pascal VOC, YOLO, TFRecord shards, CSV, or photos alone")
    out: str = key(MISSING, "folder of the set: new, empty, or from an earlier import")
    format: str = key("auto", "what the source is; auto finds out by looking", choices=FORMATS)
    faults: str = key(
        "repair",
        "faulty entries: mend what is certain and set the rest aside into rejected.jsonl (repair), or stop at the "
        "first (refuse)",
        choices=["repair", "refuse"],
    )
    unlabelled: str = key(
        "skip",
        "pictures without annotations: set them aside (skip), take them as showing no links (empty), stop (refuse)",
        choices=["skip", "empty", "refuse"],
    )
    classes: dict[str, str] = key({}, "classes to rename or unite, as {https: http, www: http}")
    pictures: str | None = key(None, "folder of the pictures, where they do not lie below the source")
    copy: bool = key(True, "copy the pictures into the set; false links to them where they lie")
    group: str = key(
        "picture",
        "what belongs together where the source names no group, so that a split keeps it together: nothing (picture), "
        "or the pictures of one folder (folder)",
        choices=["picture", "folder"],
    )
    first_pixel: str = key(
        "auto",
        "number of the first pixel in Pascal VOC and CSV files: 1 as VOC counts, 0 as others do; auto takes VOC's 1 "
        "except in files with a corner at 0, and 0 in CSV",
        choices=["auto", "0", "1"],
    )
    workers: int | None = key(
        None, "processes that look at pictures; as many as there are cores where not given", low=1, high=1024
    )
