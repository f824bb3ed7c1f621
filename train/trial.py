"""One trial of a sweep, in a process of its own.

TensorFlow keeps what it took (threads, devices, the memory of a graphics card) as long as its process lives, and a
process that dies takes with it what else ran there: a trial apart can fail in any way, and the sweep goes on. That
holds for each of Hydra's launchers.

The trial's folder is the message between the two processes: `config.yaml` goes in, `metrics.json` comes out.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf

from conf import UserError
from conf.app import explain
from conf.schema.train import TrainConfig
from train.dataset import TrainingData, training_data
from train.folder import METRICS, finished, read_config
from train.quiet import load_tensorflow

_USERS, _OURS, _STOPPED = 2, 1, 130


def swept() -> bool:
    """Whether this is a trial of a sweep."""
    return HydraConfig.initialized() and HydraConfig.get().mode is RunMode.MULTIRUN


def refuse(config: TrainConfig, data: TrainingData) -> None:
    """Refuses what would cost a training before it is missed.

    Raises:
        UserError: where nothing is validated on and something asks for it, or a trial has another folder than Hydra's.
    """
    validated = data.validation or (data.stream is not None and config.stream.validation_pages)
    searched = swept() and "direction" in HydraConfig.get().sweeper
    wants = "hydra/sweeper=optuna looks for the best validation AP" if searched else "validation.patience waits for one"
    if not validated and (searched or config.validation.patience):
        raise UserError(
            f"{wants}, and there is nothing to validate on: merge with a split that has a val, or name sets by "
            "validation.sets."
        )
    refuse_own_folder(config.out)


def refuse_own_folder(out: str | None) -> None:
    """Refuses a trial of a sweep that wants another folder than Hydra's: its table would not find it.

    Raises:
        UserError: with what to write instead.
    """
    if swept() and out not in (None, _run_folder("")):
        raise UserError(
            f"out={out}: each trial of a sweep has its own folder; name that of all by hydra.sweep.dir=FOLDER."
        )


def _run_folder(alone: str) -> str:
    """Where a run goes: in a sweep, Hydra's folder of the trial."""
    return str(HydraConfig.get().runtime.output_dir) if swept() else alone


# Here and not in a function: launchers start processes that know of this module alone.
OmegaConf.register_new_resolver("run_folder", _run_folder, replace=True)


def train_apart(config: TrainConfig) -> dict[str, Any]:
    """Trains in another process, in the folder that `train.folder.open_run` opened; returns its metrics.

    Raises:
        UserError: what the other process says the user can mend, or that it was killed.
        RuntimeError: where it failed by a fault of ours; its traceback stands on standard error.
    """
    threads = config.devices.threads or _share_of_cores()
    command = [sys.executable, "-m", "train.trial", config.out, *([str(threads)] if threads else [])]
    # The other end of its standard input is this process: it ends when this one is gone.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout.read().strip() if process.stdout else ""
            status = process.wait()
        except KeyboardInterrupt:
            process.wait()  # it was interrupted too, and saves its checkpoint
            raise
    metrics = finished(Path(config.out))
    if status == 0 and metrics is not None:
        return metrics
    if status == _USERS:
        raise UserError(said)
    if status < 0:
        raise UserError(f"Its process was ended by {signal.Signals(-status).name}; SIGKILL may mean too little memory.")
    raise RuntimeError(said or f"its process ended with status {status} and no {METRICS}")


def _share_of_cores() -> int | None:
    """Threads for a trial that runs beside others on this machine; None where it has the machine to itself."""
    launcher = HydraConfig.get().launcher
    if launcher.get("cpus_per_task"):
        return int(launcher.cpus_per_task)
    jobs = int(launcher.get("n_jobs") or 1)
    if jobs == 1:
        return None
    return max(1, len(os.sched_getaffinity(0)) // jobs) if jobs > 0 else 1  # -1 is joblib's word for a job a core


def _main(folder: str, threads: str | None = None) -> int:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _train(Path(folder), int(threads) if threads else None)
    except KeyboardInterrupt:
        return _STOPPED
    except Exception as error:
        sentence = explain(error, TrainConfig)
        if sentence is None:
            traceback.print_exc()
        print(sentence or f"{type(error).__name__}: {error}".splitlines()[0])
        return _OURS if sentence is None else _USERS
    return 0


def _train(folder: Path, threads: int | None) -> None:
    config = read_config(folder)
    config = dataclasses.replace(config, devices=dataclasses.replace(config.devices, threads=threads))
    data = training_data(config)
    load_tensorflow()
    from train.run import train

    train(config, data)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(_STOPPED)


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
