"""Where a run stops to save and to validate, when it ends early, and what it remembers after a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orbit
import pytest
import tensorflow as tf

from conf.schema.train import TrainConfig, ValidationConfig
from data.files import read_json, write_json
from train.checkpoint import find_checkpoint
from train.folder import open_run
from train.loop import Loop
from train.validations import Validations


class Counting(orbit.StandardTrainer, orbit.StandardEvaluator):  # type: ignore[misc]  # Orbit ships no types
    """A trainer of one number, which is its step; what a validation finds at each step is given."""

    def __init__(self, scores: dict[int, float], validations: Validations, out: Path) -> None:
        steps = tf.data.Dataset.counter()
        orbit.StandardTrainer.__init__(self, steps)
        orbit.StandardEvaluator.__init__(self, steps.take(1))
        self.global_step = orbit.utils.create_global_step()
        self.model = tf.Module()
        self.model.checkpoint_items = {"backbone": tf.Module()}
        self.model.checkpoint_items["backbone"].weight = self.global_step
        self.checkpoint = tf.train.Checkpoint(global_step=self.global_step, model=self.model)
        self._scores, self._validations = scores, validations
        self.validated: list[int] = []
        self.saved_before: dict[int, int] = {}
        self._out = out

    def initialize(self) -> None:
        """Nothing to start from."""

    def train_step(self, iterator: Any) -> None:
        next(iterator)
        self.global_step.assign_add(1)

    def eval_step(self, iterator: Any) -> None:
        next(iterator)

    def eval_end(self) -> dict[str, float]:
        step = int(self.global_step)
        self.validated.append(step)
        self.saved_before[step] = _saved(self._out)[-1]
        logs = {"AP": self._scores[step], "AP50": 0.5, "AP75": -1.0, "ARmax100": 0.5}
        self._validations.maybe_export_checkpoint(self.checkpoint, logs, step)
        return logs


def _run(out: Path, scores: dict[int, float], *, start: int = 0, patience: int = 0, steps: int = 50) -> tuple[int, Any]:
    config = TrainConfig(
        dataset="none",
        out=str(out),
        steps=steps,
        checkpoint_every_steps=12,
        keep_checkpoints=99,
        validation=ValidationConfig(every_steps=20, patience=patience),
    )
    open_run(out, config, ("http",))
    validations = Validations(out, start)
    trainer = Counting(scores, validations, out)
    loop = Loop(trainer, config, out, validations, after_steps=[], after_validation=[])
    return loop.run(), trainer


def _saved(out: Path) -> list[int]:
    return sorted(int(path.stem.split("-")[1]) for path in (out / "checkpoints").glob("*.index"))


def test_run_stops_at_multiples_of_its_intervals(tmp_path: Path) -> None:
    steps, trainer = _run(tmp_path, {20: 0.1, 40: 0.3, 50: 0.2})
    assert (steps, trainer.validated, _saved(tmp_path)) == (50, [20, 40, 50], [12, 20, 24, 36, 40, 48, 50])
    assert trainer.saved_before == {20: 20, 40: 40, 50: 50}  # a validation that is interrupted loses nothing
    assert [entry["ap"] for entry in read_json(tmp_path / "validations.json")] == [0.1, 0.3, 0.2]
    assert read_json(tmp_path / "best/metrics.json") == {
        "steps": 40,
        "validation": {"ap": 0.3, "ap50": 0.5, "ap75": None, "ar100": 0.5},
    }
    assert find_checkpoint(tmp_path / "best") == str(tmp_path / "best/checkpoints/ckpt-40")
    weights = tf.train.load_checkpoint(find_checkpoint(tmp_path / "best"))
    assert weights.get_tensor("backbone/weight/.ATTRIBUTES/VARIABLE_VALUE") == 40


@pytest.mark.parametrize(("killed_at", "validated"), [(36, [40, 50]), (48, [50]), (50, [50])])
def test_killed_run_validates_what_it_did_not(tmp_path: Path, killed_at: int, validated: list[int]) -> None:
    """The checkpoint at the kill, and all validations before it, are there."""
    _run(tmp_path, {20: 0.1, 40: 0.3, 50: 0.2})
    for path in (tmp_path / "checkpoints").glob("ckpt-*"):
        if int(path.name.split("-")[1].split(".")[0]) > killed_at:
            path.unlink()
    (tmp_path / "checkpoints/checkpoint").write_text(f'model_checkpoint_path: "ckpt-{killed_at}"\n')
    entries = [entry for entry in read_json(tmp_path / "validations.json") if entry["step"] != 50]
    (tmp_path / "validations.json").write_text(str(entries).replace("'", '"').replace("None", "null"))
    (tmp_path / "checkpoints" / "ckpt-60_temp").mkdir()
    (tmp_path / "export").mkdir()
    (tmp_path / "best" / "tfjs_float16").mkdir()
    write_json(tmp_path / "best" / "operating_point.json", {"score": 0.5})
    steps, trainer = _run(tmp_path, {40: 0.3, 50: 0.4}, start=killed_at)
    assert (steps, trainer.validated) == (50, validated)
    assert [entry["step"] for entry in read_json(tmp_path / "validations.json")] == [20, 40, 50]
    assert read_json(tmp_path / "best/metrics.json")["steps"] == 50
    assert not (tmp_path / "checkpoints/ckpt-60_temp").exists()
    # What a user made of the run stays; a score that was chosen for other weights does not.
    assert (tmp_path / "export").is_dir() and (tmp_path / "best/tfjs_float16").is_dir()
    assert not (tmp_path / "best/operating_point.json").exists()


def test_run_stops_early_where_validations_stall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = {20: 0.1, 40: 0.3, 60: 0.2, 80: 0.3, 100: 0.9}
    steps, _ = _run(tmp_path, scores, patience=2, steps=100)
    assert steps == 80 and _saved(tmp_path)[-1] == 80
    assert "Stopped at step 80: no better AP in the last 2 validations." in capsys.readouterr().err
    again, trainer = _run(tmp_path, scores, start=80, patience=2, steps=100)
    assert (again, trainer.validated) == (80, [])


def test_pages_without_links_have_no_best(tmp_path: Path) -> None:
    _run(tmp_path, {20: -1.0, 40: float("nan"), 50: -1.0}, patience=1)
    validations = Validations(tmp_path, 50)
    assert validations.best is None and not validations.stalled(1)
    assert validations.last == {"ap": None, "ap50": 0.5, "ap75": None, "ar100": 0.5}
    assert not (tmp_path / "best").exists()
