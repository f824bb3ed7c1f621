"""Reads `label_map.pbtxt` of the Object Detection API: items with a number from 1 on and a name."""

from __future__ import annotations

import re
from pathlib import Path

from conf import UserError

_ITEM = re.compile(r"\bitem\s*:?\s*\{((?:[^{}'\"]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")*)\}")
_FIELD = re.compile(r"(\w+)\s*:\s*(-?\d+|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")
_COMMENT = re.compile(r"^\s*#.*$", re.M)


def read_label_map(path: Path) -> dict[int, str]:
    """Names by number, as the file has them.

    Raises:
        UserError: where the file is missing or no text, an item lacks its id or name, or an id is used twice.
    """
    try:
        text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is no text in UTF-8.") from None
    names: dict[int, str] = {}
    for number, item in enumerate(_ITEM.findall(text), start=1):
        fields = dict(_FIELD.findall(item))
        if not fields.get("id", "").isdigit() or "name" not in fields:
            raise UserError(f"{path} item {number} must have an id, a whole number, and a name.")
        if int(fields["id"]) in names:
            raise UserError(f"{path} item {number}: id={fields['id']} is used twice.")
        names[int(fields["id"])] = re.sub(r"\\(.)", r"\1", fields["name"][1:-1])
    if not names:
        raise UserError(f"{path} holds no item.")
    return names
