"""What was chosen about the sheet and about the photograph of it: the half of a recipe that has no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    """Paper and ink of the page.

    Attributes:
        colour: of bare paper in full light.
        ink: of the text; lighter than the paper where the page is inverted.
        grain: contrast of its fibres, share of white.
        show_through: strength of the reverse's print, 0…1.
        ink_density: blackness of solid ink.
        ink_gain_px: how far ink spreads, pixels of the picture.
        fade: how much weaker the ink is in places, share.
        specks: how much of the ink has worn off in specks; 1 is about a tenth.
        halftone: whether text is printed as a screen of dots, as dark grey is.
        inverted: light text on dark.
        gloss: strength of the lamp's reflection on coated paper, 0…1.
        board: colour of the hard cover that is seen around the pages; None for a soft one or a loose sheet.
        board_pt: how far it reaches out, points.
        stack_pt: width of the edges of the pages below that are seen beside this one, points.
        texture_offset: where fibres and sensor noise begin in their endless tiles.
        marks: stains, folds, pen and highlighter, in the order in which they were made.
        dots_per_inch: of the printer's head, whose dots are seen; 0 for print finer than that.
    """

    colour: Rgb
    ink: Rgb
    grain: float
    show_through: float
    ink_density: float
    ink_gain_px: float
    fade: float
    specks: float
    halftone: bool
    inverted: bool
    gloss: float
    stack_pt: float
    board: Rgb | None
    board_pt: float
    texture_offset: tuple[int, int]
    marks: tuple[Mark, ...] = ()
    dots_per_inch: float = 0.0


@dataclass(frozen=True, slots=True)
class Shadow:
    """A hand's, phone's or window frame's shadow: dark on one side of a line, or of two.

    Attributes:
        direction: of the dark side, radians from the picture's x axis.
        edge: where the line runs, distance from the centre, share of the picture's width.
        turn: angle between the two lines, radians; 0 for one line.
        softness: width of the half-shadow, share of the picture's width.
        depth: share of the light that is missing.
    """

    direction: float
    edge: float
    turn: float
    softness: float
    depth: float


@dataclass(frozen=True, slots=True)
class Effect:
    """A photometric transform of albumentations: its name, arguments, and seed."""

    name: str
    arguments: dict[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Camera:
    """Pose, light and sensor. Angles in degrees, blur in pixels, light as a share.

    Attributes:
        x_height_px: x-height of the body text at the point aimed at; None shows the whole page.
        aim: link aimed at, or None for the page.
        aim_offset: where the aim stands in the picture, as shares of its width and height from the centre.
        gutter: side on which the paper bends, `left`, `right` or `none`.
        curl: slope of the paper at the gutter, degrees.
        curl_width: share of the page's width that bends.
        lens: radial distortion at the corner, share of its radius.
        shine: where the lamp is reflected, share of the picture's width and height; strength by `Paper.gloss`.
        banding: (strength, waves down the picture, phase) of a flickering lamp on a rolling shutter.
        flare: stray light that lifts black, share of white.
        sharpening: strength of the halo that phones add around edges.
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
    shadow: Shadow | None
    shine: tuple[float, float]
    banding: tuple[float, float, float]
    exposure: float
    cast: Rgb
    flare: float
    blur: float
    motion: tuple[float, float]
    sharpening: float
    noise: float
    grey: bool
    jpeg_quality: int
    effects: tuple[Effect, ...] = ()


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
