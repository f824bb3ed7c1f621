"""What a configuration value may be, said once beside the value, checked once at the door.

A schema field made by `key(...)` carries its meaning and its limits; `validate` walks a typed configuration
and refuses the first value outside them with the key's full name; `keys` lists the same facts for `--help`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_origin, get_type_hints

from conf.errors import UserError


def key(
    default: Any,
    doc: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[str] | None = None,
    interval: bool = False,
) -> Any:
    """A dataclass field with a meaning and limits.

    Args:
        default: the value where the user says nothing; lists and dicts are copied for each instance.
        doc: one line for `--help`, with the unit.
        low: least value allowed, inclusive. For lists and dicts the limits hold for each element.
        high: greatest value allowed, inclusive.
        choices: the only strings allowed.
        interval: the value is a list of two ascending numbers, [least, greatest].
    """
    limits = tuple(choices) if choices else None
    metadata = {"doc": doc, "low": low, "high": high, "choices": limits, "interval": interval}
    if isinstance(default, list | dict):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def interval(low_high: list[float], doc: str, *, low: float | None = None, high: float | None = None) -> Any:
    """A key that holds [least, greatest]; each page draws its value from between the two."""
    return key(low_high, doc, low=low, high=high, interval=True)


def validate(config: Any, prefix: str = "") -> None:
    """Refuses a typed configuration that holds a value out of range.

    A schema may add a `check(self, prefix)` method for rules that tie several keys together.

    Raises:
        UserError: naming the key in full, its value and what is allowed.
    """
    for field in dataclasses.fields(config):
        value, name = getattr(config, field.name), prefix + field.name
        if dataclasses.is_dataclass(value):
            validate(value, name + ".")
        elif field.metadata and value is not None:
            if field.metadata["interval"] and not (len(value) == 2 and value[0] <= value[1]):
                raise UserError(f"{name}={_ends(value)} is no interval: write [low,high], the lower first.")
            for entry, element in _elements(value):
                _check_element(name + entry, element, field.metadata)
    if hasattr(config, "check"):
        config.check(prefix)


def _ends(value: Sequence[float]) -> str:
    return "[" + ",".join(f"{number:g}" for number in value) + "]"


def _elements(value: Any) -> Iterator[tuple[str, Any]]:
    """Values, each with what its name adds to the key's: an entry's of a mapping."""
    if isinstance(value, dict):
        yield from ((f".{name}", each) for name, each in value.items())
    elif isinstance(value, list | tuple):
        yield from (("", each) for each in value)
    else:
        yield "", value


def _check_element(name: str, value: Any, limits: Any) -> None:
    if limits["choices"] and value not in limits["choices"]:
        raise UserError(f"{name}={value!r} is not one of {', '.join(limits['choices'])}.")
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = limits["low"], limits["high"]
        if math.isnan(value) or (low is not None and value < low) or (high is not None and value > high):
            raise UserError(f"{name}={value:g} is out of range: {allowed(limits)}.")


def allowed(limits: Any) -> str:
    """The limits of a key in words: 'at least 1', '0 to 1', 'a | b'; empty where there are none."""
    low, high = limits.get("low"), limits.get("high")
    if limits.get("choices"):
        return " | ".join(limits["choices"])
    if low is not None and high is not None:
        return f"{_number(low)} to {_number(high)}"
    if low is not None:
        return f"at least {_number(low)}"
    return f"at most {_number(high)}" if high is not None else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """A key that a user may set.

    Attributes:
        name: in full, as `camera.tilt_deg`.
        doc: its meaning.
        hint: its type.
        limits: what `key` was told, by the names of its arguments.
    """

    name: str
    doc: str
    hint: Any
    limits: Any

    @property
    def meaning(self) -> str:
        """What it is, with its limits in brackets."""
        return self.doc + (f" [{self.limits_text}]" if self.limits_text else "")

    @property
    def limits_text(self) -> str:
        """What is allowed, in words; empty where anything is."""
        return allowed(self.limits)

    @property
    def is_interval(self) -> bool:
        """Whether its value is [low, high]."""
        return bool(self.limits["interval"])

    @property
    def is_list(self) -> bool:
        """Whether its value is a list; intervals are lists too."""
        return self._kind is list

    @property
    def is_mapping(self) -> bool:
        """Whether its value is a mapping, to which the user may add entries."""
        return self._kind is dict

    @property
    def wanted(self) -> str:
        """How a value is written, in words."""
        whole = "whole " if get_args(self.hint) == (int,) else ""
        words = f"two {whole}numbers, [low,high]" if self.is_interval else _WANTED.get(self._kind, "text")
        return words + (" or null" if type(None) in get_args(self.hint) else "")

    @property
    def _kind(self) -> Any:
        kinds = [kind for kind in get_args(self.hint) if kind is not type(None)]
        plain = kinds[0] if type(None) in get_args(self.hint) else self.hint
        return get_origin(plain) or plain


_WANTED = {
    bool: "true or false", int: "a whole number", float: "a number", list: "a list, [a,b]",
    dict: "a mapping, {name: value}"
}  # fmt: skip


def keys(schema: type, prefix: str = "") -> Iterator[Key]:
    """The documented keys of a schema in its order, nested ones with their full name."""
    hints = get_type_hints(schema)
    for field in dataclasses.fields(schema):
        inner = _dataclass_in(hints[field.name])
        if inner is not None:
            yield from keys(inner, f"{prefix}{field.name}.")
        elif "doc" in field.metadata:
            yield Key(prefix + field.name, field.metadata["doc"], hints[field.name], field.metadata)


def parts(schema: type) -> dict[str, str]:
    """What each nested part of a schema holds, by its name: the first line of its docstring."""
    hints = get_type_hints(schema)
    inner = {field.name: _dataclass_in(hints[field.name]) for field in dataclasses.fields(schema)}
    return {name: (part.__doc__ or "").splitlines()[0] for name, part in inner.items() if part is not None}


def _number(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() else f"{value:g}"


def _dataclass_in(hint: Any) -> type | None:
    candidates = get_args(hint) if get_origin(hint) is not None else (hint,)
    return next((c for c in candidates if dataclasses.is_dataclass(c) and isinstance(c, type)), None)
