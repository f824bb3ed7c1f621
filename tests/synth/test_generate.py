"""A set is the same bytes however it was made: by one process or two, at once or in pieces."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from conf import UserError
from data import read_dataset
from data.pictures import image_name
from synth import parts
from synth.generate import claim, generate
from synth.pipeline import render
from tests.synth.conftest import Compose
from tests.synth.sets import TINY, content


@pytest.mark.slow
def test_200_pages_are_identical_for_one_worker_and_two(composed: Compose, tmp_path: Path) -> None:
    small = ("count=200", "camera.width_px=256", "camera.height_px=256")
    one = generate(composed(*small, f"out={tmp_path}/one", "workers=1"))
    two = generate(composed(*small, f"out={tmp_path}/two", "workers=2"))
    assert content(one.folder) == content(two.folder)
    assert len(read_dataset(one.folder).images) == 200


def test_an_interrupted_set_is_finished_to_the_same_bytes(composed: Compose, tmp_path: Path) -> None:
    whole = generate(composed("count=60", *TINY, f"out={tmp_path}/whole", "workers=1"))
    stopped = composed("count=60", *TINY, f"out={tmp_path}/stopped", "workers=1")
    claim(stopped)
    parts.render_part(stopped, range(25, 50))
    done = Path(stopped.out, "images/00/000030.jpg")
    before = done.stat().st_mtime_ns
    (Path(stopped.out) / "images/00/.000003.jpg.x1y2.part").write_bytes(b"half of it")
    (Path(stopped.out) / ".recipes.jsonl.x1y2.part").write_bytes(b"half of it")
    again = generate(stopped)
    assert content(Path(stopped.out)) == content(whole.folder)
    assert done.stat().st_mtime_ns == before  # a finished part is not rendered again
    assert again.links == whole.links == read_dataset(whole.folder).links
    assert generate(stopped).links is None  # it was whole already


def test_a_page_alone_is_the_page_in_its_set(composed: Compose, tmp_path: Path) -> None:
    config = composed("count=7", "seed=5", f"out={tmp_path}/set", "workers=1")
    out = generate(config).folder
    assert (out / "images/00/000006.jpg").read_bytes() == render(config, 6).jpeg
    recipes = [json.loads(line) for line in (out / "recipes.jsonl").read_text().splitlines()]
    assert [recipe["image_id"] for recipe in recipes] == [1, 2, 3, 4, 5, 6, 7]
    assert recipes[6]["index"] == 6 and recipes[6]["seed"] == 5


def test_annotations_are_numbered_over_all_parts(composed: Compose, tmp_path: Path) -> None:
    out = generate(composed("count=55", *TINY, "link=dense", f"out={tmp_path}/set", "workers=1")).folder
    coco = json.loads((out / "annotations.json").read_text())
    assert [image["id"] for image in coco["images"]] == list(range(1, 56))
    assert [link["id"] for link in coco["annotations"]] == list(range(1, len(coco["annotations"]) + 1))
    assert [link["image_id"] for link in coco["annotations"]] == sorted(a["image_id"] for a in coco["annotations"])
    assert max(link["image_id"] for link in coco["annotations"]) > 50


def test_a_set_without_links_is_joined_too(composed: Compose, tmp_path: Path) -> None:
    made = generate(composed("count=2", *TINY, "link=none", f"out={tmp_path}/set", "workers=1"))
    assert made.links == 0 and json.loads((made.folder / "annotations.json").read_text())["annotations"] == []


def test_joining_twenty_thousand_pages_takes_the_memory_of_a_thousand(composed: Compose, tmp_path: Path) -> None:
    """The records are those of one real part, over and over."""
    config = composed("count=25", *TINY, "link=dense", f"out={tmp_path}/one", "workers=1")
    claim(config)
    parts.render_part(config, range(25))
    record = parts.record_of(tmp_path / "one", range(25))

    def peak_of(count: int) -> int:
        large = composed(f"count={count}", f"out={tmp_path}/{count}")
        for pages in parts.parts_of(large):
            place = parts.record_of(Path(large.out), pages)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(record)
            place.with_suffix(".jsonl").write_bytes(b'{"image_id":1}\n' * len(pages))
        tracemalloc.start()
        assert parts.join(large) > count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    few, many = peak_of(1_000), peak_of(20_000)
    assert (tmp_path / "20000/annotations.json").stat().st_size > 10_000_000
    assert many < few + 100_000  # bytes


def test_names_of_pictures_sort_as_their_numbers_do_in_sets_of_any_size() -> None:
    assert image_name(123, ".jpg", 100_000) == "images/00/000123.jpg"
    for count in (1, 100_000, 100_001, 1_000_000, 1_000_001, 100_000_000):
        indices = sorted({0, 1, 999, 1_000, 99_999, 100_000, 999_999, 1_000_000, count // 2, count - 1})
        names = [image_name(index, ".jpg", count) for index in indices if index < count]
        assert names == sorted(names) and len(set(map(len, names))) == 1


def test_a_folder_with_something_else_is_refused(composed: Compose, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("irreplaceable")
    with pytest.raises(UserError, match=r"holds something else \(thesis\.tex\)"):
        generate(composed("count=1", f"out={tmp_path}"))


def test_another_configuration_does_not_mix_into_a_set(composed: Compose, tmp_path: Path) -> None:
    generate(composed("count=1", *TINY, f"out={tmp_path}/set", "workers=1"))
    with pytest.raises(
        UserError, match=r"another configuration \(camera\.blur_px=\[0\.3, 1\.2\] in .*, \[0\.0, 0\.0\] here\)"
    ):
        generate(composed("count=1", *TINY, "camera.blur_px=[0,0]", f"out={tmp_path}/set", "workers=1"))
    # Who makes the set does not matter.
    generate(composed("count=1", *TINY, f"out={tmp_path}/set", "workers=2", "engine=ray"))


def test_a_different_seed_gives_another_page(composed: Compose) -> None:
    config = composed()
    assert render(config, 0).jpeg == render(config, 0).jpeg
    assert render(config, 0).jpeg != render(config, 0, seed=1).jpeg
    assert render(config, 0).jpeg != render(config, 1).jpeg


def test_recipes_survive_their_json(composed: Compose) -> None:
    recipe = render(composed("link=dense"), 3).recipe
    assert msgspec.json.decode(msgspec.json.encode(recipe), type=type(recipe)) == recipe
