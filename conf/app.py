"""The door: every command enters here, once, through Hydra; inside, configuration is typed and trusted.

`launch` composes the Hydra tree, turns it into the room's dataclass, checks every value, and runs the task.
A mistake of the user's, wherever it is found, becomes one sentence on standard error and exit status 2.
"""

from __future__ import annotations

import dataclasses
import difflib
import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console
from rich.table import Table

from conf.checks import describe, dict_keys, validate
from conf.completion import completing
from conf.errors import UserError

Config = TypeVar("Config")
_BAD_INPUT, _STOPPED = 2, 130
_USERS_ERRORS = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EFBIG, errno.EIO
)  # fmt: skip
_UNKNOWN_CHOICE = re.compile(
    r"Could not find '(?P<group>[\w/]+)/(?P<name>[^'/]+)'.*?"
    r"Available options in '[^']+':\s*(?P<options>.*?)(?:Config search path|$)",
    re.S,
)


def launch(name: str, schema: type[Config], task: Callable[[Config], None], *, help: str = "") -> None:
    """Runs `task` as the Hydra application `name`, whose primary config is `conf/<name>.yaml`.

    The YAML's defaults list starts with `schema/<name>`, so that a key the schema lacks, or a value of
    another type, is refused by Hydra itself.

    Args:
        name: primary config, also the command's name in `--help`.
        schema: dataclass of that config, its fields made by `conf.checks.key`.
        task: gets the checked instance.
        help: paragraphs of `--help` above the list of keys: what the command does, and examples.
    """
    _register(name, schema, help_text(name, schema, help))
    wants_traceback = os.environ.get("HYDRA_FULL_ERROR", "0") == "1"

    def job(config: DictConfig) -> None:
        try:
            task(typed(config, schema))
        except Exception as error:
            # In a sweep the other trials go on, so Hydra must see the failure; a single run ends here,
            # before Hydra adds lines of its own.
            if wants_traceback or HydraConfig.get().mode is RunMode.MULTIRUN:
                raise
            _leave(error, schema)

    # Hydra would print tracebacks itself and exit with 1; asked for the full error, it lets them reach us.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        sys.argv[1:] = opened(sys.argv[1:], schema)
        with completing(schema):
            hydra.main(version_base="1.3", config_path="pkg://conf", config_name=name)(job)()
    except BrokenPipeError:
        # The reader of our output has left (`… --help | head`): nothing more to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The same command goes on where it was.\n")
        sys.exit(_STOPPED)
    except Exception as error:
        if wants_traceback:
            raise
        _leave(error, schema)


def composed(name: str, schema: type[Config], overrides: Sequence[str] = ()) -> Config:
    """The configuration that `python -m <name> <overrides>` would run with, for use from Python and in tests.

    Raises:
        UserError: where a value is missing or out of range; Hydra's own errors where a key or choice is unknown.
    """
    _register(name, schema, "")
    with hydra.initialize_config_module("conf", version_base="1.3"):
        return typed(hydra.compose(name, overrides=opened(overrides, schema)), schema)


def opened(overrides: Sequence[str], schema: type) -> list[str]:
    """The overrides, those of mappings marked `++`: to Hydra a mapping is closed, to a user `classes={a: b}` adds."""
    mappings = "|".join(re.escape(name) for name in sorted(dict_keys(schema)))
    entry = re.compile(rf"(?:{mappings})(?:\.[^=]+)?=") if mappings else None
    return [f"++{override}" if entry and entry.match(override) else override for override in overrides]


def _register(name: str, schema: type, help_template: str) -> None:
    store = ConfigStore.instance()
    store.store(group="schema", name=name, node=schema, package="_global_")
    store.store(group="hydra/help", name=name, node={"app_name": name, "template": help_template})


def _leave(error: Exception, schema: type) -> NoReturn:
    """Ends the command with one sentence, or with the traceback where the fault is ours."""
    sentence = explain(error, schema)
    if sentence is None:
        raise error
    sys.stderr.write(sentence + "\n")
    sys.exit(_BAD_INPUT)


def typed(config: DictConfig, schema: type[Config]) -> Config:
    """A composed Hydra config as a checked instance of its schema.

    Raises:
        UserError: where a value is missing or out of range.
    """
    missing = sorted(OmegaConf.missing_keys(config))
    if missing:
        raise UserError(f"{missing[0]} is needed: give it as {missing[0]}=VALUE.")
    for key in config:
        if str(key) not in {field.name for field in dataclasses.fields(schema)}:  # type: ignore[arg-type]
            raise UserError(_unknown_key(str(key), schema))
    instance = cast(Config, OmegaConf.to_object(config))
    if not isinstance(instance, schema):
        raise TypeError(f"the primary config does not start from schema {schema.__name__}")
    validate(instance)
    return instance


