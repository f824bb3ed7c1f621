"""`--help` of a command: what it does, what can be chosen, and each key with its value, meaning and limits.

Written here and not by Hydra's template: Hydra would spend two seconds on listing all groups of the house first.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conf.checks import Key, keys, parts

_WIDTH = 100
_VALUE = 15  # columns for a key's value; a longer one stands below its meaning
_SHOWN = 8  # elements of a long list
_MEANING = 20  # least column at which the meaning of an option begins
_HARD = "\u00a0"  # a blank at which no line is broken: a limit is read as one word
_ROOT = Path(__file__).parent

_HEAD = "== Groups: choose by group=option; a star marks the choice ==\n"
_WRITING = """\
== How to write it ==
Arguments stand in any order, with blanks between them. What a key is given wins over its group.
  group=option       camera=scan                      sets the keys of camera.* as that option says
  key=value          count=500 show=true              null: nothing given
  an interval        camera.x_height_px=[8,30]        [low,high]: each page draws its own between
                     camera.x_height_px=12            both ends at once
  a list             link.schemes=[https,ftp]         a single element needs no brackets
  a mapping          'ground.kind_weights={wood: 3}'  changes these entries alone
  text with blanks   'out="my pages"'                 quotes for us within quotes for the shell
"""
_FLAGS = """\
Beside other arguments, --help shows the values that they lead to. --cfg job prints the whole
configuration; --multirun (-m) runs once for each of several values with commas between them, as
-m camera=scan,phone; --hydra-help lists the flags of Hydra, which all this is built on.
"""


def text(intro: str, schema: type, values: Mapping[str, Any], choices: Mapping[str, str]) -> str:
    """The whole help, at most 100 columns wide but for what `intro` says.

    Args:
        intro: what the command does, and examples.
        schema: dataclass of its config.
        values: its configuration as plain values, nested.
        choices: the option chosen for each group of the house.
    """
    sections = [intro.strip(), _WRITING.strip()]
    groups = [part for part in parts(schema) if part in choices]
    groups += [group for group in choices if group not in groups and group.isidentifier() and (_ROOT / group).is_dir()]
    if groups:
        sections.append(_HEAD + "\n\n".join("\n".join(_options(group, choices[group])) for group in groups))
    sections.append("\n".join(["== Keys: change by key=value ==", *_keys_text(schema, values)]))
    return "\n\n".join([*sections, _FLAGS.strip()])


def _options(group: str, chosen: str) -> Iterator[str]:
    """A line for each option, the chosen one marked by a star."""
    files = sorted((_ROOT / group).glob("*.yaml"))
    width = max(len(f"  {group}={file.stem}  ") for file in files)
    for file in files:
        star = "*" if file.stem == chosen else " "
        yield from _hanging(f"{star} {group}={file.stem}", _comment(file), max(width, _MEANING))


def _comment(file: Path) -> str:
    """The first comment of an option's file, which says what it is."""
    lines = (
        line.removeprefix("#").strip() for line in file.read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    )
    return next((line for line in lines if not line.startswith("@package")), "")


def _hanging(label: str, words: str, indent: int) -> list[str]:
    wrapped = textwrap.wrap(words, _WIDTH - indent, break_on_hyphens=False) or [""]
    return [f"{label:<{indent}}{wrapped[0]}".rstrip(), *(" " * indent + line for line in wrapped[1:])]


def _keys_text(schema: type, values: Mapping[str, Any]) -> Iterator[str]:
    described = list(keys(schema))
    width = max(len(key.name) for key in described)
    about, seen = parts(schema), ""
    yield f"{'key':<{width}}  {'value':<{_VALUE}}  meaning [limits]"
    for key in described:
        part = key.name.partition(".")[0] if "." in key.name else ""
        if part != seen:
            seen = part
            yield from ("", *textwrap.wrap(f"{part}: {about[part]}", _WIDTH, subsequent_indent="  "))
        yield from _row(key, written(_at(values, key.name)), width)


def _row(key: Key, value: str, width: int) -> Iterator[str]:
    indent = width + _VALUE + 4
    short = len(value) <= _VALUE
    limits = f" [{key.limits_text}]".replace(" ", _HARD) if key.limits_text else ""
    label = f"{key.name:<{width}}  {value if short else '':<{_VALUE}}"
    for line in _hanging(label, f"{key.doc} {limits.strip(_HARD)}".strip(), indent):
        yield line.replace(_HARD, " ")
    if not short:
        yield from textwrap.wrap(value, _WIDTH, initial_indent=" " * (width + 2), subsequent_indent=" " * (width + 3))


def _at(values: Mapping[str, Any], name: str) -> Any:
    here: Any = values
    for part in name.split("."):
        here = here[part]
    return here


def written(value: Any) -> str:
    """A value as a user would write it; `(needed)` where there is none yet."""
    if value == "???":
        return "(needed)"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _list(values: Sequence[Any]) -> str:
    if len(values) > _SHOWN:
        return f"[{', '.join(map(written, values[:2]))}, … {len(values) - 2} more]"
    texts = [written(value) for value in values]
    short = all(not isinstance(value, str | Mapping) for value in values)
    return f"[{(',' if short else ', ').join(texts)}]"
