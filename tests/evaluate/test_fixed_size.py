"""A picture larger than the model is looked at in windows, and each thing on it is found once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from evaluate.detectors.answers import BOXES, SCORES
from evaluate.detectors.fixed_size import FixedSizeModel, as_integers, boxes_of, windows
from evaluate.inputs import Subject, open_subject
from tests.evaluate.pages import save_set

SIZE = (320, 320)
OWN = {"max_upscale": 2.0, "min_score": 0.1, "nms_iou": 0.5, "width_px": 512}


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    save_set(tmp_path / "set")
    return open_subject(tmp_path / "set")


def dark(page: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """A model that puts a box around all that is black, and one of score 0 around nothing."""
    rows, columns = np.nonzero(page[..., 0] < 50)
    if not rows.size:
        return np.zeros((1, 4), np.float32), np.zeros((1, 1), np.float32)
    box = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
    return np.asarray([box, (0, 0, 5, 5)], np.float32), np.asarray([[0.9], [0.0]], np.float32)


@pytest.mark.parametrize("size", [(700, 512), (1400, 1024), (350, 256), (200, 512), (100, 90)])
@pytest.mark.parametrize("place", [(0.02, 0.02), (0.42, 0.45), (0.6, 0.3), (0.9, 0.7)])
def test_found_once_where_it_is(subject: Subject, size: tuple[int, int], place: tuple[float, float]) -> None:
    height, width = size
    top, left, rows, columns = int(height * place[0]), int(width * place[1]), height // 30, width // 8
    picture = np.full((*size, 3), 255, np.uint8)
    picture[top : top + rows, left : left + columns] = 0
    model = FixedSizeModel(Path("model"), OWN, subject)
    small, fit = model.scaled(picture, SIZE)
    assert small.shape[1] == min(512, 2 * width)
    found = model.find(small, fit, SIZE, dark)
    assert found[SCORES].tolist() == pytest.approx([0.9])
    np.testing.assert_allclose(found[BOXES][0], [top, left, top + rows, left + columns], atol=2)


def test_nothing_is_found_on_nothing(subject: Subject) -> None:
    model = FixedSizeModel(Path("model"), OWN, subject)
    found = model.find(*model.scaled(np.full((700, 512, 3), 255, np.uint8), SIZE), SIZE, dark)
    assert found[BOXES].shape == (0, 4) and found[SCORES].size == 0


def test_what_is_outside_the_picture_has_the_mean_colour() -> None:
    (window,) = windows(np.zeros((30, 40, 3), np.uint8), (64, 64))
    assert not window.page[:30, :40].any()
    np.testing.assert_allclose(window.page[30:], np.broadcast_to([123.675, 116.28, 103.53], (34, 64, 3)))


def test_integers_and_boxes_by_what_the_model_says() -> None:
    own = {
        "preprocessing": {"mean_rgb": [100, 100, 100], "deviation_rgb": [50, 50, 50]},
        "quantisation": {"image": {"scale": 0.02, "zero_point": -10}},
        "anchors": {"levels": [{"stride": 8, "rows": 1, "columns": 2, "shapes_px": [[10, 20]]}]},
    }
    integers = as_integers(np.asarray([[[100, 150, 255]]], np.float32), own)
    assert integers.tolist() == [[[-10, 40, 127]]]  # 1 / 0.02 - 10; the last is clipped
    deltas = np.asarray([[0, 0, 0, 0], [0.5, 0.1, np.log(2), 99]], np.float32)
    # Centres (4, 4) and (4, 12): the second moves by (5, 2), is twice as high, and as wide as a box can be.
    np.testing.assert_allclose(boxes_of(deltas, own, (64, 64)), [[0, 0, 9, 14], [0, 0, 19, 64]])
