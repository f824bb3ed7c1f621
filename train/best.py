"""The best run of a sweep as an experiment file: what of its configuration differs from the defaults, and no more."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from conf.app import composed
from conf.schema.train import TrainConfig
from data.files import write_text
from train.folder import read_config

_OF_THE_PLACE = ("out", "cache", "devices")
"""Keys that say where a run was made, not what it was."""


def write_best(run: Path, sweep: Path, about: str) -> Path:
    """Writes `experiment/best.yaml` into the folder of a sweep, which becomes usable by `--config-dir`.

    Args:
        run: folder of the best trial.
        sweep: folder of the sweep.
        about: a line on what is best about it.

    Returns:
        The file; the command `python -m train --config-dir SWEEP experiment=best` runs as that trial did.
    """
    other = changes(read_config(run))
    values = OmegaConf.to_yaml(OmegaConf.create(other)) if other else ""
    file = sweep / "experiment" / "best.yaml"
    write_text(file, f"# @package _global_\n# {about}\n{values}")
    return file


def changes(config: TrainConfig) -> dict[str, Any]:
    """Keys of a configuration whose value is not the default, nested as in YAML."""
    default = dataclasses.asdict(composed("train", TrainConfig, ["out=none"]))
    given = {name: value for name, value in dataclasses.asdict(config).items() if name not in _OF_THE_PLACE}
    return _other(given, default)


def _other(given: Mapping[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in default and isinstance(value, Mapping):
            if inner := _other(value, default[name]):
                found[name] = inner
        elif name not in default or value != default[name]:
            found[name] = value
    return found
