"""Schema of the group `preprocess`: what is done to a picture, and to the truth on it, before it is used."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import key


@dataclass
class PreprocessConfig:
    """Steps in the order in which they are done; the defaults leave a picture as it is."""

    width_px: int | None = key(None, "shrink wider pictures to this width, pixels; never enlarges", low=16, high=20000)
    crop: str = key("none", "cut to the square in the middle, as large as fits", choices=["none", "square"])
    max_cut: float = key(0.25, "share of a prefix that the crop may cut off; beyond, it is ignored", low=0, high=1)
    color: float = key(1.0, "colour: 0 is greyscale, 1 unchanged", low=0, high=10)
    brightness: float = key(1.0, "factor of brightness", low=0, high=10)
    contrast: float = key(1.0, "factor of contrast around the mean grey", low=0, high=10)
    sharpness: float = key(1.0, "0 is blurred, 1 unchanged, 2 sharpened", low=0, high=10)
    stretch: float = key(
        0.0, "how far each neighbourhood's paper is made light and its ink dark: 0 not at all, 1 wholly", low=0, high=1
    )
    stretch_parts: int = key(
        8, "neighbourhoods along the picture's longer side; 1 is the whole picture", low=1, high=64
    )
    stretch_least: int = key(
        64,
        "least difference of ink and paper, in 256 greys, that is stretched: empty paper keeps its calm",
        low=1,
        high=255,
    )
