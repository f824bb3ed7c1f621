"""The contact sheet shows prefix, link and ignored links where they are."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from conf import UserError
from data import LinkAnnotation
from data.preview import IGNORED, PREFIX, SEGMENT, chosen, contact_sheet
from tests.data.pages import save_set


def test_boxes_are_drawn_in_their_colours(tmp_path: Path) -> None:
    dataset = save_set(tmp_path, 3)
    clear = LinkAnnotation((10.0, 20.0, 20.0, 8.0), link_bbox=(10.0, 20.0, 60.0, 8.0))
    crowd = LinkAnnotation((50.0, 40.0, 20.0, 8.0), ignore=True)
    images = [replace(image, links=(clear, crowd)) for image in dataset.images]
    sheet = np.asarray(PillowImage.open(io.BytesIO(contact_sheet(images, tile_px=160, columns=2))))
    # Twice the size, 8 pixels of margin: the prefix's left edge is at 28, the link's right edge at 148.
    assert sheet.shape[1] == 2 * 168 + 8
    assert tuple(sheet[8 + 48, 28]) == PREFIX
    assert tuple(sheet[8 + 48, 148]) == SEGMENT
    dashes = (sheet[8 + 80, 108:148] == IGNORED).all(axis=1)
    assert 0.3 < dashes.mean() < 0.9


def test_chosen_pictures_are_spread_and_favour_links(tmp_path: Path) -> None:
    dataset = save_set(tmp_path, 10)
    assert [len(image.links) for image in chosen(dataset, 4)] == [1, 1, 0, 0]
    assert len(chosen(dataset, 99)) == 10
    linked = [image for image in dataset.images if image.links]
    assert len(chosen(replace(dataset, images=tuple(linked)), 4)) == 4
    with pytest.raises(UserError, match="holds no pictures"):
        chosen(replace(dataset, images=()), 4)
