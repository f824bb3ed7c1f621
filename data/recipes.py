"""Carries the recipes of synthetic pages (`recipes.jsonl`, one a line with its `image_id`) into a merged set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conf import UserError
from data.files import write_text
from data.merge import Source
from data.model import Dataset

RECIPES = "recipes.jsonl"


def carry_recipes(written: Dataset, sources: Sequence[Source], folder: Path) -> None:
    """Writes the recipes of the pictures of a merged set, with their new ids; no file where no source has any.

    Args:
        written: the merged set, its pictures in the order of their ids from 1 on.
        sources: where the pictures came from.
        folder: gets the file.

    Raises:
        UserError: naming file and line where a recipe is no JSON object.
    """
    new_ids = {
        (image.extra["origin"]["set"], image.extra["origin"].get("id")): number
        for number, image in enumerate(written.images, start=1)
    }
    lines = [line for source in sources for line in _renumbered(source, new_ids)]
    if lines:
        write_text(folder / RECIPES, "".join(lines))


def _renumbered(source: Source, new_ids: dict[tuple[str, int | None], int]) -> Iterator[str]:
    file = source.folder / RECIPES
    for recipe in read_recipes(file) if file.is_file() else ():
        new_id = new_ids.get((source.name, recipe.get("image_id")))
        if new_id is not None:
            yield recipe_line({**recipe, "image_id": new_id})


def read_recipes(file: Path) -> Iterator[dict[str, Any]]:
    """The recipes of a file, one a line.

    Raises:
        UserError: naming file and line where one is no JSON object.
    """
    with file.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                recipe = json.loads(line)
            except json.JSONDecodeError as error:
                raise UserError(f"{file} line {number} is not JSON: {error.msg}.") from None
            if not isinstance(recipe, dict):
                raise UserError(f"{file} line {number} must be an object with named keys.")
            yield recipe


def recipe_line(recipe: Mapping[str, Any]) -> str:
    """A recipe as its line in the file."""
    return json.dumps(recipe, ensure_ascii=False) + "\n"
