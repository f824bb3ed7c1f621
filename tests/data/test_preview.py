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
from data.preview import CLASSES, IGNORED, PREFIX, SEGMENT, chosen, contact_sheet
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


def test_each_class_has_its_colour_and_its_name(tmp_path: Path) -> None:
    dataset = save_set(tmp_path, 1)
    turned = ((40.0, 20.0), (60.0, 30.0), (56.0, 38.0), (36.0, 28.0))
    links = (
        LinkAnnotation((36.0, 20.0, 24.0, 18.0), "without", polygon=turned),
        LinkAnnotation((4.0, 40.0, 20.0, 8.0), "с маской Ω"),
        LinkAnnotation((60.0, 50.0, 15.0, 8.0), "with", ignore=True),
    )
    images = [replace(dataset.images[0], links=links)]
    classes = ("with", "without", "с маской Ω")
    sheet = np.asarray(PillowImage.open(io.BytesIO(contact_sheet(images, tile_px=320, columns=1, categories=classes))))
    # Four times the size behind 8 pixels of margin; an outline's corner, and a box's edge.
    assert tuple(sheet[8 + 80, 8 + 160]) == CLASSES[1]
    assert tuple(sheet[8 + 176, 8 + 16]) == CLASSES[2]
    names = {color: (sheet == color).all(axis=2).sum() for color in (*CLASSES[:3], IGNORED)}
    assert names[CLASSES[0]] == 0 and min(names[color] for color in (CLASSES[1], CLASSES[2], IGNORED)) > 300
    # One class needs no names.
    plain = np.asarray(PillowImage.open(io.BytesIO(contact_sheet(images, tile_px=320, categories=("with",)))))
    assert (plain == PREFIX).all(axis=2).sum() > 0 and (plain == CLASSES[1]).all(axis=2).sum() == 0


def test_letters_of_other_alphabets_and_long_names_are_drawn(tmp_path: Path) -> None:
    image = save_set(tmp_path, 1).images[0]
    sheets = [
        contact_sheet([replace(image, links=(), group=group)], tile_px=160)
        for group in ("книга", "βιβλίο", "book" * 50)
    ]
    captions = [np.asarray(PillowImage.open(io.BytesIO(sheet)))[-24:, 8:168] for sheet in sheets]
    assert not np.array_equal(captions[0], captions[1])  # boxes for unknown letters would all look alike
    assert (captions[2][:, -3:] == captions[2][0, 0]).all()  # nothing runs over the edge
