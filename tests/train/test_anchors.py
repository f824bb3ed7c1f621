"""Anchors are fitted to boxes of known shapes, and the measure is that of Model Garden's own anchors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from conf import UserError
from conf.app import composed
from conf.schema.anchors import AnchorsConfig
from conf.schema.export import ViewConfig
from conf.schema.train import CropConfig, ModelConfig
from data.formats.tfrecord import frame, serialize, write_label_map
from train.anchors import Prefixes, clusters, fit_anchors, measure, read_prefixes
from train.dataset import find


def _set(folder: Path, pages: list[tuple[int, int, list[tuple[int, int]]]]) -> Path:
    """Shards of pages (height, width, boxes as (height, width)), of which training reads no pixels here."""
    (folder / "shards").mkdir(parents=True)
    write_label_map(["http"], folder / "label_map.pbtxt")
    content = b""
    for height, width, boxes in pages:
        # The last of three or more is to be ignored.
        crowd = [int(number > 1 and number == len(boxes) - 1) for number in range(len(boxes))]
        content += frame(
            serialize(
                {
                    "image/height": [height],
                    "image/width": [width],
                    "image/object/bbox/ymin": [0.0] * len(boxes),
                    "image/object/bbox/ymax": [h / height for h, _ in boxes],
                    "image/object/bbox/xmin": [0.0] * len(boxes),
                    "image/object/bbox/xmax": [w / width for _, w in boxes],
                    "image/object/is_crowd": crowd,
                }
            )
        )
    (folder / "shards/00000-of-00001.tfrecord").write_bytes(content)
    return folder


def _prefixes(*sizes: tuple[float, float]) -> Prefixes:
    return Prefixes(np.array(sizes, np.float64), np.full(len(sizes), 1 / len(sizes)))


def test_prefixes_are_seen_at_the_scales_of_the_crop_and_ignored_ones_are_not(tmp_path: Path) -> None:
    folder = _set(tmp_path, [(1000, 2048, [(32, 120), (24, 60), (9, 9)]), (500, 400, []), (300, 256, [(10, 40)])])
    seen = read_prefixes(find(folder), CropConfig(scale_min=1.0, scale_max=1.0), ViewConfig())
    expected = [(16, 60), (12, 30), (20, 80)]  # half the size; the last page is only doubled
    np.testing.assert_allclose(seen.sizes, np.repeat(expected, 5, axis=0), rtol=1e-5)
    assert seen.weights.sum() == pytest.approx(1)
    jittered = read_prefixes(find(folder), CropConfig(scale_min=0.5, scale_max=2.0), ViewConfig())
    np.testing.assert_allclose(jittered.sizes[:5, 0] / 16, 4.0 ** np.array([-0.4, -0.2, 0, 0.2, 0.4]), rtol=1e-5)


def test_clusters_find_the_shapes_that_are_there() -> None:
    rng = np.random.default_rng(1)
    truth = np.array([(10.0, 25.0), (16.0, 64.0), (60.0, 70.0)])
    members = rng.choice(3, 900, p=[0.5, 0.3, 0.2])
    sizes = truth[members] * rng.normal(1, 0.03, (900, 2))
    centres, shares = clusters(Prefixes(sizes, np.full(900, 1 / 900)), 3)
    np.testing.assert_allclose(centres, truth, rtol=0.02)
    np.testing.assert_allclose(shares, np.bincount(members) / 900)


def test_measure_is_the_overlap_with_the_anchors_of_the_grid() -> None:
    """Against all anchors of a picture, at every place that a prefix may have on it."""
    from train.decode import anchors  # brings TensorFlow

    model = ModelConfig(min_level=3, max_level=4)
    grid = anchors(128, 128, model).numpy()
    best = []
    for y, x in np.random.default_rng(2).uniform(48, 80, (300, 2)):
        box = np.array([y - 7, x - 20, y + 7, x + 20])
        sides = np.maximum(np.minimum(grid[:, 2:], box[2:]) - np.maximum(grid[:, :2], box[:2]), 0)
        shared = sides.prod(axis=1)
        best.append((shared / ((grid[:, 2:] - grid[:, :2]).prod(axis=1) + 14 * 40 - shared)).max())
    found = measure(_prefixes(*[(14.0, 40.0)] * 300), model)
    assert found.mean_iou == pytest.approx(np.mean(best), abs=0.01)
    assert found.covered == pytest.approx(np.mean(np.array(best) >= 0.5), abs=0.03)


def test_fitted_anchors_cover_what_the_old_ones_did_not_and_are_a_model(tmp_path: Path) -> None:
    """Tall, narrow boxes, which anchors for prefixes miss."""
    folder = _set(tmp_path / "set", [(1448, 1024, [(60 + i, 24), (44 + i, 22)]) for i in range(12)])
    out = tmp_path / "mine.yaml"
    config = composed(
        "train_anchors", AnchorsConfig, [f"dataset={folder}", f"out={out}", "model=mobilenetv2_fpn_small"]
    )
    report = fit_anchors(config)
    assert "24 prefixes" in report and out.read_text().startswith("# Anchors fitted by `python -m train anchors`")
    fitted = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(ModelConfig), OmegaConf.load(out)))
    assert isinstance(fitted, ModelConfig)
    assert (fitted.width, fitted.head_convs) == (config.model.width, config.model.head_convs)
    assert len(fitted.anchor_aspect_ratios) == len(config.model.anchor_aspect_ratios)
    seen = read_prefixes(find(folder), config.crop, config.export)
    assert measure(seen, config.model).covered < 0.1 < 0.9 < measure(seen, fitted).covered
    assert fit_anchors(config) == report  # a file of its own may be written again
    out.write_text("width: 1\n")
    with pytest.raises(UserError, match="was not written by this command"):
        fit_anchors(config)
    with pytest.raises(UserError, match="no prefix"):
        fit_anchors(replace(config, dataset=str(_set(tmp_path / "none", [(100, 100, [])])), out=None))
    with pytest.raises(UserError, match="no prefix"):
        fit_anchors(replace(config, dataset=str(_set(tmp_path / "no page", [])), out=None))
