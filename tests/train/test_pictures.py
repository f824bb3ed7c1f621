from __future__ import annotations

import numpy as np
from official.vision.ops.preprocess_ops import MEAN_RGB, STDDEV_RGB

from train.pictures import FOUND, IGNORED, TRUTH, drawn


def test_boxes_stand_where_they_are_on_the_scaled_page() -> None:
    """Boxes are in pixels of a picture twice as large; weak detections are left out."""
    page = ((np.full((80, 160, 3), 200.0) - MEAN_RGB) / STDDEV_RGB).astype(np.float32)
    truth = {"boxes": np.array([[40, 80, 60, 140], [100, 200, 120, 260]]), "is_crowds": np.array([0, 1])}
    found = {
        "detection_boxes": np.array([[44, 80, 60, 140], [120, 20, 140, 60]]),
        "detection_scores": np.array([0.9, 0.1]),
    }
    picture = drawn(page, np.array([0.5, 0.5], np.float32), truth, found)
    assert picture.shape == (80, 160, 3) and picture.dtype == np.uint8
    assert tuple(picture[30 + 3, 55]) == TRUTH  # three pixels around the box
    assert tuple(picture[30, 55]) == FOUND
    assert tuple(picture[60 + 3, 115]) == IGNORED
    assert (picture[60:72, 5:35] == 200).all()
