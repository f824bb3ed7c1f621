"""A stored recipe draws its page again, byte for byte."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conf import UserError
from synth.generate import generate
from synth.pipeline import render
from synth.replay import replay
from tests.conf.test_app import command
from tests.synth.conftest import Compose
from tests.synth.sets import TINY


@pytest.fixture(scope="module")
def made(composed: Compose, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set in the fonts of one side of the split, with limits of its own."""
    own = ("font.split=test", "truth.min_x_height_px=7", "link=dense", "seed=3", "count=9", "workers=1")
    size = ("camera.width_px=512", "camera.height_px=512")
    return generate(composed(*size, *own, f"out={tmp_path_factory.mktemp('sets')}/a")).folder


@pytest.mark.parametrize("named", ["{set}", "{set}/recipes.jsonl"])
def test_pages_of_a_set_are_drawn_again(composed: Compose, made: Path, named: str) -> None:
    pages = [replay(composed(f"recipe={named.format(set=made)}", f"index={index}")) for index in range(9)]
    for index, page in enumerate(pages):
        assert page.jpeg == (made / f"images/00/{index:06d}.jpg").read_bytes()
    truth = json.loads((made / "annotations.json").read_text())
    ignored = [bool(link["iscrowd"]) for link in truth["annotations"]]
    assert set(ignored) == {True, False}
    assert [link.ignore for page in pages for link in page.links] == ignored  # by the set's limits, not the command's


def test_a_recipe_in_a_file_of_its_own_is_drawn_again(composed: Compose, tmp_path: Path) -> None:
    config = composed("camera=scan", *TINY, "seed=11")
    page = render(config, 4)
    (tmp_path / "recipe.json").write_text(json.dumps(page.recipe.as_dict(), indent=2))
    assert replay(composed(f"recipe={tmp_path}/recipe.json")).jpeg == page.jpeg


def test_the_command_draws_what_it_has_written(made: Path, tmp_path: Path) -> None:
    done = command("synth", f"recipe={made}", "index=2", "out=again", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again/pages/000002.jpg").read_bytes() == (made / "images/00/000002.jpg").read_bytes()
    assert (tmp_path / "again/pages/000002.boxes.png").exists()
    done = command("synth", "recipe=again/pages/000002.json", "font.split=test", "out=twice", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "twice/pages/000002.jpg").read_bytes() == (made / "images/00/000002.jpg").read_bytes()


def test_mistakes_are_named_with_their_place(composed: Compose, made: Path, tmp_path: Path) -> None:
    first = (made / "recipes.jsonl").read_text().splitlines()[0]
    faults = {
        "gone.json": (None, "cannot be read: No such file"),
        "empty.jsonl": ("", "holds no recipe"),
        "short.json": (first[:100], "truncated"),
        "other.json": ("{}", "is no recipe: Object missing required field `seed`"),
        "typed.json": (re.sub(r'"jpeg_quality":\d+', '"jpeg_quality":"high"', first), r"`\$\.camera\.jpeg_quality`"),
        "lines.jsonl": (first + "\n{}\n", "line 2 is no recipe: Object missing required field `image_id`"),
        "font.json": (re.sub(r'"body_family":"[^"]*"', '"body_family":"Comic Sans"', first), "is set in Comic Sans"),
    }
    for name, (text, sentence) in faults.items():
        if text is not None:
            (tmp_path / name).write_text(text)
        with pytest.raises(UserError, match=sentence) as error:
            replay(composed(f"recipe={tmp_path / name}"))
        assert name in str(error.value)
    with pytest.raises(UserError, match="has no page 9"):
        replay(composed(f"recipe={made}", "index=9"))
    with pytest.raises(UserError, match="name a page by index=N"):
        replay(composed(f"recipe={made}"))
