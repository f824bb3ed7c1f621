"""Draws a stored recipe again, to the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from omegaconf import OmegaConf

from conf import UserError
from conf.app import typed
from conf.schema.synth import SynthConfig
from data.recipes import RECIPES
from synth import fonts
from synth.generate import CONFIG
from synth.pipeline import Sample, develop
from synth.recipe import Recipe


class _Numbered(msgspec.Struct):
    image_id: int


class _Written(msgspec.Struct):
    """What `index=N` writes beside its picture."""

    recipe: msgspec.Raw


def replay(config: SynthConfig) -> Sample:
    """Draws the page of `config.recipe`, the one of number `config.index` where that is a set or its recipes.

    Fonts and the limits of the truth are those of the set that the recipe lies in, else those of `config`.

    Raises:
        UserError: where there is no such recipe, it has a fault (with file, line and key), or a font is missing.
    """
    given = Path(config.recipe or "")
    file = given / RECIPES if given.is_dir() else given
    line, where = _found(file, config.index)
    recipe = decoded(line, where)
    config = _as_in_set(config, file)
    families = fonts.library(config.font)
    layout = recipe.layout
    for name in (layout.body_family, layout.heading_family, layout.mono_family):
        if name not in families:
            raise UserError(f"{where} is set in {name}, which is not among the fonts here; see font.packages.")
    return develop(recipe, config)


def decoded(text: bytes | msgspec.Raw, where: str) -> Recipe:
    """A recipe from its JSON.

    Raises:
        UserError: naming `where` and the key of the first fault.
    """
    try:
        return msgspec.json.decode(text, type=Recipe)
    except msgspec.DecodeError as error:
        raise UserError(f"{where} is no recipe: {error}.") from None


def _found(file: Path, index: int | None) -> tuple[bytes | msgspec.Raw, str]:
    """The JSON of the recipe that is asked for, and its place in words."""
    try:
        if file.suffix == ".jsonl":
            return _line(file, index)
        text = file.read_bytes()
    except OSError as error:
        raise UserError(f"recipe={file} cannot be read: {error.strerror}.") from None
    try:
        return msgspec.json.decode(text, type=_Written).recipe, str(file)
    except msgspec.DecodeError:
        return text, str(file)


def _line(file: Path, index: int | None) -> tuple[bytes, str]:
    lines = _lines(file)
    if index is None:
        first, second = next(lines, None), next(lines, None)
        if first is None or second is not None:
            raise UserError(f"recipe={file} holds {'many recipes' if first else 'no recipe'}; name a page by index=N.")
        return first[1:]
    for number, line, where in lines:
        if number == index + 1:
            return line, where
    raise UserError(f"recipe={file} has no page {index}; picture 000000.jpg is page 0.")


def _lines(file: Path) -> Iterator[tuple[int, bytes, str]]:
    """The id of its picture, the line itself, and its place in words, for each line."""
    decoder = msgspec.json.Decoder(_Numbered)
    with file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            where = f"{file} line {number}"
            try:
                yield decoder.decode(line).image_id, line, where
            except msgspec.DecodeError as error:
                raise UserError(f"{where} is no recipe: {error}.") from None


def _as_in_set(config: SynthConfig, file: Path) -> SynthConfig:
    """The configuration with the fonts and limits of the set that `file` belongs to, where there is one."""
    for folder in (file.parent, file.parent.parent):  # a page alone lies in `pages/` of its set
        if (folder / CONFIG).is_file():
            stored: Any = OmegaConf.merge(OmegaConf.structured(SynthConfig), OmegaConf.load(folder / CONFIG))
            used = typed(stored, SynthConfig)
            return replace(config, font=used.font, truth=used.truth)
    return config
