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
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from conf import UserError
from conf.schema.data_merge import MergeConfig
from conf.schema.preprocess import PreprocessConfig
from data.crew import in_order
from data.equal_pictures import related, with_hashes, without_equal
from data.files import claim_folder, read_json, replacing_folder, write_json
from data.formats import coco, tfrecord
from data.identity import dataset_hash, file_hash, made_by
from data.merge import Source, merge, read_sources
from data.model import Dataset, Image, LinkAnnotation
from data.near_duplicates import near_groups, united
from data.pictures import Unlabelled, as_it_is, copied, refuse_overlap
from data.pixels import Encoded, as_jpeg, load
from data.preprocess import apply, changes_nothing
from data.recipes import carry_recipes
from data.rejected import Faults
from data.split import PARTS, split
from data.weights import check_weights, shares, source_of, write_weighted
from data.written import refuse_foreign

SUMMARY = "merge.json"
_BY = "merge"
TRAIN = PARTS[0]
_LAYOUT = 3
"""Counts up when the same sources and keys come to give other files, so that old parts are written anew."""
_MOST_PAIRS = 100
"""So many pairs of pictures are named in the summary."""


def build(config: MergeConfig) -> dict[str, Any]:
    """Merges, divides and writes.

    Returns:
        What `merge.json` holds.

    Raises:
        UserError: where a source or the output folder is not usable; parts already finished are kept.
    """
    out = Path(config.out)
    sources = read_sources(config.sources, cast(Unlabelled, config.unlabelled), cast(Faults, config.faults))
    _refuse_nesting(out, sources)
    whole = merge(sources, config.classes)
    check_weights(config.weights, [source.name for source in sources if source.dataset.images])
    _steps(config, sources)
    refuse_overlap(whole, out)
    claim_folder(out, (*PARTS, SUMMARY))
    hashes = {image.path: file_hash(image.path) for image in whole.images}
    fingerprint = _fingerprint(config, sources, whole, hashes)
    earlier = _earlier(out, fingerprint)
    finished = _finished_parts(out, earlier)
    if earlier and set(finished) == set(earlier["planned"]):
        return earlier
    for part in set(PARTS) - set(finished):
        refuse_foreign(out / part, _BY)
    whole, found = _cleaned(whole, config, hashes)
    parts = {part: images for part, images in split(whole, config.split, config.seed).items() if images}
    summary: dict[str, Any] = {
        "fingerprint": fingerprint,
        "made_by": made_by(),
        "config": dataclasses.asdict(config),
        "sources": [_source_entry(source) for source in sources],
        **found,
        "planned": list(parts),
        "parts": {},
    }
    # Parts of another merge share groups with these: side by side they would leak from train into test.
    for part in set(PARTS) - set(finished):
        shutil.rmtree(out / part, ignore_errors=True)
    for part, images in parts.items():
        described = replace(whole, images=images, info=_info(config, sources, images, part))
        entry = finished.get(part) or _write_part(described, out / part, config, sources)
        summary["parts"][part] = entry
        write_json(out / SUMMARY, summary, indent=2)
    return summary


def notes(summary: dict[str, Any]) -> list[str]:
    """What a person should hear of a merge beside its counts, in sentences."""
    said = [line for source in summary["sources"] for line in source["faults"]]
    said += _drawn(summary["config"]["weights"], summary["parts"].get(TRAIN))
    if summary["equal_pictures"]["left_out"]:
        said.append(
            f"{summary['equal_pictures']['left_out']} pictures lie in two sources with the same links: kept once."
        )
    for left, right in summary["equal_pictures"]["differ"][:1]:
        more = len(summary["equal_pictures"]["differ"]) - 1
        said.append(
            f"{left} and {right} are the same picture with other links{f', and {more} pairs more' if more else ''}: "
            "both were kept, in one group; correct one of the two sources."
        )
    near = summary["near_duplicates"]
    if near["groups_united"]:
        left, right = near["pairs"][0]
        said.append(
            f"{near['groups_united']} groups went into others that show nearly the same picture "
            f"(as {left} and {right}), so that no split parts them."
        )
    return said


def _drawn(weights: Mapping[str, float], train: Mapping[str, Any] | None) -> list[str]:
    """How often training will draw from each source, and which weights come to nothing."""
    if not weights or train is None:
        return []
    counts = train["images_by_source"]
    parts = [
        f"{100 * share:.3g} % from {name} ({counts[name]} images)"
        for name, share in shares(weights, list(counts)).items()
    ]
    absent = [name for name in weights if name not in counts]
    return [f"Training draws its pages thus: {', '.join(parts)}."] + [
        f"No picture of {name} went into {TRAIN}: weights.{name} counts for nothing." for name in absent
    ]


def _cleaned(whole: Dataset, config: MergeConfig, hashes: Mapping[Path, str]) -> tuple[Dataset, dict[str, Any]]:
    """The set without pictures that it has twice, near pictures in one group; and what was found, for the summary."""
    whole, left_out, differing = without_equal(with_hashes(whole, hashes), hashes)
    near = related(whole)
    if config.near_duplicates != "ignore":
        near += near_groups(whole, config.near_bits)
    if near and config.near_duplicates == "refuse":
        left, right = near[0]
        raise UserError(
            f"{left.path} of group {left.group} and {right.path} of group {right.group} show nearly the same; "
            "remove one, or let near_duplicates=unite put their groups together."
        )
    whole, count = united(whole, near)
    return whole, {
        "equal_pictures": {"left_out": left_out, "differ": _names(differing)},
        "near_duplicates": {"groups_united": count, "pairs": _names(near)},
    }


