from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

from train.sweep import as_csv, trials

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
    rows = trials(tmp_path)
    assert [row["trial"] for row in rows] == [2, 0, 3, 1]
    assert rows[0]["overrides"] == "model.width=0.2 seed=1"
    read = list(csv.DictReader(as_csv(rows).splitlines()))
    assert (read[0]["ap"], read[0]["parameters"], read[3]["failed"]) == ("0.75", "7", "no")


def test_failed_trials_do_not_end_a_sweep(tmp_path: Path) -> None:
    """Each trial is tried, each failure is a sentence, and the table is written."""
    command = [sys.executable, "-m", "train", "-m", "dataset=/absent", "seed=1,2", f"hydra.sweep.dir={tmp_path / 's'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.count("failed: dataset=/absent is not a folder.") == 2
    assert "Traceback" not in done.stderr
    rows = list(csv.DictReader((tmp_path / "s" / "results.csv").read_text().splitlines()))
    assert [row["overrides"] for row in rows] == ["dataset=/absent seed=1", "dataset=/absent seed=2"]
    assert "results.csv" in done.stdout
