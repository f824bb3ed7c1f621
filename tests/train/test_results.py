"""What a sweep ends in: the front, its picture, the best configuration, and one real search."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
from hydra import initialize_config_module
from hydra.core.global_hydra import GlobalHydra
from hypothesis import given
from hypothesis import strategies as st

from conf.app import composed
from conf.schema.train import TrainConfig
from data.files import read_json
from tests.train.pages import write_dataset
from train.best import write_best
from train.folder import open_run, read_config
from train.pareto import front, plot

ROOT = Path(__file__).parents[2]
TINY = (
    "model=mobilenetv2_fpn_small", "model.width=0.1", "model.fpn_channels=8", "crop.size_px=64", "batch_size=2",
    "steps=2", "validation.max_pages=2", "export.width_px=256",
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_front_is_what_no_other_beats(points: list[tuple[int, int]]) -> None:
    costs, qualities = [cost for cost, _ in points], [quality for _, quality in points]
    unbeaten = {
        place
        for place, (cost, quality) in enumerate(points)
        if not any(c <= cost and q >= quality and (c, q) != (cost, quality) for c, q in points)
    }
    found = front(costs, qualities)
    assert set(found) == unbeaten and len(found) == len(unbeaten)
    assert [costs[place] for place in found] == sorted(costs[place] for place in found)


def test_picture_marks_the_front(tmp_path: Path) -> None:
    costs = [(0.6, 5.0), (1.1, 9.0), (1.2, 8.0), (4.0, 30.0)]
    aps = [0.5, 0.7, 0.6, 0.8]
    rows = [
        {"trial": number, "ap": ap, "size_mb": size, "latency_ms": latency}
        for number, (ap, (size, latency)) in enumerate(zip(aps, costs, strict=True))
    ]
    png, svg = plot([*rows, {**rows[0], "trial": 9, "ap": None}], tmp_path, "pareto")
    assert cv2.imread(str(png)).shape[1] == 1500
    drawn = svg.read_text()
    assert all(f">{number}</text>" in drawn for number in range(4)) and ">9</text>" not in drawn
    assert "Pareto front" in drawn and "beaten by another trial" in drawn
    again = plot(rows, tmp_path, "again")
    assert again[1].read_bytes() == svg.read_bytes()
    assert plot([rows[0] | {"latency_ms": None}], tmp_path, "none") == []


def test_best_configuration_composes_to_the_run_again(tmp_path: Path) -> None:
    overrides = ["model=mobilenetv2_fpn_small", "optimizer=sgd", "experiment=start", "dataset=sets/a", "seed=3"]
    config = composed("train", TrainConfig, [*overrides, f"out={tmp_path}/s/0", "devices.threads=1"])
    open_run(tmp_path / "s" / "0", config, ("http",))
    with initialize_config_module("conf", version_base="1.3"):  # as Hydra does around the end of a sweep
        file = write_best(tmp_path / "s" / "0", tmp_path / "s", "The best.")
        assert GlobalHydra.instance().is_initialized()
    assert file.read_text().startswith("# @package _global_\n# The best.\ndataset: sets/a\n")
    assert "out" not in file.read_text() and "threads" not in file.read_text()
    again = _printed(tmp_path / "s", "experiment=best", f"out={tmp_path}/again", "devices.threads=1")
    open_run(tmp_path / "printed", config, ("http",))
    (tmp_path / "printed" / "config.yaml").write_text(again)
    found = read_config(tmp_path / "printed")
    assert found.out == f"{tmp_path}/again"
    found.out = config.out
    assert found == config


def _printed(config_dir: Path, *overrides: str) -> str:
    command = [sys.executable, "-m", "train", "--config-dir", str(config_dir), *overrides, "--cfg", "job"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_search_with_a_trial_that_fails_ends_in_table_plot_and_best(tmp_path: Path) -> None:
    """Two trials side by side, of which one finds no checkpoint to start from, long after its start."""
    dataset, sweep = write_dataset(tmp_path / "set"), tmp_path / "s"
    (nothing := tmp_path / "nothing").mkdir()
    command = [
        *(sys.executable, "-m", "train", "-m", f"dataset={dataset}", *TINY),
        *("hydra/sweeper=optuna", "hydra/sweeper/sampler=random", "hydra.sweeper.sampler.seed=0"),
        *("hydra.sweeper.n_trials=2", "hydra.sweeper.n_jobs=2", "hydra/launcher=joblib"),
        *(f"init_checkpoint=null,{nothing}", f"hydra.sweep.dir={sweep}"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert f"{nothing} holds no TensorFlow checkpoint" in done.stderr and "Traceback" not in done.stderr
    rows = list(csv.DictReader((sweep / "results.csv").read_text().splitlines()))
    assert len(rows) == 2 and rows[1]["failed"] and not rows[0]["failed"]
    ap = read_json(sweep / rows[0]["trial"] / "metrics.json")["validation"]["ap"]
    assert f"best_value: {ap}" in (sweep / "optimization_results.yaml").read_text()
    assert float(rows[0]["ap"]) == ap
    assert 0.05 < float(rows[0]["size_mb"]) < 2
    assert 1 < float(rows[0]["latency_ms"]) < 5000
    assert (sweep / "pareto.png").is_file() and "pareto.svg" in done.stdout
    assert f"python -m train --config-dir {sweep} experiment=best" in done.stdout
    assert "width: 0.1" in (sweep / "experiment" / "best.yaml").read_text()
