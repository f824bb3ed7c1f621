"""The door: every command enters here, once, through Hydra; inside, configuration is typed and trusted.

`launch` composes the Hydra tree, turns it into the room's dataclass, checks every value, and runs the task.
A mistake of the user's, wherever it is found, becomes one sentence on standard error and exit status 2.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, NoReturn, TypeVar, cast

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import configure_log
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import InterpolationResolutionError

from conf import help as manual
from conf.checks import validate
from conf.completion import completing
from conf.errors import UserError
from conf.mistakes import explain, unknown_key
from conf.overrides import flags_last, opened

__all__ = ["as_yaml", "composed", "explain", "launch", "typed"]

Config = TypeVar("Config")
_BAD_INPUT, _STOPPED = 2, 130
_REGISTERED: list[tuple[str, type]] = []
_HELP, _SWEEP = {"--help", "-h"}, {"--multirun", "-m"}


def launch(name: str, schema: type[Config], task: Callable[[Config], object], *, help: str = "") -> None:
    """Runs `task` as the Hydra application `name`, whose primary config is `conf/<name>.yaml`.

    The YAML's defaults list starts with `schema/<name>`, so that a key the schema lacks, or a value of
    another type, is refused by Hydra itself.

    Args:
        name: primary config, also the command's name.
        schema: dataclass of that config, its fields made by `conf.checks.key`.
        task: gets the checked instance; what it returns is for Hydra's sweepers.
        help: paragraphs of `--help` above the list of keys: what the command does, and examples.
    """
    wants_traceback = os.environ.get("HYDRA_FULL_ERROR", "0") == "1"
    try:
        given = sys.argv[1:]
        overrides = opened(flags_last(given), schema, sweep=not _SWEEP.isdisjoint(given))
        if not _HELP.isdisjoint(given):
            print(_help(name, schema, help, [each for each in overrides if not each.startswith("-")]))
        elif any(each.lstrip("+~").startswith(("-", "hydra.", "hydra/")) for each in overrides):
            _with_flags(name, schema, task, overrides, wants_traceback)
        else:
            _alone(name, schema, task, overrides)
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


def _alone(name: str, schema: type[Config], task: Callable[[Config], object], overrides: Sequence[str]) -> None:
    """One run, without a flag. Hydra's own `main` would compose the configuration twice, at 0.2 s each.

    What else `main` does is of sweeps (launchers, callbacks, folders of trials) or switched off by `conf/house.yaml`.
    """
    config = _composed(name, schema, [*overrides, "hydra.mode=RUN"])
    if swept := config.hydra.sweeper.get("params"):
        raise UserError(f"This is a sweep over {', '.join(map(str, swept))}; add -m, and it runs once with each value.")
    configure_log(config.hydra.job_logging, config.hydra.verbose)
    task(typed(_without_hydra(config), schema))


def _with_flags(
    name: str, schema: type[Config], task: Callable[[Config], object], arguments: list[str], wants_traceback: bool
) -> None:
    """Whatever Hydra has a flag or a key of its own for: sweeps, printing the configuration, completion."""

    def job(config: DictConfig) -> object:
        try:
            return task(typed(config, schema))
        except Exception as error:
            # In a sweep the other trials go on, so Hydra must see the failure; a single run ends here,
            # before Hydra adds lines of its own.
            if wants_traceback or HydraConfig.get().mode is RunMode.MULTIRUN:
                raise
            _leave(error, schema)

    # Hydra would print tracebacks itself and exit with 1; asked for the full error, it lets them reach us.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    sys.argv[1:] = arguments
    _register(name, schema)
    with completing(schema):
        hydra.main(version_base="1.3", config_path="pkg://conf", config_name=name)(job)()


def composed(name: str, schema: type[Config], overrides: Sequence[str] = ()) -> Config:
    """The configuration that `python -m <name> <overrides>` would run with, for use from Python and in tests.

    Raises:
        UserError: where a value is missing or out of range; Hydra's own errors where a key or choice is unknown.
    """
    _register(name, schema)
    with _apart(), hydra.initialize_config_module("conf", version_base="1.3"):
        return typed(hydra.compose(name, overrides=opened(overrides, schema)), schema)


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Lets Hydra compose within a command that Hydra runs already; it would refuse."""
    outer = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        yield
    finally:
        GlobalHydra.instance().hydra = outer


def _composed(name: str, schema: type, overrides: Sequence[str]) -> DictConfig:
    """The whole configuration, Hydra's own part included, which `${hydra:…}` in it refers to from now on."""
    _register(name, schema)
    with hydra.initialize_config_module("conf", job_name=name, version_base="1.3"):
        config = hydra.compose(name, overrides=list(overrides), return_hydra_config=True)
    HydraConfig.instance().set_config(config)
    return config


def _without_hydra(config: DictConfig) -> DictConfig:
    own = copy.deepcopy(config)
    with read_write(own), open_dict(own):
        del own["hydra"]
    return own


def _register(name: str, schema: type) -> None:
    if (name, schema) not in _REGISTERED:
        ConfigStore.instance().store(group="schema", name=name, node=schema, package="_global_")
        _REGISTERED.append((name, schema))


def _help(name: str, schema: type, intro: str, overrides: Sequence[str]) -> str:
    config = _composed(name, schema, overrides)
    choices = {group: str(option) for group, option in config.hydra.runtime.choices.items()}
    own = _without_hydra(config)
    values = cast(dict[str, Any], OmegaConf.to_container(own, resolve=False))
    return manual.text(intro, schema, lambda key: _shown(own, values, key), choices)


def _shown(config: DictConfig, raw: Mapping[str, Any], key: str) -> Any:
    """The value of a key as far as it is known: one that follows from a missing one as it is written."""
    value = reduce(lambda part, name: part[name], key.split("."), cast(Any, raw))
    if not (isinstance(value, str) and "${" in value):
        return value
    try:
        return OmegaConf.select(config, key)
    except InterpolationResolutionError:
        return value


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
    names = [field.name for field in dataclasses.fields(cast(Any, schema))]
    absent = OmegaConf.missing_keys(config)
    missing = [name for name in names if name in absent] or sorted(absent)
    if missing:
        raise UserError(f"{missing[0]} is needed: give it as {missing[0]}=VALUE.")
    for key in config:
        if str(key) not in names:
            raise UserError(unknown_key(str(key), schema))
    instance = cast(Config, OmegaConf.to_object(config))
    if not isinstance(instance, schema):
        raise TypeError(f"the primary config does not start from schema {schema.__name__}")
    validate(instance)
    return instance


def as_yaml(config: Any) -> str:
    """A typed configuration as YAML, to lie beside what it made."""
    return OmegaConf.to_yaml(OmegaConf.create(dataclasses.asdict(config)))  # untyped nodes are made twice as fast
