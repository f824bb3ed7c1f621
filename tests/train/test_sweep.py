from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from rich.console import Console

from conf import UserError
from conf.schema.devices import DevicesConfig
from conf.schema.train import TrainConfig
from data.formats.tfrecord import write_label_map
from train import sweep
from train.folder import open_run
from train.results import TRAINING, TrainingTable
from train.sweep import as_csv, as_table, trials
from train.trial import train_apart

ROOT = Path(__file__).parents[2]


def _trial(folder: Path, number: int, ap: float | None, failed: str | None = None) -> None:
    place = folder / str(number)
    place.mkdir(parents=True)
    note = {"trial": number, "overrides": [f"model.width=0.{number}", "seed=1"], "failed": failed}
    (place / "trial.json").write_text(json.dumps(note))
    if failed is None:
        scores = None if ap is None else {"ap": ap, "ap50": 1.0}
        (place / "metrics.json").write_text(json.dumps({"validation": scores, "parameters": 7, "seconds": 2.5}))


def test_best_trial_first_and_failed_ones_last(tmp_path: Path) -> None:
    _trial(tmp_path, 0, 0.25), _trial(tmp_path, 1, None, "no"), _trial(tmp_path, 2, 0.75), _trial(tmp_path, 3, None)
    rows = trials(tmp_path, TRAINING)
    assert [row["trial"] for row in rows] == [2, 0, 3, 1]
    assert rows[0]["overrides"] == "model.width=0.2 seed=1"
    read = list(csv.DictReader(as_csv(rows, TRAINING).splitlines()))
    assert (read[0]["ap"], read[0]["parameters"], read[3]["failed"]) == ("0.75", "7", "no")


FAILING = ("dataset=/absent", "seed=1,2")
SEARCH = ("dataset=/absent", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=2", "seed=1,2,3")


def _sweep(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "train", "-m", *arguments, f"hydra.sweep.dir={folder}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("launcher", ["basic", "joblib", "submitit_local"])
def test_failed_trials_do_not_end_a_sweep(tmp_path: Path, launcher: str) -> None:
    """Each trial is tried, each failure is a sentence, and the table is written."""
    done = _sweep(tmp_path / "s", *FAILING, f"hydra/launcher={launcher}")
    assert done.returncode == 2, done.stderr
    if launcher != "submitit_local":  # whose trials write into files of their own
        assert done.stderr.count("failed: dataset=/absent is not a folder.") == 2
    assert "Traceback" not in done.stderr
    rows = list(csv.DictReader((tmp_path / "s" / "results.csv").read_text().splitlines()))
    assert [row["overrides"] for row in rows] == ["dataset=/absent seed=1", "dataset=/absent seed=2"]
    assert [row["failed"] for row in rows] == ["dataset=/absent is not a folder."] * 2
    assert "results.csv" in done.stdout


def test_sweep_that_is_cut_short_has_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A trial is noted as lost when it begins; what ends well says so afterwards."""
    _trial(tmp_path, 0, 0.25)
    start = OmegaConf.create({"hydra": {"job": {"num": 1}, "overrides": {"task": ["model.width=0.1", "seed=1"]},
                                        "runtime": {"output_dir": str(tmp_path / "1")}}})  # fmt: skip
    (tmp_path / "1").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "swept", lambda: True)
        TrainingTable().on_job_start(start)
    TrainingTable()._cut_short(tmp_path)
    said = capsys.readouterr()
    assert "ended early" in said.err and "Trial 1 failed: ended before its end" in said.out
    rows = list(csv.DictReader((tmp_path / "results.csv").read_text().splitlines()))
    assert [(row["trial"], row["ap"], row["failed"]) for row in rows] == [
        ("0", "0.25", ""),
        ("1", "", "ended before its end"),
    ]


def test_table_fits_a_narrow_terminal(tmp_path: Path) -> None:
    _trial(tmp_path, 1, 0.25), _trial(tmp_path, 2, 0.75), _trial(tmp_path, 3, None, "its reason, a sentence")
    rows = [row | {"size_mb": 0.75, "latency_ms": 14.1} for row in trials(tmp_path, TRAINING)]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(as_table(rows, "results.csv", TRAINING))
    shown = console.export_text()
    assert all(word in shown for word in ("model.width=0.2", "latency_ms", "failed", "0.750", "14.1")), shown
    assert "…" not in shown and "seed=1" not in shown


def test_trial_keeps_to_its_own_folder(tmp_path: Path) -> None:
    _empty_set(tmp_path / "set")
    done = _sweep(tmp_path / "s", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'mine'}", "seed=1,2")
    assert done.returncode == 2 and not (tmp_path / "mine").exists()
    assert done.stderr.count("each trial of a sweep has its own folder") == 2


@pytest.mark.parametrize("storage", ["null", "sqlite:///{folder}/search.db"])
def test_failed_trials_do_not_end_a_search(tmp_path: Path, storage: str) -> None:
    done = _sweep(tmp_path / "s", *SEARCH, f"hydra.sweeper.storage={storage.format(folder=tmp_path)}")
    assert done.returncode == 2
    assert done.stderr.count("failed: dataset=/absent is not a folder.") == 2
    assert "No trial of the search came to a score.\n" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "s" / "results.csv").read_text().count("/absent is not a folder.") == 2


def test_search_without_validation_is_refused(tmp_path: Path) -> None:
    _empty_set(tmp_path / "set")
    done = _sweep(tmp_path / "s", f"dataset={tmp_path / 'set'}", *SEARCH[1:])
    assert done.returncode == 2
    assert done.stderr.count("looks for the best validation AP, and there is nothing to validate on") == 2


def _empty_set(folder: Path) -> None:
    (folder / "shards").mkdir(parents=True)
    (folder / "shards" / "a.tfrecord").touch()
    write_label_map(("http",), folder / "label_map.pbtxt")


def test_a_sweep_is_not_mistaken_for_one_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "train", "experiment=sweep_width_rate", f"out={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "This is a sweep over model.width, optimizer.learning_rate; add -m, and it runs once with each value.\n",
    )


def test_trial_that_is_killed_is_a_trial_that_failed(tmp_path: Path) -> None:
    config = TrainConfig(dataset=str(tmp_path), out=str(tmp_path / "out"), devices=DevicesConfig(threads=1))
    open_run(tmp_path / "out", config, ("http",))
    with pytest.raises(UserError, match=r"has no shards/\*.tfrecord"):
        train_apart(config)
    _empty_set(tmp_path)
    before = _children()
    with ThreadPoolExecutor() as pool:
        outcome = pool.submit(train_apart, config)
        while not (started := _children() - before) and not outcome.done():
            time.sleep(0.01)
        for child in started:
            os.kill(child, signal.SIGKILL)
        with pytest.raises(UserError, match="ended by SIGKILL"):
            outcome.result()


def _children() -> set[int]:
    """Processes that this one has started and that live."""
    return {int(pid) for tasks in Path("/proc/self/task").glob("*/children") for pid in tasks.read_text().split()}
