"""The experiment files: each composes, and the ablation sweeps over the sets that its script makes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_module
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig

from conf.app import composed
from conf.schema.synth import SynthConfig
from conf.schema.train import TrainConfig
from synth.generate import generate
from train.dataset import training_data

ROOT = Path(__file__).parents[2]
EXPERIMENTS = sorted(path.stem for path in (ROOT / "conf/experiment").glob("*.yaml"))


def _whole(experiment: str) -> DictConfig:
    """The configuration with Hydra's own part."""
    ConfigStore.instance().store(group="schema", name="train", node=TrainConfig, package="_global_")
    with initialize_config_module("conf", version_base="1.3"):
        return compose("train", [f"experiment={experiment}", "out=none"], return_hydra_config=True)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_each_experiment_is_valid_and_says_what_it_is(experiment: str) -> None:
    assert (ROOT / f"conf/experiment/{experiment}.yaml").read_text().startswith("# @package _global_\n# ")
    composed("train", TrainConfig, [f"experiment={experiment}", "out=none"])


def test_ready_made_sweeps_make_six_runs_or_more() -> None:
    grid = _whole("sweep_width_rate").hydra.sweeper.params
    assert [len(values.split(",")) for values in grid.values()] == [3, 2]
    search = _whole("sweep_search").hydra
    assert "optuna" in search.sweeper._target_ and search.sweeper.n_trials >= 6


def test_ablation_differs_in_the_sets_alone() -> None:
    config = _whole("ablation")
    assert list(config.hydra.sweeper.params) == ["dataset"] and not config.hydra.callbacks.results.cost
    arms = [Path(arm.strip()).name for arm in config.hydra.sweeper.params.dataset.split(",")]
    assert arms == ["full", "one_font", "no_camera", "no_decoys", "no_pdf", "with_photos"]
    made = set(re.findall(r"(?:^|\) )pages (\w+)|learn (\w+) ", (ROOT / "docs/ablation.sh").read_text(), flags=re.M))
    assert {name for pair in made for name in pair if name} == {*arms, "test"}


@pytest.mark.slow
def test_script_makes_the_sets_of_the_ablation(tmp_path: Path) -> None:
    photos = composed("synth", SynthConfig, ["count=2", "workers=1", f"out={tmp_path}/photos"])
    generate(photos)
    told = {"OUT": str(tmp_path / "sets"), "SHARE": "0.001", "PHOTOS": photos.out, "PYTHON": sys.executable}
    done = subprocess.run(["bash", "docs/ablation.sh"], cwd=ROOT, env=os.environ | told, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "No PDF: all arms are as no_pdf is." in done.stdout
    for arm in ("full", "one_font", "no_camera", "no_decoys", "no_pdf", "with_photos"):
        config = TrainConfig(dataset=str(tmp_path / "sets" / arm))
        config.validation.sets = [str(tmp_path / "sets" / "test" / "test")]
        data = training_data(config)
        assert len(data.train) == 1 and len(data.validation) == 1 and data.classes == ("http",)
