"""What a user types, as Hydra takes it: where it is certain what is meant, there is no need to know Hydra's grammar.

To Hydra a mapping is closed, so that `classes={a: b}` would be refused; here it adds an entry. A list must stand in
brackets; here `link.schemes=https` is a list of one, and a single number for an interval is both of its ends. And `~`
is the user's home, as everywhere else on a command line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from conf.checks import Key, keys, parts
from conf.errors import UserError

_OVERRIDE = re.compile(r"(?P<name>[\w.]+)=(?P<value>.*)", re.S)
_TILDE = re.compile(r"""(?:^|(?<=[\[,"']))~(?=/|$)""")
_CHANGE = re.compile(r"[~+]|[\w./@]+=")
_FLAGS = (
    *("--cfg", "--config-dir", "--config-name", "--config-path", "--experimental-rerun", "--help", "--hydra-help"),
    *("--info", "--multirun", "--package", "--resolve", "--run", "--shell-completion", "--version"),
    *("-c", "-cd", "-cn", "-cp", "-h", "-i", "-m", "-p", "-r", "-sc"),
)
"""Of Hydra 1.3."""
TAKE_A_VALUE = frozenset(
    {"--cfg", "-c", "--config-dir", "-cd", "--config-name", "-cn", "--config-path", "-cp", "--package", "-p",
     "--experimental-rerun"}
)  # fmt: skip
"""Flags whose value stands behind them as an argument of its own."""
_PLAIN = re.compile(r"[^\[\]{}()$=,]+(,[^\[\]{}()$=,]+)*")
"""One value or several with commas between them; no list, mapping, function or interpolation."""


def flags_last(arguments: Sequence[str]) -> list[str]:
    """The arguments with those that change the configuration first: Hydra wants them side by side."""
    before = ["", *arguments]
    changes = [
        _CHANGE.match(argument) is not None and previous not in TAKE_A_VALUE
        for previous, argument in zip(before, arguments, strict=False)
    ]
    ordered = sorted(zip(changes, arguments, strict=True), key=lambda pair: not pair[0])
    return [argument for _, argument in ordered]


def opened(overrides: Sequence[str], schema: type, *, sweep: bool = False) -> list[str]:
    """The overrides as Hydra takes them.

    Args:
        overrides: as typed; flags are left as they are.
        schema: dataclass of the application's config.
        sweep: commas part the values of a sweep, rather than the elements of a list.

    Raises:
        UserError: for a key written as a flag, or a flag that there is not.
    """
    known = {key.name: key for key in keys(schema)}
    for override in overrides:
        _refuse_dashes(override, {*known, *parts(schema)})
    return [_opened(_at_home(override), known, sweep) for override in overrides]


def _at_home(override: str) -> str:
    """A path below `~`, which shells leave alone behind a `=`, and Hydra does not understand."""
    key, equals, value = override.partition("=")
    return key + equals + _TILDE.sub(lambda _: str(Path.home()), value)


def _refuse_dashes(argument: str, known: set[str]) -> None:
    flag = re.match(r"--?([\w.]+)", argument)
    if flag and flag.group(1).replace("-", "_") in known:
        raise UserError(f"{argument} begins with a dash; a key is written without, as {flag.group(1)}=VALUE.")
    if flag and not any(each.startswith(argument.partition("=")[0]) for each in _FLAGS):  # they may be shortened
        raise UserError(
            f"{argument} is no flag: there are --help, --multirun (-m), --cfg job, and others that --hydra-help lists; "
            "a key is written KEY=VALUE."
        )


def _opened(override: str, known: dict[str, Key], sweep: bool) -> str:
    parts = _OVERRIDE.fullmatch(override)
    if parts is None:
        return override
    name, value = parts["name"], parts["value"]
    if any(key.is_mapping and (name + ".").startswith(key.name + ".") for key in known.values()):
        return f"++{override}"
    key = known.get(name)
    if key is None or not key.is_list or value == "null" or not _PLAIN.fullmatch(value):
        return override
    if not sweep:
        return f"{name}={_as_list(key, value.split(','))}"
    return f"{name}={','.join(_as_list(key, [each]) for each in value.split(','))}"


def _as_list(key: Key, elements: list[str]) -> str:
    doubled = elements * 2 if key.is_interval and len(elements) == 1 else elements
    return f"[{','.join(doubled)}]"
