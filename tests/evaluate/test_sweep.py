from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluate.sweep import SweepTable
from tests.commands import Run
from tests.evaluate.pages import save_set
from train.sweep import as_csv, as_table, trials


def save_trial(folder: Path, number: int, hmean: float | None, f1: float) -> None:
    """A finished trial with these figures."""
    place = folder / str(number)
    place.mkdir(parents=True)
    note = {"trial": number, "overrides": [f"detector=runs/{number}", "ocr=none"], "failed": None}
    (place / "trial.json").write_text(json.dumps(note))
    metrics: dict[str, Any] = {
        "detection": {"f1": f1, "false_alarms_per_empty_page": None},
        "end_to_end": {"normalised": {"hmean": hmean}},
        "intervals": {} if hmean is None else {"end_to_end.normalised.hmean": [0.25, 0.75]},
        "cost": {"page_ms": {"mean": 123.4, "mean_interval": [100.0, 150.6]}},
    }
    (place / "metrics.json").write_text(json.dumps(metrics))


def test_links_read_right_decide_then_links_found(tmp_path: Path) -> None:
    for number, (hmean, f1) in enumerate([(None, 0.9), (0.5, 0.1), (0.5, 0.2), (None, 0.95)]):
        save_trial(tmp_path, number, hmean, f1)
    rows = trials(tmp_path, SweepTable.columns)
    assert [row["trial"] for row in rows] == [2, 1, 3, 0]
    assert (rows[0]["hmean_interval"], rows[0]["page_ms"], rows[0]["page_ms_interval"]) == (
        "0.250 to 0.750",
        123,
        "100 to 151",
    )
    assert as_csv(rows, SweepTable.columns).splitlines()[1].startswith("2,detector=runs/2 ocr=none,0.5,0.250 to 0.750,")
    table = as_table(rows, "title", SweepTable.columns)
    assert [column.header for column in table.columns] == [
        "trial", "overrides", "hmean", "f1", "false_alarms", "page_ms",
    ]  # fmt: skip
    assert next(iter(table.columns[2].cells)) == "0.500\n0.250 to 0.750"


def test_sweep_ends_in_a_table(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "set")
    done = run("-m", "detector=oracle", f"dataset={tmp_path / 'set'}", "ocr=none", "score_threshold=0.4,0.5",
               "resamples=0", "report=none", "cost.pages=0", f"hydra.sweep.dir={tmp_path / 's'}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "s/results.csv").read_text().splitlines()
    assert len(lines) == 3 and all(",1.0," in line and line.endswith(",") for line in lines[1:])


def test_trial_keeps_to_its_own_folder(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "set")
    done = run("-m", "detector=oracle", f"dataset={tmp_path / 'set'}", "ocr=none", "resamples=0,1",
               f"out={tmp_path / 'mine'}", f"hydra.sweep.dir={tmp_path / 's'}")  # fmt: skip
    assert done.returncode == 2 and not (tmp_path / "mine").exists()
    assert done.stderr.count("name that of all by hydra.sweep.dir=FOLDER") == 2
