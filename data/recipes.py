"""Carries the recipes of synthetic pages (`recipes.jsonl`, one a line with its `image_id`) into a merged set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

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
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                recipe = json.loads(line)
            except json.JSONDecodeError as error:
                raise UserError(f"{file} line {number} is not JSON: {error.msg}.") from None
            if not isinstance(recipe, dict):
                raise UserError(f"{file} line {number} must be an object with named keys.")
            new_id = new_ids.get((source.name, recipe.get("image_id")))
            if new_id is not None:
                yield json.dumps({**recipe, "image_id": new_id}, ensure_ascii=False) + "\n"
