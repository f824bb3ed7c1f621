"""The door: what a user gets for --help, for a typing mistake, for a value out of range."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conf.checks import keys
from conf.overrides import flags_last
from conf.schema.synth import SynthConfig

ROOT = Path(__file__).parents[2]


def command(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs `python -m …` as a user would."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["synth", "cuont=4"], "There is no key cuont; did you mean count?"),
        (["synth", "count=many"], "count must be a whole number, not many. It is: pages to render [1 to 100,000,000]."),
        (["synth", "camera=fone"], "camera=fone is not known; it can be: none, phone, rough, scan."),
        (["synth", "--count=4"], "--count=4 begins with a dash; a key is written without, as count=VALUE."),
        (["synth", "count=1", "--foo"], "--foo is no flag: there are --help, --multirun (-m), --cfg job"),
        (["synth", "--cfg", "job", "--multirun"], "Only one of --run, --multirun, --cfg"),
        (["synth", "--help", "count=0.5"], "count must be a whole number, not 0.5."),
        (["evaluate", "dataset=no/such/folder", "detector=oracle"], "no/such/folder"),
        (["train", "dataset=no/such/folder"], "no/such/folder"),
        (["data", "merge", "sources=no/such/folder"], "no/such/folder"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_status_2(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []  # nothing half-written


@pytest.mark.parametrize(
    ("command_line", "row"),
    [
        (["train", "convert"], r"^run +\(needed\)"),
        (["train"], r"^out +runs/detector"),
        (["evaluate"], r"^dataset +\(needed\)"),
        (["data", "merge"], r"^classes +\{\} "),
    ],
)
def test_help_shows_what_is_needed_and_what_follows(command_line: list[str], row: str) -> None:
    done = command(*command_line, "--help")
    assert done.returncode == 0, done.stderr
    assert re.search(row, done.stdout, re.M)
    keys_listed = done.stdout.partition("== How to write it ==")[2]
    assert max(map(len, keys_listed.splitlines())) <= 100


@pytest.mark.parametrize("room", ["synth", "train", "evaluate"])
def test_help_shows_groups_and_keys_with_values_and_limits(room: str) -> None:
    done = command(room, "--help")
    assert done.returncode == 0 and done.stderr == ""
    assert "== How to write it ==" in done.stdout
    assert "== Groups: choose by group=option; a star marks the choice ==" in done.stdout
    assert "== Keys: change by key=value ==" in done.stdout
    assert "[0 to 1]" in done.stdout


def test_help_fits_100_columns_and_shows_what_other_arguments_lead_to() -> None:
    plain, rough = (command("synth", "--help", *more).stdout for more in ((), ("camera=rough", "count=7")))
    assert max(map(len, plain.splitlines())) <= 100
    assert re.search(r"^count +100 +pages to render \[1 to 100,000,000\]$", plain, re.M)
    assert re.search(r"^camera\.x_height_px +\[6,18\] +x-height", plain, re.M)
    assert re.search(r"^\* camera=phone", plain, re.M) and re.search(r"^  camera=rough +A bad moment", plain, re.M)
    assert re.search(r"^count +7 ", rough, re.M)
    assert re.search(r"^camera\.x_height_px +\[6,24\] +x-height", rough, re.M)
    assert re.search(r"^\* camera=rough", rough, re.M) and re.search(r"^  camera=phone", rough, re.M)


def test_help_names_each_key_of_the_schema() -> None:
    shown = {line.split()[0] for line in command("synth", "--help").stdout.splitlines() if line.strip()}
    assert {key.name for key in keys(SynthConfig)} <= shown


def test_arguments_stand_in_any_order() -> None:
    """Hydra's own parser wants those that change the configuration side by side."""
    one = command("synth", "seed=3", "--cfg", "job", "count=2")
    other = command("synth", "count=2", "seed=3", "--cfg", "job")
    assert one.returncode == 0 and one.stdout == other.stdout and "count: 2" in one.stdout
    # What stands behind a flag is its own, whatever it looks like.
    flags = ["--config-dir", "runs/lr=0.1", "seed=3", "--cfg", "job"]
    assert flags_last([*flags, "count=2"]) == ["seed=3", "count=2", "--config-dir", "runs/lr=0.1", "--cfg", "job"]


@pytest.mark.parametrize("room", ["synth", "train", "evaluate"])
def test_cfg_job_prints_the_whole_configuration(room: str) -> None:
    done = command(room, "--cfg", "job")
    assert done.returncode == 0
    assert "out:" in done.stdout and "\nhydra:" not in done.stdout


def test_light_rooms_start_without_tensorflow() -> None:
    rooms = "conf.app, synth.pipeline, synth.generate, data, data.merge, evaluate.coco_scores"
    code = f"import sys, {rooms}; print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_a_single_run_knows_its_choices_as_hydra_does(tmp_path: Path) -> None:
    small = ("count=1", "camera.width_px=64", "camera.height_px=64", "workers=1")
    done = command("synth", "camera=scan", *small, "out=sets/${hydra:runtime.choices.camera}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sets/scan/annotations.json").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"sets"}


def test_a_sweep_runs_each_combination(tmp_path: Path) -> None:
    small = ("count=1", "camera.width_px=64", "camera.height_px=64", "workers=1")
    done = command("synth", "-m", "seed=1,2", *small, "out=sets/${seed}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sets/1/annotations.json").exists() and (tmp_path / "sets/2/annotations.json").exists()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("inklink-synth cam", "camera="),
        ("inklink-synth camera=ph", "camera=phone"),
        ("inklink-data merge sour", "sources="),
        ("inklink-train optimizer.learn", "optimizer.learning_rate="),
        ("inklink-train convert quan", "quantise="),
        ("inklink-evaluate ocr=te", "ocr=tesseract"),
    ],
)
def test_bash_completes_keys_choices_and_verbs(line: str, expected: str, tmp_path: Path) -> None:
    environment = {**os.environ, "COMP_LINE": line, "COMP_POINT": str(len(line))}
    program = Path(sys.executable).parent / line.split()[0]
    done = subprocess.run(
        [program, "-sc", "query=bash"], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert expected in done.stdout.split()
