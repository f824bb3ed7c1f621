"""Pictures that show the same are found, put on one side, kept once where they are equal; others are left alone."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage
from PIL import ImageDraw

from conf import UserError
from conf.schema.data_merge import MergeConfig
from data import Dataset, Image, read_dataset, write_dataset
from data.build import build, notes
from data.near_duplicates import codes, near_pairs
from data.split import PARTS
from tests.data.pages import link, save_set


def page(seed: int) -> PillowImage.Image:
    """A page of grey lines of words, as no other seed has it."""
    rng = np.random.default_rng(seed)
    image = PillowImage.new("RGB", (300, 400), (235, 230, 220))
    draw = ImageDraw.Draw(image)
    for top in range(20, 380, 9):
        if rng.random() < 0.15:
            continue
        left = 20 + (20 if rng.random() < 0.2 else 0)
        while left < 270:
            width = int(rng.integers(6, 45))
            draw.rectangle((left, top, min(left + width, 280), top + 4), (40, 40, 45))
            left += width + 4
    return image


def test_copies_are_near_and_other_pages_are_not(tmp_path: Path) -> None:
    paths = []
    for seed in range(30):
        page(seed).save(tmp_path / f"{seed}.png")
        paths.append(tmp_path / f"{seed}.png")
    for name, copy in (
        ("jpeg.jpg", page(3)),
        ("small.png", page(3).resize((150, 200))),
        ("light.png", page(3).point(lambda value: min(255, round(value * 1.08)))),
        ("turned.png", page(3).rotate(0.7, fillcolor=(235, 230, 220))),
    ):
        copy.save(tmp_path / name, **({"quality": 40} if name.endswith("jpg") else {}))
        paths.append(tmp_path / name)
    pairs = near_pairs(codes(paths), 32).tolist()
    assert {3, 30, 31, 32, 33} == {one for pair in pairs for one in pair}
    assert {(3, copy) for copy in (30, 31, 32, 33)} <= {tuple(pair) for pair in pairs}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=2, max_size=30), st.integers(0, 99))
def test_every_pair_within_twenty_bits_is_found(changes: list[tuple[int, int]], seed: int) -> None:
    """Codes made from six by turning over up to ten bits each: what comparing each with each gives."""
    rng = np.random.default_rng(seed)
    roots = rng.integers(0, 2, (6, 256), np.uint8)
    bits = np.stack([roots[root] for root, _ in changes])
    for row, (_, count) in zip(bits, changes, strict=True):
        row[rng.choice(256, count, replace=False)] ^= 1
    found = np.packbits(bits, axis=1).view(np.uint64)
    unique, first = np.unique(bits, axis=0, return_index=True)
    expected = {
        (min(a, b), max(a, b))
        for i, a in enumerate(first.tolist())
        for j, b in enumerate(first.tolist())
        if i < j and (unique[i] != unique[j]).sum() <= 20
    }
    near = {tuple(pair) for pair in near_pairs(found, 20).tolist()}
    assert {pair for pair in near if (bits[pair[0]] != bits[pair[1]]).any()} == expected
    linked = {one for pair in near for one in pair}
    assert all(one in linked or (bits == bits[one]).all(axis=1).sum() == 1 for one in range(len(bits)))


def test_a_hundred_thousand_codes_are_compared_in_seconds() -> None:
    rng = np.random.default_rng(1)
    found = rng.integers(0, 1 << 63, (100_000, 4), np.int64).astype(np.uint64)
    found[70_000] = found[5] ^ np.uint64(0b111)
    found[80_000:80_500] = found[80_000]
    before = time.process_time()
    pairs = near_pairs(found, 32)
    assert time.process_time() - before < 30
    assert [5, 70_000] in pairs.tolist() and len(pairs) == 500


def scanned_twice(tmp_path: Path) -> list[str]:
    """Two sources of ten pages; page 4 of one is page 7 of the other, saved anew."""
    for name, start in (("a", 0), ("b", 50)):
        images = []
        for index in range(10):
            picture = page(4) if (name, index) == ("b", 7) else page(start + index)
            path = tmp_path / "raw" / name / f"{index}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path, quality=60 if name == "b" else 95)
            images.append(Image(path, 300, 400, (link(),), group=f"book {index}", id=index + 1))
        write_dataset(Dataset(tuple(images)), tmp_path / name)
    return [str(tmp_path / "a"), str(tmp_path / "b")]


@pytest.mark.parametrize("seed", range(4))
def test_near_pictures_are_put_on_one_side(tmp_path: Path, seed: int) -> None:
    config = MergeConfig(
        sources=scanned_twice(tmp_path), out=str(tmp_path / "out"), split=[0.5, 0.3, 0.2], seed=seed, shards=False
    )
    summary = build(config)
    places = {}
    for part in PARTS:
        for image in read_dataset(tmp_path / "out" / part).images if (tmp_path / "out" / part).exists() else ():
            places[image.extra["origin"]["set"], image.extra["origin"]["id"]] = (part, image)
    (part, first), (other, second) = places["a", 5], places["b", 8]
    assert part == other and first.group == second.group == "a/book 4"
    assert second.extra["origin"]["group"] == "b/book 7"
    assert summary["near_duplicates"]["groups_united"] == 1
    assert len(notes(summary)) == 1 and "1 groups went into others" in notes(summary)[0]
    assert build(config) == summary


def test_near_pictures_can_be_refused_or_overlooked(tmp_path: Path) -> None:
    config = MergeConfig(sources=scanned_twice(tmp_path), out=str(tmp_path / "out"), shards=False)
    with pytest.raises(UserError, match=r"000004.jpg of group a/book 4 and .*000007.jpg of group b/book 7 show nearly"):
        build(replace(config, near_duplicates="refuse"))
    assert build(replace(config, near_duplicates="ignore"))["near_duplicates"]["groups_united"] == 0


def test_equal_pictures_of_two_sources_are_kept_once_or_said(tmp_path: Path) -> None:
    first = save_set(tmp_path / "raw", 6, groups=6)
    write_dataset(first, tmp_path / "a")
    changed = tuple(replace(image, links=()) if image.id == 3 else image for image in first.images)
    write_dataset(replace(first, images=changed), tmp_path / "b")
    config = MergeConfig(
        sources=[str(tmp_path / "a"), str(tmp_path / "b")], out=str(tmp_path / "out"), split=[1.0, 0, 0], shards=False
    )
    summary = build(config)
    found = read_dataset(tmp_path / "out/train")
    assert len(found.images) == 7
    assert summary["equal_pictures"]["left_out"] == 5
    assert summary["equal_pictures"]["differ"] == [["a/images/00/000002.jpg", "b/images/00/000002.jpg"]]
    twins = [image for image in found.images if image.extra["origin"]["file_name"].endswith("000002.jpg")]
    assert len(twins) == 2 and twins[0].group == twins[1].group == "a/book2"
    said = " ".join(notes(summary))
    assert "5 pictures lie in two sources" in said and "are the same picture with other links" in said


def test_empty_pages_unite_no_books(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for index, grey in enumerate((250, 255)):
            path = tmp_path / "raw" / name / f"{index}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            PillowImage.new("L", (300, 400), grey - (name == "b")).save(path)
        images = [Image(tmp_path / "raw" / name / f"{i}.png", 300, 400, group=f"{name}{i}", id=i + 1) for i in (0, 1)]
        write_dataset(Dataset(tuple(images)), tmp_path / name)
    config = MergeConfig(sources=[f"{tmp_path}/a", f"{tmp_path}/b"], out=str(tmp_path / "out"), shards=False)
    assert build(config)["near_duplicates"]["groups_united"] == 0
