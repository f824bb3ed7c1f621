"""Renders whole sets: in parts, by several workers, so that a killed run goes on and the bytes never differ."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from tqdm import tqdm

from conf import UserError
from conf.app import as_yaml
from conf.schema.engine import EngineConfig
from conf.schema.synth import SynthConfig
from data.files import claim_folder, write_text
from data.formats import coco
from data.recipes import RECIPES
from synth import fonts, parts, words
from synth.engines import rendered
from synth.pipeline import Sample
from synth.progress import logging_above_bars

CONFIG = "config.yaml"
OURS = (*coco.ENTRIES_OF_A_SET, CONFIG, parts.FOLDER, "pages")


@dataclass(frozen=True, slots=True)
class Generated:
    """A set that is whole; `links` is None where an earlier run had finished it."""

    folder: Path
    pages: int
    links: int | None


def generate(config: SynthConfig) -> Generated:
    """Renders the set that `config` describes into `config.out`, or the rest of it.

    Raises:
        UserError: where the folder holds a set of another configuration or something else, or workers kept dying.
    """
    out = Path(config.out)
    # A missing font or text is found before anything is written.
    fonts.library(config.font)
    words.check(config.page.text_file)
    claim(config)
    links = None
    if not (out / coco.ANNOTATIONS).exists():
        _render_missing(config)
        links = parts.join(config)
    _clear(out)
    return Generated(out, config.count, links)


def claim(config: SynthConfig) -> None:
    """Makes the set's folder this configuration's own.

    Raises:
        UserError: where it holds something else.
    """
    out = Path(config.out)
    claim_folder(out, OURS)
    described = as_yaml(_description(config))
    there = out / CONFIG
    if not there.exists() and any((out / name).exists() for name in (coco.ANNOTATIONS, "images")):
        raise UserError(f"out={out} holds a set that synth did not make; name a new folder.")
    if not there.exists():
        write_text(there, described)
    elif there.read_text(encoding="utf-8") != described:
        raise UserError(
            f"out={out} holds a set of another configuration ({_difference(there, described)}); name a new folder."
        )


def _description(config: SynthConfig) -> SynthConfig:
    """The configuration without what does not change a set: where it lies, and who makes it."""
    return replace(config, out="", workers=None, index=None, recipe=None, show=False, engine=EngineConfig())


def _difference(there: Path, described: str) -> str:
    """The first key that is not what the file says, with both values."""
    for (name, old), (_, new) in zip(_flat(OmegaConf.load(there)), _flat(OmegaConf.create(described)), strict=False):
        if old != new:
            return f"{name}={old} in {there}, {new} here"
    return str(there)


def _flat(config: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in config.items():
        if OmegaConf.is_dict(value):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _render_missing(config: SynthConfig) -> None:
    out = Path(config.out)
    missing = (pages for pages in parts.parts_of(config) if not parts.record_of(out, pages).exists())
    done = sum(len(pages) for pages in parts.parts_of(config) if parts.record_of(out, pages).exists())
    most = -(-(config.count - done) // parts.PART_PAGES)
    bar = tqdm(total=config.count, initial=done, unit="page", desc="synth")
    with bar, logging_above_bars(), closing(rendered(config, missing, most)) as finished:
        for pages in finished:
            bar.update(len(pages))


def _clear(out: Path) -> None:
    """Removes the records, and what killed runs left half-written."""
    shutil.rmtree(out / parts.FOLDER, ignore_errors=True)
    for name in (coco.ANNOTATIONS, RECIPES, CONFIG):
        for scratch in out.glob(f".{name}.*.part"):
            scratch.unlink(missing_ok=True)


def describe(sample: Sample) -> dict[str, Any]:
    """Truth and recipe of one sample as plain JSON values."""
    return {"links": [asdict(link) for link in sample.links], "recipe": sample.recipe.as_dict()}