def _names(pairs: Sequence[tuple[Image, Image]]) -> list[list[str]]:
    origins = [[image.extra["origin"] for image in pair] for pair in pairs[:_MOST_PAIRS]]
    return [[f"{one['set']}/{one['file_name']}" for one in pair] for pair in origins]


def _steps(config: MergeConfig, sources: Sequence[Source]) -> dict[str, Any]:
    """What will have been done to the pictures, here or before; empty where nothing is.

    Raises:
        UserError: where that is not one thing for all: a model could not do it to the pictures that it will see.
    """
    asked = {} if changes_nothing(config.preprocess) else dataclasses.asdict(config.preprocess)
    done = {source.name: source.dataset.info.get("preprocess") or {} for source in sources if source.dataset.images}
    prepared = [name for name, steps in done.items() if steps]
    if prepared and asked:
        raise UserError(f"The pictures of {prepared[0]} are preprocessed already; merge its originals instead.")
    first = next(iter(done.values()), {})
    for name, steps in done.items():
        if steps != first:
            raise UserError(
                f"The pictures of {next(iter(done))} and {name} are not preprocessed in the same way; "
                "merge the originals of all, with one preprocess=."
            )
    return asked or first


def _info(config: MergeConfig, sources: Sequence[Source], images: Sequence[Image], part: str) -> dict[str, Any]:
    """What a part was made of and how; no dates, so that the same sources give the same bytes."""
    counts = Counter(map(source_of, images))
    info: dict[str, Any] = {
        "description": f"{part} part of {', '.join(counts)}",
        "made_by": f"{made_by()}, python -m data merge",
        "sources": [
            {"name": source.name, "images": counts[source.name], "info": dict(source.dataset.info)}
            for source in sources
            if counts[source.name]
        ],
    }
    if steps := _steps(config, sources):
        info["preprocess"] = steps
    if config.weights and part == TRAIN:
        info["weights"] = shares(config.weights, list(counts))
    return info


def _refuse_nesting(out: Path, sources: Sequence[Source]) -> None:
    for source in sources:
        if source.folder.resolve() in (out.resolve(), *out.resolve().parents):
            raise UserError(f"out={out} lies in the source {source.path}; name a folder outside of it.")


def _fingerprint(config: MergeConfig, sources: Sequence[Source], whole: Dataset, hashes: Mapping[Path, str]) -> str:
    """Names everything that the parts depend on."""
    keys = {name: value for name, value in dataclasses.asdict(config).items() if name not in ("out", "sources")}
    recipes = [file_hash(file) for source in sources if (file := source.folder / "recipes.jsonl").is_file()]
    names = [[image.group, image.extra["origin"]] for image in whole.images]
    facts = [_LAYOUT, keys, [dataset_hash(source.dataset, hashes) for source in sources], recipes, names]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _earlier(out: Path, fingerprint: str) -> dict[str, Any]:
    """The summary of an earlier run of the same merge; empty where there is none.

    Raises:
        UserError: where something else has its name.
    """
    if not (out / SUMMARY).exists():
        return {}
    earlier = read_json(out / SUMMARY)
    if not isinstance(earlier, dict) or "fingerprint" not in earlier:
        raise UserError(f"{out / SUMMARY} is not what a merge writes; name a new folder, or move that file away.")
    return earlier if earlier["fingerprint"] == fingerprint else {}


def _finished_parts(out: Path, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Parts that an earlier run wrote to the end."""
    parts = earlier.get("parts", {})
    return {part: entry for part, entry in parts.items() if (out / part / coco.ANNOTATIONS).is_file()}


def _source_entry(source: Source) -> dict[str, Any]:
    told = source.ledger.told()
    return {"name": source.name, "path": str(source.path), **_counts(source.dataset), "faults": told}


def _counts(dataset: Dataset) -> dict[str, int]:
    ignored = sum(link.ignore for image in dataset.images for link in image.links)
    return {"images": len(dataset.images), "links": dataset.links, "ignored_links": ignored}


def _write_part(part: Dataset, folder: Path, config: MergeConfig, sources: Sequence[Source]) -> dict[str, Any]:
    results = in_order(partial(_prepared, steps=config.preprocess), part.images)
    with replacing_folder(folder, coco.ENTRIES_OF_A_SET, by=_BY) as scratch:
        written = replace(part, images=tuple(copied(part, scratch, lambda _: next(results))))
        carry_recipes(written, sources, scratch)
        if config.shards:
            _write_shards(written, scratch / "shards", config, weighted=folder.name == TRAIN and bool(config.weights))
            tfrecord.write_label_map(written.categories, scratch / "label_map.pbtxt")
        coco.write(written, scratch, copy_images=False)
    by_source = Counter(image.extra["origin"]["set"] for image in written.images)
    groups = len({image.group for image in written.images})
    return {**_counts(written), "groups": groups, "images_by_source": dict(by_source)}


def _prepared(image: Image, steps: PreprocessConfig) -> tuple[Encoded, tuple[LinkAnnotation, ...]]:
    """A picture as it goes into a part, and the links on it."""
    if changes_nothing(steps):
        return as_it_is(image)
    pixels, links = apply(load(image.path), image.links, steps)
    return Encoded(as_jpeg(pixels), ".jpg", pixels.shape[1], pixels.shape[0]), links


def _write_shards(part: Dataset, folder: Path, config: MergeConfig, *, weighted: bool) -> None:
    if weighted:
        mixed = config.mix == "shards"
        write_weighted(part, folder, config.weights, mixed=mixed, images_per_shard=config.images_per_shard)
    else:
        tfrecord.write_shards(part, folder, images_per_shard=config.images_per_shard)
