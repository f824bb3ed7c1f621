"""Schema of `camera`: where it stands, what light there is, what the sensor does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conf.checks import interval, key
from conf.schema.effects import check as check_effects


@dataclass
class CameraConfig:
    """Where the camera stands, what light there is, and what the sensor does."""

    width_px: int = key(1024, "width of the picture, pixels", low=64, high=8192)
    height_px: int = key(1024, "height of the picture, pixels", low=64, high=8192)
    x_height_px: list[float] = interval([6.0, 18.0], "x-height of the body text in the picture, pixels", low=2, high=80)
    whole_page_share: float = key(
        0.15, "share of pictures that show the whole page, whatever x-height follows", low=0, high=1
    )
    aim_share: float = key(0.6, "share of pictures aimed at a link, not at the page", low=0, high=1)
    tilt_deg: list[float] = interval([-8.0, 8.0], "rotation in the picture plane, degrees", low=-180, high=180)
    pitch_deg: list[float] = interval(
        [-12.0, 12.0], "camera above or below the page's normal, degrees", low=-45, high=45
    )
    yaw_deg: list[float] = interval(
        [-12.0, 12.0], "camera left or right of the page's normal, degrees", low=-45, high=45
    )
    distance: list[float] = interval([1.6, 4.0], "distance of the camera, page heights", low=1.0, high=100)
    curl_share: float = key(0.6, "share of pages that bend into a gutter", low=0, high=1)
    curl_deg: list[float] = interval([8.0, 45.0], "slope of the paper at the gutter, degrees", low=0, high=70)
    curl_width: list[float] = interval([0.15, 0.5], "width of the bend, share of the page width", low=0.05, high=1)
    lens: list[float] = interval(
        [-0.04, 0.04], "radial distortion at the corner, share of its radius", low=-0.1, high=0.3
    )
    light_gradient: list[float] = interval([0.0, 0.35], "fall of light across the picture", low=0, high=0.9)
    vignette: list[float] = interval([0.0, 0.25], "fall of light towards the corners", low=0, high=0.9)
    shadow_share: float = key(0.25, "share of pictures with the shadow of a hand, phone or window", low=0, high=1)
    shadow_depth: list[float] = interval([0.12, 0.5], "share of the light that is missing there", low=0, high=0.95)
    hard_shadow_share: float = key(0.3, "share of shadows with a sharp edge", low=0, high=1)
    banding_share: float = key(0.05, "share of pictures with the bands of a flickering lamp", low=0, high=1)
    flare: list[float] = interval([0.0, 0.12], "stray light that lifts black, share of white", low=0, high=0.6)
    exposure: list[float] = interval([0.85, 1.15], "brightness of white paper in full light", low=0.1, high=2)
    colour_cast: list[float] = interval(
        [0.0, 0.06],
        "white-balance error, share: between orange and blue, a quarter of it between green and magenta",
        low=0,
        high=0.5,
    )
    blur_px: list[float] = interval([0.3, 1.2], "defocus, standard deviation in pixels", low=0, high=10)
    motion_px: list[float] = interval([0.0, 2.5], "length of motion blur, pixels", low=0, high=60)
    sharpening_share: float = key(0.35, "share of pictures that the phone has sharpened", low=0, high=1)
    sharpening: list[float] = interval([0.2, 1.0], "strength of the halo that this leaves", low=0, high=4)
    noise: list[float] = interval([0.0, 0.025], "sensor noise, share of white", low=0, high=0.3)
    grey_share: float = key(0.1, "share of pictures in black and white", low=0, high=1)
    effects: list[Any] = key(
        [], "further effects, photometric transforms of albumentations: [{name: RandomToneCurve, p: 0.3}]"
    )
    jpeg_quality: list[int] = interval([55, 95], "JPEG quality", low=10, high=100)

    def check(self, prefix: str) -> None:
        """Refuses effects that do not exist or would move pixels."""
        check_effects(self.effects, f"{prefix}effects")
