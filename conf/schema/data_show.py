"""Schema of `python -m data show`."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from conf.checks import key


@dataclass
class ShowConfig:
    """Every key of the verb."""

    source: str = key(MISSING, "set, COCO file, folder with Pascal VOC files, or folder of photos")
    out: str = key("preview.png", "PNG file to write")
    count: int = key(12, "pictures to show, evenly spread over the set, those with links first", low=1, high=400)
    columns: int = key(4, "pictures a row", low=1, high=20)
    tile_px: int = key(480, "width of one picture on the sheet, pixels", low=64, high=4000)
