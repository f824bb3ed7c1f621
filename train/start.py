"""What a run starts from: the key `init_checkpoint` as a path. No TensorFlow here."""

from __future__ import annotations

from pathlib import Path

from conf import UserError
from train.fetch import fetch, is_url

SHIPPED = Path("models/detector")
"""Models that have a name: `small` is `models/detector/small`, here or in InkLink's own folder."""
WEIGHTS = "weights/weights"
"""Prefix of the weights in a shipped model's folder."""


def homes() -> tuple[Path, ...]:
    """Folders that hold models with a name, that of the working folder first."""
    return (SHIPPED, Path(__file__).parents[1] / SHIPPED)


def start_of(source: str, cache: Path) -> Path:
    """The folder or prefix that `init_checkpoint` means: by a shipped model's name, from a URL, or as a path."""
    if is_url(source):
        return fetch(source, cache)
    path = Path(source).expanduser()
    if path.exists() or path.name != source:
        return path
    return next((home / source for home in homes() if (home / source).is_dir()), path)


def refuse_absent(source: str) -> None:
    """Refuses a path where nothing lies, before TensorFlow is loaded.

    Raises:
        UserError: with what it can be.
    """
    if is_url(source):
        return
    path = start_of(source, Path())
    if not path.exists() and not Path(f"{path}.index").is_file():
        names = ", ".join(
            sorted({each.name for home in homes() for each in home.glob("*") if any(each.rglob("weights.index"))})
        )
        raise UserError(
            f"init_checkpoint={source} is not there; it can be a model by its name ({names}), a run, a checkpoint of "
            "Model Garden's or its folder, or a URL of one."
        )
