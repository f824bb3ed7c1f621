from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml

from conf import UserError
from conf.schema.train import TrainConfig
from train.folder import Clock, finished, open_run, read_classes, read_config


def _begun(out: Path, config: TrainConfig) -> None:
    """A run that has its first checkpoint."""
    open_run(out, config, ("http",))
    (out / "checkpoints").mkdir()
    (out / "checkpoints" / "ckpt-10.index").touch()


def test_config_comes_back_as_it_was(tmp_path: Path) -> None:
    config = TrainConfig(dataset="sets/a", out=str(tmp_path), steps=7)
    config.model.anchor_aspect_ratios = [1.5, 3.0]
    open_run(tmp_path, config, ("http", "www"))
    assert read_config(tmp_path) == config
    assert read_classes(tmp_path) == ("http", "www")


def test_config_of_an_earlier_version_means_what_it_meant(tmp_path: Path) -> None:
    """Keys that came later have the defaults under which the run was made."""
    open_run(tmp_path, TrainConfig(dataset="sets/a", out=str(tmp_path), steps=7), ("http",))
    stored = yaml.safe_load((tmp_path / "config.yaml").read_text())
    for later in ("freeze", "precision", "deterministic"):
        del stored[later]
    for later in ("schedule", "end_share", "power", "step_shares", "step_factor"):
        del stored["optimizer"][later]
    del stored["model"]["garden"], stored["model"]["garden_overrides"], stored["validation"]["patience"]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(stored))
    assert read_config(tmp_path) == TrainConfig(dataset="sets/a", out=str(tmp_path), steps=7)
    assert read_config(tmp_path).optimizer.schedule == "cosine"


def test_same_run_goes_on_and_another_is_refused(tmp_path: Path) -> None:
    config = TrainConfig(dataset="sets/a", out=str(tmp_path / "run"), steps=7)
    _begun(tmp_path / "run", config)
    open_run(tmp_path / "run", config, ("http",))
    changed = dataclasses.replace(config, model=dataclasses.replace(config.model, width=0.35))
    with pytest.raises(UserError, match=r"model\.width=0\.5, not 0\.35"):
        open_run(tmp_path / "run", changed, ("http",))
    with pytest.raises(UserError, match="was trained on the classes http; sets/a has https"):
        open_run(tmp_path / "run", config, ("https",))
    other = dataclasses.replace(config.model, garden="retinanet", garden_overrides={"head": {"num_convs": 1}})
    with pytest.raises(UserError, match=r"model\.garden=None, not retinanet"):
        open_run(tmp_path / "run", dataclasses.replace(config, model=other), ("http",))


def test_a_run_goes_on_with_the_threshold_that_was_kept_in_it_and_a_new_one_begins_without(tmp_path: Path) -> None:
    config = TrainConfig(dataset="sets/a", out=str(tmp_path / "run"), steps=7)
    _begun(tmp_path / "run", config)
    kept = tmp_path / "run/operating_point.json"
    kept.write_text('{"score_threshold": 0.4}')
    open_run(tmp_path / "run", config, ("http",))
    assert kept.is_file()
    (tmp_path / "run/checkpoints/ckpt-10.index").unlink()
    open_run(tmp_path / "run", config, ("http",))
    assert not kept.exists()


def test_run_is_finished_once_its_metrics_are_written(tmp_path: Path) -> None:
    config = TrainConfig(dataset="sets/a", steps=7)
    open_run(tmp_path, config, ("http",))
    assert finished(tmp_path) is None
    (tmp_path / "metrics.json").write_text('{"steps": 7}')
    assert finished(tmp_path) == {"steps": 7}
    open_run(tmp_path, config, ("http",))  # no checkpoint is left: it begins anew, whatever the metrics said
    assert finished(tmp_path) is None


def test_another_content_behind_the_same_path_is_refused(tmp_path: Path) -> None:
    config = TrainConfig(dataset="sets/a", out=str(tmp_path / "run"), steps=7)
    open_run(tmp_path / "run", config, ("http",), data="aa")
    (tmp_path / "run/checkpoints").mkdir()
    (tmp_path / "run/checkpoints/ckpt-10.index").touch()
    open_run(tmp_path / "run", config, ("http",), data="aa")
    with pytest.raises(UserError, match="trained on another content of sets/a"):
        open_run(tmp_path / "run", config, ("http",), data="bb")


def test_run_without_checkpoint_may_change(tmp_path: Path) -> None:
    open_run(tmp_path / "run", TrainConfig(dataset="sets/a", steps=7), ("http",))
    open_run(tmp_path / "run", TrainConfig(dataset="sets/a", steps=8), ("http",))
    assert read_config(tmp_path / "run").steps == 8


def test_strange_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(UserError, match="holds something else"):
        open_run(tmp_path, TrainConfig(dataset="sets/a"), ("http",))
    with pytest.raises(UserError, match="is no training run"):
        read_config(tmp_path)
    (tmp_path / "config.yaml").write_text("wings: 2")
    with pytest.raises(UserError, match="no configuration of a training run"):
        read_config(tmp_path)


def test_clock_counts_all_sessions(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text('{"seconds": 100.0}')
    clock = Clock(tmp_path)
    clock.tick()
    assert 100.0 <= Clock(tmp_path).seconds < 110.0
