"""Pictures of more than 8 bits: what is grey stays grey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as PillowImage

from data import load_pixels
from data.pixels import encoded, facts

_GREY = np.array([[0, 64, 128, 255]] * 8, np.uint8)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("16.png", _GREY.astype(np.uint16) * 257),
        ("16.tif", _GREY.astype(np.uint16) * 257),
        ("8 in 32.tif", _GREY.astype(np.int32)),
        ("16 in 32.tif", _GREY.astype(np.int32) * 257),
        ("32.tif", _GREY.astype(np.int32) * (1 << 23)),
        ("shares.tif", _GREY.astype(np.float32) / 255),
        ("floats.tif", _GREY.astype(np.float32)),
    ],
)
def test_deep_grey_is_scaled(tmp_path: Path, name: str, values: npt.NDArray[np.generic]) -> None:
    path = tmp_path / name
    PillowImage.fromarray(values).save(path)
    wanted = _GREY // 2 if values.max() > 1 << 20 else _GREY  # Pillow's numbers have a sign: half of 32 bits is white
    found = load_pixels(path)
    assert found.shape == (8, 4, 3) and np.abs(found.astype(int) - wanted[..., np.newaxis]).max() <= 1


def test_sets_get_such_a_picture_as_every_reader_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PillowImage.fromarray(_GREY.astype(np.uint16) * 257).save(path)
    assert not facts(path).plain
    (tmp_path / "b.jpg").write_bytes(encoded(path).content)
    with PillowImage.open(tmp_path / "b.jpg") as image:
        assert image.mode == "RGB" and abs(np.asarray(image).mean() - _GREY.mean()) < 2
