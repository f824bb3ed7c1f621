"""Repairs that are certain: points go where the picture's pixels go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage
from PIL import ImageOps

from conf import UserError
from data.boxes import corners
from data.draft import Draft
from data.frames import moved, scaled, turned
from data.model import Image, LinkAnnotation
from data.pixels import Facts
from data.rejected import Ledger
from data.repair import settled
from tests.data.pages import HEIGHT, WIDTH, link


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_boxes_turn_as_exif_turns_pixels(orientation: int) -> None:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[10:18, 20:50] = 255
    picture = PillowImage.fromarray(pixels)
    picture.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(picture))
    rows, columns = np.nonzero(upright)
    x, y, width, height = moved(LinkAnnotation((20, 10, 30, 8)), turned(orientation, (WIDTH, HEIGHT))).bbox
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (x, y, x + width, y + height)


def test_everything_of_a_link_is_moved() -> None:
    first = link(10, 20)
    twice = moved(first, scaled((2, 3)))
    assert twice.bbox == (20, 60, 40, 25.5)
    assert twice.polygon[1] == (60, 63)
    assert twice.link_bbox == twice.segments[0] == (20, 60, 100, 27)


def _settled(one: LinkAnnotation) -> tuple[tuple[LinkAnnotation, ...], Ledger]:
    ledger = Ledger("repair")
    draft = Draft(Image(Path("a.jpg"), WIDTH, HEIGHT, (one,)), "a.xml", ("a.xml object[0]",))
    return settled(draft, Facts((WIDTH, HEIGHT), 1, ".jpg", True), ledger).links, ledger


_numbers = st.integers(-9000, 9000).map(lambda value: value / 100)


@given(st.tuples(_numbers, _numbers, _numbers, _numbers))
def test_a_box_comes_out_inside_or_is_set_aside(box: tuple[float, float, float, float]) -> None:
    kept, ledger = _settled(LinkAnnotation(box, polygon=corners(box)))
    assert len(kept) + len(ledger.rejected) == 1
    for one in kept:
        x, y, width, height = one.bbox
        out = max(-x, -y, x + width - WIDTH, y + height - HEIGHT)
        assert out <= 0.02 and min(width, height) > 0  # two roundings to hundredths are no fault
        assert bool(ledger.repaired) == (one.bbox != box)
        # What comes out needs no repair again.
        again, second = _settled(one)
        assert again == kept and not second.repaired and not second.rejected


def test_an_empty_box_is_taken_from_its_polygon() -> None:
    (one,), ledger = _settled(link(bbox=(0.0, 0.0, 0.0, 0.0)))
    assert one.bbox == (10, 20, 20, 8.5)
    assert ledger.repaired[0].done == "the bounds of its polygon are taken instead"


def test_parts_beside_the_prefix_are_cut_or_left_out() -> None:
    (one,), ledger = _settled(link(segments=((70.0, 20.0, 30.0, 9.0), (2.0, 90.0, 5.0, 5.0), (1.0, 1.0, 0.0, 5.0))))
    assert one.segments == ((70, 20, 10, 9),)
    assert [note.reason.split(": ")[1].split(" ")[0] for note in ledger.repaired] == [
        *("segments[2]=[1.0,", "segments[0]", "segments[1]")
    ]


def test_a_strict_ledger_refuses_what_a_lenient_one_mends() -> None:
    with pytest.raises(UserError, match=r"a.xml: size says 1 × 2 pixels\."):
        Ledger().mend("image", "a.xml", "size says 1 × 2 pixels", "never mind")
    ledger = Ledger("repair")
    ledger.mend("image", "a.xml", "size says 1 × 2 pixels", "the picture's was taken")
    assert str(ledger.repaired[0]) == "a.xml: size says 1 × 2 pixels; the picture's was taken."
