"""Each option of a group composes, and one that chooses for another group gives way to the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from conf.app import composed
from conf.schema.synth import SynthConfig

CONF = Path(__file__).parents[2] / "conf"
GROUPS = ("page", "link", "font", "paper", "marks", "ground", "camera", "engine")
NEEDS = {"font=own": "font.folder=mine", "ground=folder": "ground.folder={pictures}"}


@pytest.mark.parametrize(
    "option", [f"{group}={file.stem}" for group in GROUPS for file in sorted((CONF / group).glob("*.yaml"))]
)
def test_each_option_is_valid_and_says_what_it_is(option: str) -> None:
    group, name = option.split("=")
    assert "# " in (CONF / group / f"{name}.yaml").read_text()
    more = [NEEDS[option].format(pictures=CONF.parent / "docs" / "pictures")] if option in NEEDS else []
    composed("synth", SynthConfig, [option, *more])


@pytest.mark.parametrize(("camera", "kind"), [("scan", "lid"), ("none", "paper")])
def test_no_table_and_no_hand_where_there_is_no_photographer_unless_asked_for(camera: str, kind: str) -> None:
    ground = composed("synth", SynthConfig, [f"camera={camera}"]).ground
    assert {kind for kind, weight in ground.kind_weights.items() if weight} == {kind}
    assert ground.thumb_share == 0
    for order in ([f"camera={camera}", "ground=table"], ["ground=table", f"camera={camera}"]):
        assert composed("synth", SynthConfig, order).ground == composed("synth", SynthConfig).ground
    assert composed("synth", SynthConfig, [f"camera={camera}", "ground.thumb_share=0.5"]).ground.thumb_share == 0.5