def explain(error: BaseException, schema: type) -> str | None:
    """One sentence for a mistake that the user can mend; None for a fault of ours."""
    for cause in _chain(error):
        if isinstance(cause, UserError):
            return str(cause)
        # TensorFlow has errors of its own for a full disk.
        if "No space left on device" in str(cause) or getattr(cause, "errno", None) == errno.EDQUOT:
            place = getattr(cause, "filename", None) or "the output"
            return f"No space is left on the device while writing {place}; make room, and the same command goes on."
        if isinstance(cause, OSError) and cause.filename and cause.errno in _USERS_ERRORS:
            return f"{cause.filename} cannot be used: {cause.strerror}."
    return _explain_hydra(error, schema)


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _explain_hydra(error: BaseException, schema: type) -> str | None:
    if not isinstance(error, HydraException | OmegaConfBaseException):
        return None
    text = " ".join(str(cause) for cause in _chain(error) if isinstance(cause, HydraException | OmegaConfBaseException))
    unknown = re.search(r"Key '([^']+)' (?:is not in struct|not in '\w+')", text)
    if unknown:
        override = re.search(r"full_key: (\S+)", text)
        return _unknown_key(override.group(1) if override else unknown.group(1), schema)
    choice = _UNKNOWN_CHOICE.search(text)
    if choice:
        return f"{choice['group']}={choice['name']} is not known; it can be: {', '.join(choice['options'].split())}."
    grammar = re.search(r"(?:Error parsing override '([^']*)'|no viable alternative at input '([^']*)')", text)
    if grammar:
        given = grammar.group(1) or grammar.group(2)
        return f"{given!r} is not understood: write key=value, and put quotes around special characters."
    full_key = re.search(r"full_key: (\S+)", text)
    first = _first_line(_chain(error))
    if not full_key:
        return f"{first}."
    meaning = dict(describe(schema)).get(full_key.group(1))
    return f"{full_key.group(1)}: {first}." + (f" It is: {meaning}." if meaning else "")


def _first_line(chain: list[BaseException]) -> str:
    """What OmegaConf says of a value, else what Hydra says of the configuration."""
    said = next((cause for cause in chain if isinstance(cause, OmegaConfBaseException)), chain[0])
    return str(said).splitlines()[0].rstrip(".")


def _unknown_key(key: str, schema: type) -> str:
    known = [name for name, _ in describe(schema)]
    near = difflib.get_close_matches(key, known, n=3) or difflib.get_close_matches(
        key.rsplit(".", 1)[-1], known, n=3, cutoff=0.4
    )
    hint = f"did you mean {' or '.join(near)}?" if near else "--help lists the keys."
    return f"There is no key {key}; {hint}"


def help_text(name: str, schema: type, intro: str) -> str:
    """Hydra's help template of one command: its purpose, its groups with their options, its keys with their limits."""
    rows = describe(schema)
    console = Console(width=120, no_color=True, legacy_windows=False)
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*row)
    with console.capture() as capture:
        console.print(table, markup=False)
    keys = "\n".join(line.rstrip() for line in capture.get().splitlines())
    text = (
        f"{intro.strip()}\n\n{_groups_text(name)}== Keys: change by key=value ==\n{keys}\n\n"
        "--cfg job prints the whole configuration, --multirun sweeps over comma-separated values,\n"
        "--hydra-help lists Hydra's own flags.\n"
    )
    return text.replace("$", "$$")  # a single one would start a substitution in Hydra's template


def _groups_text(name: str) -> str:
    root = Path(__file__).parent
    defaults = OmegaConf.to_container(OmegaConf.load(root / f"{name}.yaml"))["defaults"]  # type: ignore[call-overload, index]
    groups = [entry for item in defaults if isinstance(item, dict) for entry in item.items()]
    lines = [
        f"{group}: {', '.join(sorted(path.stem for path in (root / group).glob('*.yaml')))}  (default {chosen})"
        for group, chosen in groups
        if (root / group).is_dir()
    ]
    return "== Groups: choose by group=option ==\n" + "\n".join(lines) + "\n\n" if lines else ""


def as_yaml(config: Any) -> str:
    """A typed configuration as YAML, to lie beside what it made."""
    return OmegaConf.to_yaml(OmegaConf.structured(config))
