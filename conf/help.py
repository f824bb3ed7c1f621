"""`--help` of a command: what it does, what can be chosen, and each key with its value, meaning and limits.

Written here and not by Hydra's template: Hydra would spend two seconds on listing all groups of the house first.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conf.checks import Key, keys, parts

_WIDTH = 100
_VALUE = 15  # columns for a key's value; a longer one stands below its meaning
_NEEDED = "(needed)"
_SHOWN = 8  # elements of a long list
_MEANING = 20  # least column at which the meaning of an option begins
_HARD = "\u00a0"  # a blank at which no line is broken: a limit is read as one word
_ROOT = Path(__file__).parent

_WRITING = """\
== How to write it ==
Arguments stand in any order, with blanks between them. What a key is given wins over its group."""
_HEAD = "== Groups: choose by group=option; a star marks the choice ==\n"
_FLAGS = """\
Beside other arguments, --help shows the values that they lead to. --cfg job prints the whole
configuration; --multirun (-m) runs once for each of several values, as -m key=a,b; --hydra-help
lists the flags of Hydra, on which all this is built.
"""


def text(intro: str, schema: type, value: Callable[[str], Any], choices: Mapping[str, str]) -> str:
    """The whole help, at most 100 columns wide but for what `intro` says.

    Args:
        intro: what the command does, and examples.
        schema: dataclass of its config.
        value: gives the value of a key, by its full name.
        choices: the option chosen for each group of the house.
    """
    groups = [part for part in parts(schema) if part in choices]
    groups += [group for group in choices if group not in groups and group.isidentifier() and (_ROOT / group).is_dir()]
    examples = [*_group_example(groups, choices), *_key_examples(list(keys(schema)), value)]
    sections = [intro.strip(), "\n".join([_WRITING, *_columns(examples)])]
    if groups:
        sections.append(_HEAD + "\n\n".join("\n".join(_options(group, choices[group])) for group in groups))
    sections.append("\n".join(["== Keys: change by key=value ==", *_keys_text(schema, value)]))
    return "\n\n".join([*sections, _FLAGS.strip()])


def _group_example(groups: Sequence[str], choices: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for group in groups[-1:]:
        option = [file.stem for file in sorted((_ROOT / group).glob("*.yaml")) if file.stem != choices[group]][-1]
        yield "group=option", f"{group}={option}", f"sets keys of {group} as that option says"


def _key_examples(known: Sequence[Key], value: Callable[[str], Any]) -> Iterator[tuple[str, str, str]]:
    """How a value of each kind is written, by the first key of that kind."""
    plain = next(key for key in known if not key.is_list and not key.is_mapping)
    given = written(value(plain.name))
    yield "key=value", f"{plain.name}={'VALUE' if given == _NEEDED else given}", "null stands for nothing"
    for key in [key for key in known if key.is_interval][:1]:
        low_high = value(key.name)
        yield "an interval", f"{key.name}={written(low_high)}", "[low,high]: each page draws its own"
        yield "", f"{key.name}={written(low_high[0])}", "both ends at once"
    for key in [key for key in known if key.is_list and not key.is_interval][:1]:
        some = value(key.name)
        several = [*some[:2]] if isinstance(some, list) and some else ["a", "b"]
        yield "a list", f"{key.name}=[{','.join(map(written, several))}]", "a single element needs no brackets"
    for key in sorted((key for key in known if key.is_mapping), key=lambda key: len(key.name))[:1]:
        entry = dict([*(value(key.name) or {"a": "b"}).items()][:1])
        yield "a mapping", f"'{key.name}={written(entry)}'", "changes these entries alone"
    yield "text with blanks", f"'{plain.name}=\"a b\"'", "quotes within those of the shell"


def _columns(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    yield from (f"  {name:<{first}}  {example:<{second}}  {words}" for name, example, words in rows)


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


def _keys_text(schema: type, value: Callable[[str], Any]) -> Iterator[str]:
    described = list(keys(schema))
    width = max(len(key.name) for key in described)
    about, seen = parts(schema), ""
    yield f"{'key':<{width}}  {'value':<{_VALUE}}  meaning [limits]"
    for key in described:
        part = key.name.partition(".")[0] if "." in key.name else ""
        if part != seen:
            seen = part
            yield from ("", *textwrap.wrap(f"{part}: {about[part]}", _WIDTH, subsequent_indent="  "))
        yield from _row(key, written(value(key.name)), width)


def _row(key: Key, value: str, width: int) -> Iterator[str]:
    indent = width + _VALUE + 4
    short = len(value) <= _VALUE
    limits = f" [{key.limits_text}]".replace(" ", _HARD) if key.limits_text else ""
    label = f"{key.name:<{width}}  {value if short else '':<{_VALUE}}"
    for line in _hanging(label, f"{key.doc} {limits.strip(_HARD)}".strip(), indent):
        yield line.replace(_HARD, " ")
    if not short:
        yield from textwrap.wrap(value, _WIDTH, initial_indent=" " * (width + 2), subsequent_indent=" " * (width + 3))


def written(value: Any) -> str:
    """A value as a user would write it; `_NEEDED` where there is none yet."""
    if value == "???":
        return _NEEDED
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
