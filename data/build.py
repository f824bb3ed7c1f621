"""`python -m data merge`: from sources to folders that training reads, part by part; a finished part is kept.

OUT/train/  val/  test/     each a set of its own, with shards/ and label_map.pbtxt; empty parts are not written
OUT/merge.json              what went in and came out, and how the parts are known to be up to date
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from conf import UserError
from conf.schema.data_merge import MergeConfig
from data.files import claim_folder, read_json, replacing_folder, write_json
from data.formats import coco, tfrecord
from data.identity import dataset_hash, file_hash
from data.merge import Source, merge, read_sources
from data.model import Dataset, Image, LinkAnnotation
from data.pictures import Unlabelled, as_it_is, copied, refuse_overlap
from data.pixels import Encoded, as_jpeg, load
from data.preprocess import apply, changes_nothing
from data.recipes import carry_recipes
from data.split import PARTS, split

SUMMARY = "merge.json"
_LAYOUT = 1
"""Counts up when the same sources and keys come to give other files, so that old parts are written anew."""


def build(config: MergeConfig) -> dict[str, Any]:
    """Merges, divides and writes.

    Returns:
        What `merge.json` holds.

    Raises:
        UserError: where a source or the output folder is not usable; parts already finished are kept.
    """
    out = Path(config.out)
    sources = read_sources(config.sources, cast(Unlabelled, config.unlabelled))
    _refuse_nesting(out, sources)
    whole = merge(sources, config.classes)
    refuse_overlap(whole, out)
    claim_folder(out, (*PARTS, SUMMARY))
    summary: dict[str, Any] = {
        "fingerprint": _fingerprint(config, sources, whole),
        "config": dataclasses.asdict(config),
        "sources": [_source_entry(source) for source in sources],
        "parts": {},
    }
    finished = _finished_parts(out, summary["fingerprint"])
    # Parts of another merge share groups with these: side by side they would leak from train into test.
    for part in set(PARTS) - set(finished):
        shutil.rmtree(out / part, ignore_errors=True)
    for part, images in split(whole, config.split, config.seed).items():
        if not images:
            continue
        entry = finished.get(part) or _write_part(replace(whole, images=images), out / part, config, sources)
        summary["parts"][part] = entry
        write_json(out / SUMMARY, summary, indent=2)
    return summary


def _refuse_nesting(out: Path, sources: Sequence[Source]) -> None:
    for source in sources:
        if source.folder.resolve() in (out.resolve(), *out.resolve().parents):
            raise UserError(f"out={out} lies in the source {source.path}; name a folder outside of it.")


def _fingerprint(config: MergeConfig, sources: Sequence[Source], whole: Dataset) -> str:
    """Names everything that the parts depend on."""
    keys = {name: value for name, value in dataclasses.asdict(config).items() if name not in ("out", "sources")}
    recipes = [file_hash(file) for source in sources if (file := source.folder / "recipes.jsonl").is_file()]
    names = [[image.group, image.extra["origin"]] for image in whole.images]
    facts = [_LAYOUT, keys, [dataset_hash(source.dataset) for source in sources], recipes, names]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _finished_parts(out: Path, fingerprint: str) -> dict[str, Any]:
    """Parts of an earlier run of the same merge that were written to the end."""
    if not (out / SUMMARY).is_file():
        return {}
    earlier = read_json(out / SUMMARY)
    if not isinstance(earlier, dict) or earlier.get("fingerprint") != fingerprint:
        return {}
    return {part: entry for part, entry in earlier["parts"].items() if (out / part / coco.ANNOTATIONS).is_file()}


def _source_entry(source: Source) -> dict[str, Any]:
    return {"name": source.name, "path": str(source.path), **_counts(source.dataset)}


def _counts(dataset: Dataset) -> dict[str, int]:
    ignored = sum(link.ignore for image in dataset.images for link in image.links)
    return {"images": len(dataset.images), "links": dataset.links, "ignored_links": ignored}


def _write_part(part: Dataset, folder: Path, config: MergeConfig, sources: Sequence[Source]) -> dict[str, Any]:
    def preprocessed(image: Image) -> tuple[Encoded, tuple[LinkAnnotation, ...]]:
        pixels, links = apply(load(image.path), image.links, config.preprocess)
        return Encoded(as_jpeg(pixels), ".jpg", pixels.shape[1], pixels.shape[0]), links

    transform = as_it_is if changes_nothing(config.preprocess) else preprocessed
    with replacing_folder(folder, coco.ENTRIES_OF_A_SET) as scratch:
        written = replace(part, images=tuple(copied(part, scratch, transform)))
        carry_recipes(written, sources, scratch)
        if config.shards:
            tfrecord.write_shards(written, scratch / "shards", images_per_shard=config.images_per_shard)
            tfrecord.write_label_map(written.categories, scratch / "label_map.pbtxt")
        coco.write(written, scratch, copy_images=False)
    by_source = Counter(image.extra["origin"]["set"] for image in written.images)
    groups = len({image.group for image in written.images})
    return {**_counts(written), "groups": groups, "images_by_source": dict(by_source)}
