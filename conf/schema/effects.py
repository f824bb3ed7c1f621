"""Schema of `camera.effects`: photometric transforms of albumentations, by their names.

The import takes two seconds, so it happens when a configuration first asks for an effect.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from conf.errors import UserError


def check(effects: Sequence[Any], name: str) -> None:
    """Refuses what is no photometric transform of albumentations, or has arguments that it does not take.

    Raises:
        UserError: naming the key `name` and the effect.
    """
    for effect in effects:
        if not isinstance(effect, Mapping) or not isinstance(effect.get("name"), str):
            raise UserError(f"{name} has an entry without a name; write {{name: RandomToneCurve, p: 0.3}}.")
        share = effect.get("p", 0.5)
        if not isinstance(share, int | float) or not 0 <= share <= 1:
            raise UserError(f"{name} gives {effect['name']} p={share!r}; it must be a share from 0 to 1.")
        transform(effect["name"], {k: v for k, v in effect.items() if k not in ("name", "p")}, name)


def transform(name: str, arguments: Mapping[str, Any], key: str = "camera.effects") -> Any:
    """albumentations' transform of that name, always applied; `key` is named where it is refused."""
    kind = _kind(name, key)
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}, p=1.0)
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{key}: {name} does not take {dict(arguments)}: {reason}") from None


@lru_cache(maxsize=64)
def _kind(name: str, key: str) -> Any:
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # it would ask the network for a newer version
    import albumentations

    kind = getattr(albumentations, name, None)
    if not (isinstance(kind, type) and issubclass(kind, albumentations.ImageOnlyTransform)):
        raise UserError(
            f"{key} names {name}, which is no photometric transform of albumentations "
            "(an ImageOnlyTransform: it must not move pixels, the truth would stay behind)."
        )
    return kind
