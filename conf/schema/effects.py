"""Schema of `camera.effects`: photometric transforms of albumentations, by their names.

Imports here take two seconds, so they happen when a configuration first asks for an effect.
"""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from conf.errors import UserError

_ENTRY = "{name: RandomToneCurve, p: 0.3}"


def check(
    effects: Sequence[Any], name: str, attempt: Callable[[str, Mapping[str, Any], str], None] | None = None
) -> None:
    """Refuses what is no photometric transform of albumentations, or has arguments that it does not take.

    Args:
        effects: entries with a name, perhaps the share `p` of pictures that get it, and arguments.
        name: the key that they were given under.
        attempt: tries one, by its name, arguments and key, where other transforms are wanted.

    Raises:
        UserError: naming the key `name`, the effect and the argument.
    """
    for effect in effects:
        if not isinstance(effect, Mapping) or not isinstance(effect.get("name"), str):
            raise UserError(f"{name} has an entry without a name; write {_ENTRY}.")
        share = effect.get("p", 0.5)
        if not isinstance(share, int | float) or not 0 <= share <= 1:
            raise UserError(f"{name} gives {effect['name']} p={share!r}; it must be a share from 0 to 1.")
        (attempt or _try)(effect["name"], {k: v for k, v in effect.items() if k not in ("name", "p")}, name)


def transform(name: str, arguments: Mapping[str, Any], key: str = "camera.effects", *, moving: bool = False) -> Any:
    """albumentations' transform of that name, always applied; `key` is named where it is refused.

    With `moving` it may move pixels too.
    """
    kind, takes = _kind(name, key, moving)
    stranger = next((argument for argument in arguments if argument not in takes), None)
    if stranger is not None:
        near = difflib.get_close_matches(stranger, takes, n=1)
        hint = f"did you mean {near[0]}? It" if near else "it"
        raise UserError(f"{key}: {name} has no argument {stranger}; {hint} takes {', '.join([*takes, 'p'])}.")
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}, p=1.0)
    except Exception as error:  # as in `_try`
        raise UserError(f"{key}: {name} {reason(error, arguments)}.") from None


def _try(name: str, arguments: Mapping[str, Any], key: str) -> None:
    """Applies an effect to a tile: some refuse their arguments, or need further pictures, only then."""
    import numpy as np

    made = transform(name, arguments, key)
    tile = np.full((64, 64, 3), 128, np.uint8)
    try:
        done = made(image=tile)["image"]
    except Exception as error:  # others' code, a user's arguments: some of its errors have no base but this
        raise UserError(f"{key}: {name} {reason(error, arguments)}.") from None
    if done.dtype != tile.dtype or done.shape != tile.shape:
        raise UserError(f"{key}: {name} gives no picture of 8 bits a channel, so it cannot be an effect here.")


def reason(error: Exception, arguments: Mapping[str, Any]) -> str:
    """What albumentations says, without the addresses and inputs that pydantic adds."""
    lines = str(error).splitlines() or [type(error).__name__]
    if "validation error" not in lines[0] or len(lines) < 3:
        return f"does not take {dict(arguments)}: {' '.join(' '.join(lines).split()).rstrip('.')}"
    argument = lines[1].split(".")[0].strip()
    said = lines[2].split(" [type=")[0].strip().removeprefix("Value error, ").rstrip(".")
    if argument not in arguments:
        return f"needs {argument}: {said}"
    return f"does not take {argument}={arguments[argument]}: {said[:1].lower()}{said[1:]}"


@lru_cache(maxsize=64)
def _kind(name: str, key: str, moving: bool) -> tuple[Any, tuple[str, ...]]:
    """The transform's class, and the names of its arguments but for `p`."""
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # it would ask the network for a newer version
    import albumentations

    still, dual = albumentations.ImageOnlyTransform, albumentations.DualTransform
    base, kind = ((still, dual) if moving else (still,)), getattr(albumentations, name, None)
    if not (isinstance(kind, type) and issubclass(kind, base)) or kind in base:
        known = [other for other, value in vars(albumentations).items() if isinstance(value, type)]
        near = [n for n in difflib.get_close_matches(name, known, n=3) if issubclass(vars(albumentations)[n], base)]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        wanted = (
            "no transform of pictures in albumentations."
            if moving
            else "no photometric transform of albumentations "
            "(an ImageOnlyTransform: it must not move pixels, the truth would stay behind)."
        )
        raise UserError(f"{key} names {name}, which is {wanted}{hint}")
    return kind, tuple(p for p in inspect.signature(kind).parameters if p not in ("self", "p"))
