"""Renders whole sets: in parts, by several processes, so that a killed run goes on and the bytes never differ.

A part is `PART_PAGES` pages. Its pictures are written first, then its record in `.parts/`; a part with a record is
never rendered again. When all are there, the records become `annotations.json` and `recipes.jsonl`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import as_completed
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
from tqdm import tqdm

from conf import UserError
from conf.app import as_yaml
from conf.schema.synth import SynthConfig
from data import Dataset, Image
from data.files import claim_folder, read_json, replacing, write_bytes, write_json, write_text
from data.formats import coco
from data.processes import worker_processes
from synth import fonts, words
from synth.pipeline import Sample, render

PART_PAGES = 25
_CONFIG, _RECIPES, _PARTS = "config.yaml", "recipes.jsonl", ".parts"
OURS = (*coco.ENTRIES_OF_A_SET, _CONFIG, _PARTS, "pages")


def generate(config: SynthConfig) -> Path:
    """Renders the set that `config` describes into `config.out`, or the rest of it.

    Returns:
        The set's folder.

    Raises:
        UserError: where the folder holds a set of another configuration or something else, or a worker died.
    """
    out = Path(config.out)
    # A missing font or text is found before anything is written.
    fonts.library(config.font)
    words.check(config.page.text_file)
    _claim(config, out)
    if (out / coco.ANNOTATIONS).exists():
        _forget_parts(out)
        return out
    parts = range(0, config.count, PART_PAGES)
    missing = [first for first in parts if not _record(out, first).exists()]
    with tqdm(total=config.count, initial=config.count - _pages(missing, config), unit="page", desc="synth") as bar:
        for first in _rendered(config, missing):
            bar.update(_pages([first], config))
    _finish(out, parts)
    return out


def _pages(parts: Iterable[int], config: SynthConfig) -> int:
    return sum(min(PART_PAGES, config.count - first) for first in parts)


def _record(out: Path, first: int) -> Path:
    return out / _PARTS / f"{first:09d}.json"


def _claim(config: SynthConfig, out: Path) -> None:
    claim_folder(out, OURS)
    # Where it lies and how many processes make it does not change a set.
    described = as_yaml(replace(config, out="", workers=None, index=None, show=False))
    there = out / _CONFIG
    if there.exists() and there.read_text(encoding="utf-8") != described:
        raise UserError(f"out={out} holds a set of another configuration ({there}); name a new folder.")
    if not there.exists() and any((out / name).exists() for name in (coco.ANNOTATIONS, "images")):
        raise UserError(f"out={out} holds a set that synth did not make; name a new folder.")
    write_text(there, described)


def _rendered(config: SynthConfig, parts: list[int]) -> Iterator[int]:
    """Renders parts and yields the first page of each as it is done."""
    workers = min(config.workers or os.cpu_count() or 1, max(len(parts), 1))
    if workers == 1:
        for first in parts:
            yield render_part(config, first)
        return
    death = (
        f"A worker process died, killed or out of memory; finished parts are kept in {config.out}: "
        "run the same command again, with fewer workers if memory was short."
    )
    with worker_processes(workers, death) as pool:
        for done in as_completed([pool.submit(render_part, config, first) for first in parts]):
            yield done.result()


def render_part(config: SynthConfig, first: int) -> int:
    """Renders pages `first` … `first + PART_PAGES - 1`, their pictures first, their record last; returns `first`."""
    cv2.setNumThreads(1)
    out = Path(config.out)
    images: list[Image] = []
    recipes: list[dict[str, Any]] = []
    for index in range(first, min(first + PART_PAGES, config.count)):
        sample = render(config, index)
        path = out / "images" / f"{index // 1000:02d}" / f"{index:06d}.jpg"
        write_bytes(path, sample.jpeg)
        images.append(as_image(sample, path))
        recipes.append({"image_id": index + 1, **sample.recipe.as_dict()})
    content = coco.to_coco(Dataset(tuple(images)), out)
    write_json(_record(out, first), {"coco": content, "recipes": recipes})
    return first


def as_image(sample: Sample, path: Path) -> Image:
    """A sample as an image of the dataset model, its picture at `path`."""
    recipe = sample.recipe
    return Image(
        path=path,
        width=recipe.camera.width,
        height=recipe.camera.height,
        links=sample.links,
        source="synth",
        group=f"synth-{recipe.seed}-{recipe.index}",
        id=recipe.index + 1,
    )


def _finish(out: Path, parts: Iterable[int]) -> None:
    """Joins the records; `annotations.json` appears last, and says that the set is whole."""
    whole: dict[str, Any] = {}
    annotations: list[dict[str, Any]] = []
    images: list[dict[str, Any]] = []
    with replacing(out / _RECIPES) as scratch, scratch.open("w", encoding="utf-8") as lines:
        for first in parts:
            record = read_json(_record(out, first))
            whole = record["coco"]
            images += whole["images"]
            for annotation in whole["annotations"]:
                annotations.append({**annotation, "id": len(annotations) + 1})
            lines.writelines(json.dumps(recipe, ensure_ascii=False) + "\n" for recipe in record["recipes"])
    info = {"description": "Synthetic photographs of printed links", "version": "1"}
    write_json(out / coco.ANNOTATIONS, {**whole, "info": info, "images": images, "annotations": annotations})
    _forget_parts(out)


def _forget_parts(out: Path) -> None:
    shutil.rmtree(out / _PARTS, ignore_errors=True)


def describe(sample: Sample) -> dict[str, Any]:
    """Truth and recipe of one sample as plain JSON values."""
    return {"links": [asdict(link) for link in sample.links], "recipe": sample.recipe.as_dict()}
