"""The names of YOLO's classes: `data.yaml` of Ultralytics, `classes.txt` of LabelImg, `*.names` of Darknet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conf import UserError
from data.pictures import visible_files

NAMES = "data.yaml"
_LISTS = frozenset({"classes.txt", "labels.txt", "predefined_classes.txt"})
_MOST_BYTES = 1_000_000


def is_names(path: Path) -> bool:
    """Whether a text file lists names of classes, one a line."""
    return path.name.lower() in _LISTS or path.suffix.lower() == ".names"


def read_names(folder: Path) -> dict[int, str] | None:
    """Names by number; None where no file says them. A folder called `labels` may have them beside it.

    Raises:
        UserError: where a file of names is faulty, or two of them differ.
    """
    found: dict[Path, dict[int, str]] = {}
    beside = [path for path in folder.parent.iterdir() if path.is_file()] if folder.name == "labels" else []
    for path in sorted([*visible_files(folder), *beside]):
        names = _names_in(path)
        if names:
            found[path] = names
    different = [path for path, names in found.items() if names != next(iter(found.values()))]
    if different:
        raise UserError(f"{next(iter(found))} and {different[0]} give classes different names; keep one of them.")
    return next(iter(found.values()), None)


def _names_in(path: Path) -> dict[int, str] | None:
    if is_names(path):
        lines = _text(path).splitlines()
        return {index: line.strip() for index, line in enumerate(lines) if line.strip()}
    if path.suffix.lower() in (".yaml", ".yml"):
        content = _yaml(path)
        return _numbered(content["names"], path) if isinstance(content, dict) and "names" in content else None
    return None


def _text(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        raise UserError(f"{path} has more than {_MOST_BYTES:,} bytes; it should hold the names of some classes.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path} is no text in UTF-8.") from None


def _yaml(path: Path) -> Any:
    from yaml import YAMLError, safe_load  # OmegaConf's parser

    try:
        return safe_load(_text(path))
    except YAMLError as error:
        raise UserError(f"{path} is no YAML: {' '.join(str(error).split())}.") from None


def _numbered(names: Any, path: Path) -> dict[int, str]:
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not isinstance(names, dict) or not all(isinstance(key, int) for key in names):
        raise UserError(f"{path}: names={str(names)[:60]!r} must be a list, or names by number.")
    return {key: str(name) for key, name in names.items()}
