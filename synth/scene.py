"""What was chosen about the sheet and about the photograph of it: the half of a recipe that has no text."""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[float, float, float]
"""Brightness of red, green and blue as a picture stores it (sRGB-encoded), each 0…1."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the sheet that is not print.

    Attributes:
        kind: a key of `synth.marks.DRAWERS`.
        x, y: its place, page points.
        size: its extent, points.
        angle: degrees.
        colour: of its ink or stain; what it lets through where it is strongest.
        strength: 0…1.
        seed: for its shape.
    """

    kind: str
    x: float
    y: float
    size: float
    angle: float
    colour: Rgb
    strength: float
    seed: int


@dataclass(frozen=True, slots=True)
class Paper:
    """Paper and ink of the page, and the surface that lies around it."""

    colour: Rgb
    grain: float
    show_through: float
    ink_density: float
    ink_gain_px: float
    ground: Rgb
    texture_offset: tuple[int, int]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Camera:
    """Pose, light and sensor. Angles in degrees, blur in pixels, light as a share.

    Attributes:
        x_height_px: x-height of the body text at the point aimed at; None shows the whole page.
        aim: link aimed at, or None for the page.
        aim_offset: where the aim stands in the picture, as shares of its width and height from the centre.
        gutter: side on which the paper bends, `left`, `right` or `none`.
    """

    width: int
    height: int
    x_height_px: float | None
    aim: int | None
    aim_offset: tuple[float, float]
    tilt: float
    pitch: float
    yaw: float
    distance: float
    gutter: str
    curl: float
    curl_width: float
    lens: float
    light_direction: float
    light_gradient: float
    vignette: float
    shadow: tuple[float, float, float, float] | None
    exposure: float
    cast: Rgb
    blur: float
    motion: tuple[float, float]
    noise: float
    grey: bool
    jpeg_quality: int


@dataclass(frozen=True, slots=True)
class Ground:
    """The surface that the book lies on, as it looks in the picture.

    Attributes:
        kind: one of `conf.schema.ground.KINDS`, or `picture` for one of the user's.
        colour: its mean colour; not used by a picture.
        contrast: of its pattern, 1 being natural; not used by a picture.
        tile: which of the kind's patterns.
        left, top: place of the window that is seen, as shares of what can be chosen.
        zoom: 1 shows as much as there is, 2 half of its width and height.
        turns: quarter turns to the right.
        mirrored: seen in a mirror.
        file: a picture's path within `ground.folder`.
    """

    kind: str
    colour: Rgb
    contrast: float
    tile: int
    left: float
    top: float
    zoom: float
    turns: int
    mirrored: bool
    file: str = ""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A thumb, or several fingers, holding the page at an edge of the picture.

    Attributes:
        side: edge of the picture where the hand comes in: left, right or bottom.
        along: where, as a share of that edge.
        reach: how far it comes in, share of the picture's shorter side.
        thickness: of a finger, as a share of the same.
        lean: degrees off the perpendicular to that edge.
        skin: colour in full light.
        count: 1 is a thumb, 2 and 3 are fingers side by side.
        shadow: 0…1, darkness of the shadow that it throws.
        shape: which of the drawn shapes.
    """

    side: str
    along: float
    reach: float
    thickness: float
    lean: float
    skin: Rgb
    count: int
    shadow: float
    shape: int
