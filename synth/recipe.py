"""What was chosen for one page: frozen, written beside the page as JSON, enough to draw it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Rgb = tuple[float, float, float]
"""Brightness of red, green and blue as a picture stores it (sRGB-encoded), each 0…1."""
BLACK: Rgb = (0.02, 0.02, 0.02)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `link` is the index into `Recipe.links`, or None for ordinary text.

    Spans join without a space between them: an opening bracket and the link in it are two spans.
    """

    text: str
    style: str = "roman"
    link: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, or footnote: words, each a tuple of spans with no space inside."""

    kind: str
    words: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link as chosen.

    Attributes:
        text: whole, as a reader would type it.
        prefix: what the detector must find: scheme and `://`, or `www.`.
        scheme: one of `conf.schema.synth.SCHEMES`.
        ink: colour of its print.
        bracket: the opening bracket before it, or empty.
    """

    text: str
    prefix: str
    scheme: str
    style: str
    ink: Rgb
    underlined: bool
    may_wrap: bool
    may_break_after_prefix: bool
    bracket: str
    footnote: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Page geometry in points; families by name."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    body_pt: float
    leading: float
    justified: bool
    hyphenated: bool
    body_family: str
    heading_family: str
    mono_family: str
    running_head: str | None
    page_number: int | None


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
class Recipe:
    """Every random choice of page `index` of the set with seed `seed`."""

    seed: int
    index: int
    layout: Layout
    blocks: tuple[Block, ...]
    footnotes: tuple[Block, ...]
    links: tuple[Link, ...]
    paper: Paper
    camera: Camera

    def as_dict(self) -> dict[str, Any]:
        """The recipe as plain JSON values."""
        return asdict(self)
