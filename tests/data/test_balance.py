"""Each kind gets its links; repeated pictures keep group and truth; the generator makes up the rest."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf import UserError
from conf.schema.data_balance import BalanceConfig
from data import Dataset, Image, read_dataset, write_dataset
from data.balance import balance, copies, counted
from data.identity import file_hash
from tests.data.conftest import Run
from tests.data.pages import link, save_picture, save_set

KINDS = ("with", "without", "wrong")


def faces(folder: Path) -> Path:
    """A set of three classes of somebody's own: 8 pictures of one, 3 of the second, 1 of the third."""
    images = []
    for index in range(12):
        kind = KINDS[0] if index < 8 else KINDS[1] if index < 11 else KINDS[2]
        path = save_picture(folder / "raw" / f"{index}.png", seed=index)
        shown = replace(link(), category=kind, text=None, attributes={"colour": kind[:5]}, extra={"score": index})
        images.append(Image(path, 80, 60, (shown, replace(shown, ignore=True)), group=f"g{index // 2}", id=index + 1))
    write_dataset(Dataset(tuple(images), KINDS), folder / "faces")
    return folder / "faces"


def test_rare_classes_are_repeated_with_their_truth_and_group(tmp_path: Path) -> None:
    source = faces(tmp_path)
    done = balance(BalanceConfig(source=str(source), out=str(tmp_path / "even"), most_copies=20))
    assert done.before == {"with": 8, "without": 3, "wrong": 1}
    assert done.after == {"with": 8, "without": 8, "wrong": 8}
    found, old = read_dataset(tmp_path / "even"), read_dataset(source)
    assert found.categories == KINDS and len(found.images) == 24
    by_bytes = {file_hash(image.path): image for image in old.images}
    repeats: Counter[str] = Counter()
    for image in found.images:
        original = by_bytes[file_hash(image.path)]
        repeats[original.path.name] += 1
        assert image.group == original.group
        assert [replace(one, id=None) for one in image.links] == [replace(one, id=None) for one in original.links]
    # Three pictures share five repetitions.
    assert sorted(repeats[image.path.name] for image in old.images[8:11]) == [2, 3, 3]
    assert found.info["balanced"] == {"by": "class", "target": 8, "fill": "oversample"}


def test_most_copies_is_kept_and_said(run: Run, tmp_path: Path) -> None:
    done = run("balance", f"source={faces(tmp_path)}", f"out={tmp_path}/even", "most_copies=2", "by=colour")
    assert done.returncode == 0, done.stderr
    assert "colour wrong: 1 links before, 3 now, 5 short of 8" in done.stdout


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=3), min_size=1, max_size=12), st.integers(1, 9))
def test_what_is_missing_comes_unless_copies_run_out(pages: list[list[str]], most: int) -> None:
    images = [
        Image(Path(f"{i}.jpg"), 80, 60, tuple(replace(link(), category=k) for k in kinds), extra={"origin": {"id": i}})
        for i, kinds in enumerate(pages)
    ]
    before = counted(images, "class")
    target = max(before.values(), default=0)
    missing = {kind: target - count for kind, count in before.items() if count < target}
    added = copies(images, "class", missing, most)
    after = counted([*images, *added], "class")
    times = Counter(image.path for image in added)
    assert all(count <= most for count in times.values())
    for kind in missing:
        showing = [image for image in images if any(one.category == kind for one in image.links)]
        assert after[kind] >= target or all(times[image.path] == most for image in showing)
    assert copies(images, "class", missing, most) == added


@pytest.mark.slow
def test_the_generator_makes_up_for_schemes(run: Run, tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "raw", 8)
    links = (replace(link(), category="secure"), replace(link(x=40), category="secure"))
    images = [replace(image, links=links) for image in dataset.images]
    images[0] = replace(images[0], links=(replace(link(), category="ftp", text="ftp://a.b"),))
    write_dataset(replace(dataset, images=tuple(images), categories=("secure", "ftp")), tmp_path / "a")
    keys = "camera.width_px=480 camera.height_px=480 camera.x_height_px=[9,12]"
    done = run("balance", f"source={tmp_path}/a", f"out={tmp_path}/b", "fill=synth", "target=6", f'synth="{keys}"')
    assert done.returncode == 0, done.stderr
    found = read_dataset(tmp_path / "b")
    made = [image for image in found.images if image.source == "synth"]
    assert found.categories == ("secure", "ftp") and 2 <= len(made) <= 6
    shown = [one for image in made for one in image.links]
    assert {(one.category, one.attributes["scheme"]) for one in shown} == {("ftp", "ftp")}
    assert sum(not one.ignore for one in shown) >= 5
    assert counted(found.images, "class")["secure"] == 14
    recipes = [json.loads(line) for line in (tmp_path / "b/recipes.jsonl").read_text().splitlines()]
    assert [recipe["image_id"] for recipe in recipes] == [image.id for image in made]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "raw"]


def test_what_cannot_be_balanced_is_said(tmp_path: Path) -> None:
    source = str(faces(tmp_path))
    for changes, sentence in (
        ({"by": "font"}, "by=font is nothing that .*faces says of its links"),
        ({"fill": "synth"}, r"prints no links of without; it knows https.*'schemes=\{without: https\}'"),
        ({"fill": "synth", "by": "colour"}, "not for by=colour"),
        (
            {"fill": "synth", "schemes": {"without": "ftp", "wrong": "tcp"}, "synth": "page=nowhere"},
            "The generator failed",
        ),
        ({"out": str(tmp_path)}, "is where .* is read from"),
    ):
        config = BalanceConfig(**{"source": source, "out": str(tmp_path / "even")} | changes)  # type: ignore[arg-type]
        with pytest.raises(UserError, match=sentence):
            balance(config)
        assert not (tmp_path / "even").exists()
