"""What a number was measured on: a hash that names a dataset by its content, wherever it lies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from data.formats.coco import to_coco
from data.model import Dataset


def dataset_hash(dataset: Dataset, hashes: Mapping[Path, str] | None = None) -> str:
    """SHA-256, in hexadecimal, over the annotations and the bytes of every picture.

    Where the pictures lie and what their files are called does not count; their order, ids, and every key does.

    Args:
        dataset: what to name.
        hashes: of each picture's file, where they are known already.
    """
    digest = hashlib.sha256()
    content = to_coco(dataset)
    for image in content["images"]:
        del image["file_name"]
    digest.update(json.dumps(content, sort_keys=True, ensure_ascii=False).encode())
    for image in dataset.images:
        digest.update(bytes.fromhex(hashes[image.path] if hashes else file_hash(image.path)))
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def made_by() -> str:
    """Name and version of this software, for a set's `info`."""
    try:
        return f"inklink {version('inklink')}"
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "inklink"
