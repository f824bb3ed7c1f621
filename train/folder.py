"""The folder of a run: what lies in it, and whether a command may go on in it. No TensorFlow here."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError  # OmegaConf's parser

from conf import UserError
from conf.app import as_yaml
from conf.schema.preprocess import PreprocessConfig
from conf.schema.train import TrainConfig
from data.files import claim_folder, read_json, write_json, write_text
from data.formats.tfrecord import write_label_map
from data.preprocess import preprocess_of
from train.dataset import LABEL_MAP, read_label_map
from train.signature import OPERATING_POINT

CONFIG, METRICS, CLOCK, DATA, COST = "config.yaml", "metrics.json", "clock.json", "data.json", "cost.json"
CHECKPOINTS, LOGS, SAVED_MODEL = "checkpoints", "logs", "saved_model"
VALIDATIONS, BAD_BATCH, BEST = "validations.json", "bad_batch.npz", "best"
VALIDATION = "validation"
TRIAL = "trial.json"
"""Of a trial of a sweep: how it ended."""
BEST_FILES = (CONFIG, DATA, LABEL_MAP, METRICS, CHECKPOINTS, SAVED_MODEL)
_OURS = (*BEST_FILES, CLOCK, COST, LOGS, VALIDATION, VALIDATIONS, BAD_BATCH, BEST, OPERATING_POINT, "params.yaml",
         TRIAL)  # fmt: skip
_MAY_CHANGE = ("out", "cache", "devices.strategy", "devices.threads", "devices.virtual_cpus", "stream.workers")


def open_run(
    out: Path,
    config: TrainConfig,
    classes: tuple[str, ...],
    data: str = "",
    preprocess: PreprocessConfig | None = None,
) -> None:
    """Makes the folder of a run, or opens it where the same run has a checkpoint to go on from.

    Args:
        out: the folder.
        config: what decides the run.
        classes: names, by id.
        data: fingerprint of the dataset; a run does not go on with another content behind the same path.
        preprocess: what was done to the pictures of the dataset.

    Raises:
        UserError: where it holds another run, other classes, or something else.
    """
    resumable = begun(out)
    if not resumable:  # what `export`, `convert` and `evaluate` have put into a run does not keep it from going on
        claim_folder(out, _OURS)
    for half_written in (out / CHECKPOINTS).glob("*_temp"):  # by a session that was killed
        shutil.rmtree(half_written)
    if resumable:
        _refuse_changes(out, config, classes)
        if (out / DATA).is_file() and read_json(out / DATA)["fingerprint"] != data:
            raise UserError(f"{out} was trained on another content of {config.dataset}; name another folder by out=.")
        return
    for stale in (CLOCK, METRICS, COST, VALIDATIONS, BAD_BATCH, OPERATING_POINT):
        (out / stale).unlink(missing_ok=True)
    shutil.rmtree(out / BEST, ignore_errors=True)
    write_label_map(classes, out / LABEL_MAP)
    write_json(
        out / DATA, {"fingerprint": data, "preprocess": dataclasses.asdict(preprocess or PreprocessConfig())}, indent=2
    )
    write_text(out / CONFIG, as_yaml(config))


def begun(out: Path) -> bool:
    """Whether a run has a checkpoint of its own, from which it goes on."""
    return any((out / CHECKPOINTS).glob("*.index"))


def _refuse_changes(out: Path, config: TrainConfig, classes: tuple[str, ...]) -> None:
    now, before = _flat(dataclasses.asdict(config)), _flat(dataclasses.asdict(read_config(out)))
    for name in now | before:
        if name not in _MAY_CHANGE and now.get(name) != before.get(name):
            raise UserError(
                f"{out} holds a run with {name}={before.get(name)}, not {now.get(name)}; "
                "go on with the same configuration, or name another folder by out=."
            )
    if read_label_map(out / LABEL_MAP) != classes:
        raise UserError(
            f"{out} was trained on the classes {', '.join(read_label_map(out / LABEL_MAP))}; "
            f"{config.dataset} has {', '.join(classes)}: name another folder by out=."
        )


def read_config(run: Path) -> TrainConfig:
    """The configuration of a run.

    Raises:
        UserError: where the folder is no run, or its `config.yaml` no configuration of this version.
    """
    path = run / CONFIG
    if not path.is_file():
        raise UserError(f"{run} is no training run: it has no {CONFIG}.")
    try:
        stored = OmegaConf.merge(OmegaConf.structured(TrainConfig), OmegaConf.load(path))
        return cast(TrainConfig, OmegaConf.to_object(stored))  # the merge keeps the schema's type
    except (OmegaConfBaseException, YAMLError) as error:
        raise UserError(f"{path} is no configuration of a training run: {str(error).splitlines()[0]}.") from None


def read_preprocess(run: Path) -> PreprocessConfig:
    """What was done to the pictures that a run was trained on; nothing where the run does not say."""
    said = read_json(run / DATA) if (run / DATA).is_file() else {}
    return preprocess_of(said, str(run / DATA))


def read_classes(run: Path) -> tuple[str, ...]:
    """Class names of a run."""
    return read_label_map(run / LABEL_MAP)


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat


def finished(run: Path) -> dict[str, Any] | None:
    """What the run's `metrics.json` says, which is written last; None where the run has not come to its end."""
    path = run / METRICS
    return dict(read_json(path)) if path.is_file() else None


def best_scores(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The scores of the validation with the best AP; empty where nothing was validated."""
    return dict(metrics.get("best") or metrics["validation"] or {})


class Clock:
    """Seconds spent on a run, over all its sessions."""

    def __init__(self, run: Path) -> None:
        """Starts where the last session's note ends."""
        self._path = run / CLOCK
        self._before = float(read_json(self._path)["seconds"]) if self._path.is_file() else 0.0
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """All sessions, this one up to now."""
        return self._before + time.monotonic() - self._started

    def tick(self) -> None:
        """Notes the time, to be known after a kill."""
        write_json(self._path, {"seconds": round(self.seconds, 1)})
