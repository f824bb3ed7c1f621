"""Real photos and PDF pages, where they lie beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from pycocotools.coco import COCO

from conf.schema.data_export import ExportDataConfig
from conf.schema.data_import import ImportConfig
from conf.schema.data_merge import MergeConfig
from conf.schema.preprocess import PreprocessConfig
from data import read_dataset
from data.build import build
from data.check import check
from data.export import export
from data.formats import voc
from data.importing import import_set

REAL = Path(__file__).parents[3] / "shared/real"


@pytest.fixture(autouse=True)
def _needs_real_pictures() -> None:
    if not REAL.is_dir():
        pytest.skip("no real pictures in ../shared/real")


def test_real_photos_come_through_merge_and_voc(tmp_path: Path) -> None:
    given = read_dataset(REAL / "photos")
    voc.write(given, tmp_path / "voc")
    assert read_dataset(tmp_path / "voc").links == given.links == 19
    config = MergeConfig([str(REAL / "photos"), str(tmp_path / "voc")], str(tmp_path / "out"))
    build(config)
    parts = [read_dataset(tmp_path / "out" / part) for part in ("train", "val")]
    assert sum(part.links for part in parts) == given.links  # equal pictures are taken once
    assert len(COCO(str(tmp_path / "out/train/annotations.json")).anns) == parts[0].links


def test_original_preprocessing_makes_grey_squares(tmp_path: Path) -> None:
    original = PreprocessConfig(width_px=1024, crop="square", color=0, brightness=2, contrast=1.3)
    build(MergeConfig([str(REAL / "photos")], str(tmp_path), [1.0, 0.0, 0.0], preprocess=original))
    dataset = read_dataset(tmp_path / "train")
    assert len(dataset.images) == 33
    assert all(image.width == image.height <= 1024 for image in dataset.images)


@pytest.mark.parametrize("name", ["voc", "yolo", "csv", "tfrecord"])
def test_real_photos_come_through_import_and_pass_the_check(tmp_path: Path, name: str) -> None:
    export(ExportDataConfig(str(REAL / "photos"), name, str(tmp_path / name)))
    dataset, ledger = import_set(
        ImportConfig(str(tmp_path / name), str(tmp_path / "set"), unlabelled="empty", workers=1)
    )
    given = read_dataset(REAL / "photos")
    ignored = sum(link.ignore for image in given.images for link in image.links)
    assert (len(dataset.images), dataset.links) == (33, 19 - (ignored if name == "yolo" else 0))
    assert not ledger.rejected and not ledger.repaired
    assert list(check(tmp_path / "set", workers=1)) == []
