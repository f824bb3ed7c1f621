"""A drawn mark is found again where its box says, whatever was done to the picture; text is never mirrored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from conf import UserError
from conf.app import composed
from conf.checks import validate
from conf.schema.data_augment import AugmentConfig, signed_area
from conf.schema.data_merge import MergeConfig
from data import LinkAnnotation, read_dataset, write_dataset
from data.augment import augment, changed
from data.build import build
from data.identity import dataset_hash
from tests.data.conftest import Run
from tests.data.pages import save_set

MOVES: list[dict[str, Any]] = [
    {"name": "Rotate", "limit": 12},
    {"name": "Perspective", "scale": [0.03, 0.08]},
    {"name": "Affine", "shear": [-8, 8], "scale": [0.7, 1.2], "rotate": [-10, 10]},
    {"name": "RandomCropFromBorders"},
    {"name": "RandomScale"},
    {"name": "OpticalDistortion"},
    {"name": "GridDistortion"},
    {"name": "RandomRotate90"},
]


def marked() -> tuple[np.ndarray, LinkAnnotation]:  # type: ignore[type-arg]
    """A dark bar on light paper, with an outline of eight points."""
    pixels = np.full((400, 500, 3), 250, np.uint8)
    pixels[180:204, 210:300] = 10
    top = [(210 + 30 * i, 180) for i in range(4)]
    bottom = [(300 - 30 * i, 204) for i in range(4)]
    return pixels, LinkAnnotation((210.0, 180.0, 90.0, 24.0), polygon=(*top, *bottom), attributes={"x_height_px": 10.0})


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move["name"])
def test_the_mark_is_where_its_outline_says(move: dict[str, Any]) -> None:
    pixels, one = marked()
    moved = 0
    for seed in range(1, 13):
        after, links = changed(pixels, [one], [{**move, "p": 1.0}], seed, 0.25)
        if not links or links[0].ignore:
            continue
        (found,) = links
        truth = np.zeros(after.shape[:2], np.uint8)
        cv2.fillPoly(truth, [np.round((np.array(found.polygon) - 0.5) * 16).astype(np.int32)], 1, shift=4)
        ink = (cv2.erode(255 - after[..., 0], np.ones((1, 1))) > 120) & near(found.bbox, after.shape[:2])
        overlap = (ink & (truth > 0)).sum() / (ink | (truth > 0)).sum()
        assert overlap > 0.84, (move, seed, overlap)
        xs, ys = np.array(found.polygon).T
        assert found.bbox == pytest.approx((xs.min(), ys.min(), np.ptp(xs), np.ptp(ys)), abs=1e-6)
        assert signed_area(found.polygon) > 0
        scale = np.sqrt(signed_area(found.polygon) / (2 * 90 * 24))
        assert found.attributes["x_height_px"] == pytest.approx(10 * scale, abs=0.02)
        moved += found.bbox != one.bbox
    assert moved > 3


def near(box: tuple[float, float, float, float], shape: tuple[int, ...]) -> np.ndarray:  # type: ignore[type-arg]
    """Around the mark: what a transform fills at the edges is as dark as ink."""
    mask = np.zeros(shape, bool)
    x, y, width, height = box
    mask[max(int(y) - 12, 0) : int(y + height) + 13, max(int(x) - 12, 0) : int(x + width) + 13] = True
    return mask


def test_light_changes_leave_the_truth_alone() -> None:
    pixels, one = marked()
    after, links = changed(pixels, [one], [{"name": "RandomBrightnessContrast", "p": 1.0}], 3, 0.25)
    assert links == (one,) and not np.array_equal(after, pixels)


def test_a_box_that_is_turned_gets_an_outline_and_one_that_is_not_stays_a_box() -> None:
    pixels, one = marked()
    plain = replace(one, polygon=(), segments=((210.0, 180.0, 90.0, 24.0), (10.0, 220.0, 50.0, 24.0)))
    turned = changed(pixels, [plain], [{"name": "Rotate", "limit": [8, 8], "p": 1.0}], 1, 0.25)[1][0]
    assert len(turned.polygon) == 4 and len(turned.segments) == 2
    larger = changed(pixels, [plain], [{"name": "RandomScale", "scale_limit": [1.0, 1.0], "p": 1.0}], 1, 0.25)[1][0]
    assert larger.polygon == () and larger.bbox == pytest.approx((420, 360, 180, 48), abs=1.1)


def test_what_leaves_the_picture_is_cut_ignored_or_dropped() -> None:
    pixels, one = marked()
    for left, kept, ignored in ((0, 1, False), (230, 1, False), (270, 1, True), (320, 0, True)):
        crop = {"name": "Crop", "x_min": left, "y_min": 0, "x_max": 500, "y_max": 400, "p": 1.0}
        links = changed(pixels, [one], [crop], 1, 0.25)[1]
        assert len(links) == kept and all(found.ignore is ignored for found in links)


@pytest.mark.parametrize("name", ["HorizontalFlip", "VerticalFlip", "Transpose", "D4", "SquareSymmetry", "TimeReverse"])
def test_text_is_never_mirrored(name: str) -> None:
    with pytest.raises(UserError, match=f"transforms: {name} mirrors the picture, and with it the text"):
        validate(AugmentConfig(source="a", out="b", transforms=[{"name": name, "p": 0.1}]))
    pixels, one = marked()
    with pytest.raises(UserError, match="mirrors the picture"):
        for seed in range(1, 40):
            changed(pixels, [one], [{"name": name, "p": 1.0}], seed, 0.25)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            {"name": "Rotat"},
            "transforms names Rotat, which is no transform of pictures in albumentations. Did you mean Rotate",
        ),
        ({"name": "Rotate", "angle": 3}, "transforms: Rotate has no argument angle"),
        ({"name": "Rotate", "p": 3}, "p=3; it must be a share"),
        ({"limit": 3}, "an entry without a name"),
        ({"name": "MaskDropout"}, "MaskDropout"),
        ({"name": "Crop", "x_max": 5000, "y_max": 5000}, "transforms: Crop does not take"),
        ({"name": "RandomCrop", "height": 5000, "width": 5000}, "transforms: RandomCrop does not take"),
    ],
)
def test_a_transform_that_cannot_be_used_is_named(entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        validate(AugmentConfig(source="a", out="b", transforms=[entry]))


def test_a_crop_larger_than_a_picture_of_the_set_is_named(run: Run, tmp_path: Path) -> None:
    write_dataset(save_set(tmp_path / "raw", 1), tmp_path / "a")
    crop = "transforms=[{name: RandomCrop, height: 600, width: 600, p: 1}]"
    done = run("augment", f"source={tmp_path}/a", crop, f"out={tmp_path}/b", "workers=1")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert f"{tmp_path}/a/images/00/000000.jpg cannot be changed so: " in done.stderr and "600" in done.stderr
    assert not (tmp_path / "b").exists()


def test_a_set_gets_copies_the_same_for_any_number_of_workers(run: Run, tmp_path: Path) -> None:
    dataset = save_set(tmp_path / "raw", 4)
    write_dataset(replace(dataset, info={"preprocess": {"color": 0.0}}), tmp_path / "a")
    keys = [f"source={tmp_path}/a", "copies=2", "transforms=[{name: Rotate, limit: [5,9], p: 1}]"]
    for workers in (1, 2):
        done = run("augment", *keys, f"out={tmp_path}/b{workers}", f"workers={workers}")
        assert done.returncode == 0 and "12 images" in done.stdout, done.stderr
    first, second = (read_dataset(tmp_path / f"b{workers}") for workers in (1, 2))
    assert dataset_hash(first) == dataset_hash(second)
    assert [image.group for image in first.images] == [image.group for image in dataset.images] * 3
    assert first.images[0].links[0].bbox == dataset.images[0].links[0].bbox != first.images[4].links[0].bbox
    assert first.info["preprocess"] == {"color": 0.0} and first.info["augmented"]["copies"] == 2
    other = augment(AugmentConfig(source=f"{tmp_path}/a", out=f"{tmp_path}/c", keep=False, seed=1, workers=1))
    assert len(other.images) == 4


def test_defaults_are_usable() -> None:
    assert composed("data_augment", AugmentConfig, ["source=a", "out=b"]).copies == 1


def test_a_picture_and_its_changed_copy_never_part(tmp_path: Path) -> None:
    write_dataset(save_set(tmp_path / "raw", 12, groups=12), tmp_path / "a")
    turned = [{"name": "Rotate", "limit": [60, 80], "p": 1.0}]
    augment(AugmentConfig(source=f"{tmp_path}/a", out=f"{tmp_path}/b", transforms=turned, keep=False, workers=1))
    merged = MergeConfig(sources=[f"{tmp_path}/a", f"{tmp_path}/b"], out=str(tmp_path / "out"), split=[0.5, 0.3, 0.2])
    summary = build(replace(merged, near_duplicates="ignore", shards=False))
    assert summary["near_duplicates"]["groups_united"] == 12
    for part in ("train", "val", "test"):
        names = [image.extra["origin"] for image in read_dataset(tmp_path / "out" / part).images]
        first = sorted(one["file_name"] for one in names if one["set"] == "a")
        assert first == sorted(one["before"]["file_name"] for one in names if one["set"] == "b") and first
