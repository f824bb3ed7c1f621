"""The command line, where no TensorFlow is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "train", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("verb", [(), ("anchors",), ("export",), ("convert",)])
def test_help_names_the_keys(verb: tuple[str, ...]) -> None:
    done = _run(*verb, "--help")
    assert done.returncode == 0, done.stderr
    assert ("run " if verb in (("export",), ("convert",)) else "model.width") in done.stdout


def test_help_does_not_load_tensorflow() -> None:
    code = (
        "import sys, runpy; sys.argv = ['train', '--help']\n"
        "try: runpy.run_module('train', run_name='__main__')\n"
        "finally: sys.stderr.write(str('tensorflow' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.endswith("False")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("dataset=/absent",), "dataset=/absent is not a folder."),
        (("dataset=/absent", "steps=0"), "steps=0 is out of range: at least 1."),
        (("dataset=/absent", "model.widht=1"), "did you mean model.width"),
        (("dataset=/absent", "crop.size_px=100"), "crop.size_px=100 is not a multiple of 32."),
        (("dataset=stream", "mixture={a: 1}"), "mixture takes the place of dataset"),
        (("dataset=stream", "mixture={}", "validation.sets=[/absent]"), "validation.sets=/absent is not a folder."),
        (("dataset=stream", "init_checkpoint=smal"), "it can be a model by its name (base, small, start), a run"),
        (
            ("dataset=stream", "stream.validation_pages=0", "validation.patience=3"),
            "validation.patience waits for one, and there is nothing to validate on",
        ),
        (("export", "run=/absent"), "/absent is no training run"),
        (("convert", "run=/absent", "quantise=int4"), "quantise='int4' is not one of float32, float16, uint8, int8."),
    ],
)
def test_mistake_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = _run(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
