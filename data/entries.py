"""One object of a JSON file, read key by key: what is missing or of another type becomes a sentence that names it."""

from __future__ import annotations

import math
from collections.abc import Container
from typing import Any

from conf import UserError

_MISSING: Any = object()


class Entry:
    """A JSON object that remembers where it stands (`annotations.json annotations[3]`) and which keys were read."""

    def __init__(self, value: Any, where: str) -> None:
        """Wraps `value`, which must be an object.

        Raises:
            UserError: where it is something else.
        """
        if not isinstance(value, dict):
            raise UserError(f"{where} must be an object with named keys, not {_kind(value)}.")
        self._value: dict[str, Any] = value
        self._read: set[str] = set()
        self.where = where

    def has(self, key: str) -> bool:
        """Whether the key is there with a value other than null."""
        return self._value.get(key) is not None

    def get(self, key: str, kind: type | tuple[type, ...], wanted: str, default: Any = _MISSING) -> Any:
        """The value of `key`, checked to be of a type; null counts as absent.

        Raises:
            UserError: where it is absent and has no default, or is of another type.
        """
        self._read.add(key)
        value = self._value.get(key)
        if value is None:
            if default is _MISSING:
                raise UserError(f"{self.where}: {key} is missing; it must be {wanted}.")
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key, value, wanted)
        return value

    def integer(self, key: str, *, low: int | None = None) -> int:
        """A whole number, at least `low`."""
        wanted = "a whole number" + (f", at least {low}" if low is not None else "")
        value = self.get(key, int, wanted)
        if low is not None and value < low:
            raise self.wrong(key, value, wanted)
        return int(value)

    def unused_id(self, used: Container[int]) -> int:
        """The whole number under `id`, which no entry before this one may have."""
        value = self.integer("id")
        if value in used:
            raise UserError(f"{self.where}: id={value} is used twice; each entry needs its own.")
        return value

    def text(self, key: str, default: Any = _MISSING) -> Any:
        """A string, or the default."""
        return self.get(key, str, "a text", default)

    def flag(self, key: str) -> bool:
        """0, 1, false or true; absent means false."""
        self._read.add(key)
        value = self._value.get(key, 0)
        if value not in (0, 1):
            raise self.wrong(key, value, "0 or 1")
        return bool(value)

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        """A list of that many finite numbers."""
        return self.as_numbers(key, self.get(key, list, f"a list of {count} numbers"), count)

    def as_numbers(self, name: str, value: Any, count: int | None = None) -> tuple[float, ...]:
        """Checks a list found under `name` to hold finite numbers, `count` of them where given."""
        fits = isinstance(value, list) and count in (None, len(value))
        if not fits or not all(_is_number(number) for number in value):
            raise self.wrong(name, value, f"a list of {'' if count is None else f'{count} '}numbers")
        return tuple(float(number) for number in value)

    def rest(self) -> dict[str, Any]:
        """The keys nobody asked for."""
        return {key: value for key, value in self._value.items() if key not in self._read}

    def wrong(self, key: str, value: Any, wanted: str) -> UserError:
        """The sentence for a value that is not what it must be."""
        shown = repr(value)
        shown = shown if len(shown) <= 60 else shown[:57] + "…"
        return UserError(f"{self.where}: {key}={shown} must be {wanted}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", type(None): "null", bool: "true or false"}
    return names.get(type(value), "a number")
