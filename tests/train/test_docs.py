"""What docs/train.md shows in Python works as it stands there, and its commands are understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser

from conf.app import composed
from conf.schema.anchors import AnchorsConfig
from conf.schema.export import ConvertConfig, ExportConfig
from conf.schema.train import TrainConfig

PAGE = (Path(__file__).parents[2] / "docs/train.md").read_text()


@pytest.mark.slow
def test_pages_without_files(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    exec(code, {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and all(line.startswith("(1024, 1024, 3) [") for line in lines)


COMMANDS = re.findall(r"^(?:PDF=\S+ )?python -m train (.*)$", PAGE, flags=re.M)
VERBS: dict[str, type] = {"export": ExportConfig, "convert": ConvertConfig, "anchors": AnchorsConfig}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_names_keys_that_there_are(command: str) -> None:
    """Of a sweep, each trial; what the commands do is tested elsewhere, on sets that take seconds."""
    arguments = shlex.split(command)
    verb, schema = ("train", TrainConfig)
    if arguments[0] in VERBS:
        verb, schema = f"train_{arguments[0]}", VERBS[arguments.pop(0)]
    given = [each for each in arguments if each not in ("-m", "model=mine")]
    trials = BasicSweeper.split_arguments(OverridesParser.create().parse_overrides(given), max_batch_size=None)
    for trial in (trial for batch in trials for trial in batch):
        composed(verb, schema, [*trial, *(["out=none"] if verb == "train" and "out=" not in command else [])])


def test_the_guide_shows_sweeps_streams_and_mixtures() -> None:
    assert len(COMMANDS) >= 12 and all(any(word in each for each in COMMANDS) for word in ("-m ", "stream", "mixture"))
