"""A set is the same bytes however it was made: by one process or two, at once or in pieces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conf import UserError
from data import read_dataset
from synth import generate
from synth.pipeline import render
from tests.synth.conftest import Compose


def _content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.slow
def test_200_pages_are_identical_for_one_worker_and_two(composed: Compose, tmp_path: Path) -> None:
    small = ("count=200", "camera.width_px=256", "camera.height_px=256")
    one = generate.generate(composed(*small, f"out={tmp_path}/one", "workers=1"))
    two = generate.generate(composed(*small, f"out={tmp_path}/two", "workers=2"))
    assert _content(one) == _content(two)
    assert len(read_dataset(one).images) == 200


def test_an_interrupted_set_is_finished_to_the_same_bytes(composed: Compose, tmp_path: Path) -> None:
    small = ("count=60", "camera.width_px=128", "camera.height_px=128", "workers=1")
    whole = generate.generate(composed(*small, f"out={tmp_path}/whole"))
    stopped = composed(*small, f"out={tmp_path}/stopped")
    generate._claim(stopped, Path(stopped.out))
    generate.render_part(stopped, 25)
    done = Path(stopped.out, "images/00/000030.jpg")
    before = done.stat().st_mtime_ns
    generate.generate(stopped)
    assert _content(Path(stopped.out)) == _content(whole)
    assert done.stat().st_mtime_ns == before  # a finished part is not rendered again


def test_a_page_alone_is_the_page_in_its_set(composed: Compose, tmp_path: Path) -> None:
    config = composed("count=7", "seed=5", f"out={tmp_path}/set", "workers=1")
    out = generate.generate(config)
    assert (out / "images/00/000006.jpg").read_bytes() == render(config, 6).jpeg
    recipes = [json.loads(line) for line in (out / "recipes.jsonl").read_text().splitlines()]
    assert [recipe["image_id"] for recipe in recipes] == [1, 2, 3, 4, 5, 6, 7]
    assert recipes[6]["index"] == 6 and recipes[6]["seed"] == 5


def test_a_folder_with_something_else_is_refused(composed: Compose, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("irreplaceable")
    with pytest.raises(UserError, match=r"holds something else \(thesis\.tex\)"):
        generate.generate(composed("count=1", f"out={tmp_path}"))


def test_another_configuration_does_not_mix_into_a_set(composed: Compose, tmp_path: Path) -> None:
    generate.generate(composed("count=1", f"out={tmp_path}/set", "workers=1"))
    with pytest.raises(UserError, match="another configuration"):
        generate.generate(composed("count=1", "seed=1", f"out={tmp_path}/set", "workers=1"))


def test_a_different_seed_gives_another_page(composed: Compose) -> None:
    config = composed()
    assert render(config, 0).jpeg == render(config, 0).jpeg
    assert render(config, 0).jpeg != render(config, 0, seed=1).jpeg
    assert render(config, 0).jpeg != render(config, 1).jpeg
