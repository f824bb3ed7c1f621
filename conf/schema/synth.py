"""Schema of `python -m synth`: every choice about a page, its links, fonts, paper and the camera."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conf.checks import key
from conf.errors import UserError

SCHEMES = ("https", "http", "ftp", "tcp", "www")
STYLES = ("roman", "italic", "bold", "mono")
STYLE_SHARES = {"roman": 0.45, "italic": 0.15, "bold": 0.05, "mono": 0.35}


def interval(low_high: list[float], doc: str, *, low: float | None = None, high: float | None = None) -> Any:
    """A key that holds [least, greatest]; each page draws its value from between the two."""
    return key(low_high, doc, low=low, high=high, interval=True)


@dataclass
class PageConfig:
    """Layout of a page; lengths in points of 1/72 inch."""

    width_pt: float = key(540.0, "page width, points", low=100, high=2000)
    height_pt: float = key(666.0, "page height, points", low=100, high=3000)
    margin_pt: list[float] = interval([45.0, 75.0], "margin, points, drawn for each side", low=0, high=400)
    body_pt: list[float] = interval([9.5, 11.5], "size of the body text, points", low=4, high=40)
    leading: list[float] = interval([1.15, 1.4], "line distance over body size", low=0.9, high=3)
    sans_share: float = key(0.25, "share of pages whose body is set in a sans-serif family", low=0, high=1)
    mono_share: float = key(0.0, "share of pages whose body is set in a monospaced family", low=0, high=1)
    justified_share: float = key(0.8, "share of pages with justified text; the others are ragged right", low=0, high=1)
    hyphenated_share: float = key(0.8, "share of pages that hyphenate words", low=0, high=1)
    heading_share: float = key(0.15, "share of paragraphs that a heading precedes", low=0, high=1)
    list_share: float = key(0.15, "share of paragraphs set as an item of a list", low=0, high=1)
    footnote_share: float = key(0.25, "share of pages with footnotes", low=0, high=1)
    running_head_share: float = key(0.7, "share of pages with a running head", low=0, high=1)
    text_file: str | None = key(None, "UTF-8 file whose sentences fill the pages; null: an English word list")


@dataclass
class LinkConfig:
    """Which links are printed, and how; shares follow what was counted in real books."""

    per_page: list[int] = interval([1, 5], "links on a page that has any", low=1, high=40)
    empty_share: float = key(0.15, "share of pages without any link", low=0, high=1)
    schemes: list[str] = key(list(SCHEMES), "schemes that may be printed", choices=SCHEMES)
    scheme_weights: dict[str, float] = key(
        {"https": 0.5, "http": 0.3, "www": 0.12, "ftp": 0.05, "tcp": 0.03}, "how often each, relative", low=0
    )
    style_weights: dict[str, float] = key(STYLE_SHARES, f"how often each of {', '.join(STYLES)}, relative", low=0)
    after_scheme_www_share: float = key(0.34, "share of http(s) links whose host begins with www.", low=0, high=1)
    trailing_slash_share: float = key(0.25, "share of links that end in a slash", low=0, high=1)
    upper_case_share: float = key(0.02, "share of links with an upper-case prefix", low=0, high=1)
    bracket_share: float = key(0.16, "share of links in parentheses or angle brackets", low=0, high=1)
    coloured_share: float = key(0.2, "share of links in coloured ink", low=0, high=1)
    underlined_share: float = key(0.08, "share of links that are underlined", low=0, high=1)
    wrap_share: float = key(0.6, "share of links that may be broken at the end of a line", low=0, high=1)
    prefix_break_share: float = key(0.4, "share of those that may be broken right after the prefix", low=0, high=1)
    footnote_share: float = key(0.15, "share of links printed in a footnote, where the page has them", low=0, high=1)
    decoys_per_page: list[int] = interval(
        [0, 3], "look-alikes that are no links (HTTP/2, e-mail, paths)", low=0, high=40
    )

    def check(self, prefix: str) -> None:
        """Refuses weights for names that do not exist, and an empty choice."""
        known = (
            (f"{prefix}scheme_weights", self.scheme_weights, SCHEMES),
            (f"{prefix}style_weights", self.style_weights, STYLES),
        )
        for name, weights, allowed in known:
            stranger = next((k for k in weights if k not in allowed), None)
            if stranger is not None:
                raise UserError(f"{name} has no entry {stranger}; it can have {', '.join(allowed)}.")
        if not self.schemes:
            raise UserError(f"{prefix}schemes is empty; name at least one of {', '.join(SCHEMES)}.")
        if sum(self.scheme_weights.get(s, 0.0) for s in self.schemes) <= 0:
            raise UserError(f"{prefix}scheme_weights gives no weight to any of {prefix}schemes={self.schemes}.")
        if sum(self.style_weights.values()) <= 0:
            raise UserError(f"{prefix}style_weights are all 0; give at least one of {', '.join(STYLES)} a weight.")


@dataclass
class FontConfig:
    """Where fonts come from and which may be used."""

    packages: list[str] = key([], "installed Python packages whose .ttf and .otf files are used")
    folder: str | None = key(None, "a folder of your own .ttf and .otf files, searched with its subfolders")
    exclude: list[str] = key([], "family names left out, shell patterns")
    split: str = key("all", "train and test never share a family", choices=("all", "train", "test"))
    test_share: float = key(0.25, "share of families held back for split=test", low=0.05, high=0.95)


@dataclass
class PaperConfig:
    """Paper and ink."""

    lightness: list[float] = interval([0.78, 1.0], "reflectance of the paper", low=0.05, high=1)
    warmth: list[float] = interval([0.0, 0.12], "how much yellower than grey", low=0, high=0.5)
    grain: list[float] = interval([0.0, 0.02], "contrast of fibres, share of white", low=0, high=0.3)
    show_through_share: float = key(0.3, "share of pages where the reverse shows through", low=0, high=1)
    show_through: list[float] = interval([0.02, 0.10], "strength of the reverse's ink", low=0, high=1)
    ink_density: list[float] = interval([0.75, 1.0], "blackness of solid ink", low=0.1, high=1)
    ink_gain_px: list[float] = interval([0.0, 0.5], "spread of ink on paper, pixels of the picture", low=0, high=4)


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
    shadow_share: float = key(0.2, "share of pictures with the shadow of a hand or phone", low=0, high=1)
    exposure: list[float] = interval([0.85, 1.15], "brightness of white paper in full light", low=0.1, high=2)
    colour_cast: list[float] = interval([0.0, 0.06], "white-balance error of each channel", low=0, high=0.5)
    blur_px: list[float] = interval([0.3, 1.2], "defocus, standard deviation in pixels", low=0, high=10)
    motion_px: list[float] = interval([0.0, 2.5], "length of motion blur, pixels", low=0, high=60)
    noise: list[float] = interval([0.0, 0.035], "sensor noise, share of white", low=0, high=0.3)
    grey_share: float = key(0.1, "share of pictures in black and white", low=0, high=1)
    jpeg_quality: list[int] = interval([55, 95], "JPEG quality", low=10, high=100)


@dataclass
class TruthConfig:
    """When a printed link counts as readable; below these limits it is marked `iscrowd`, never dropped."""

    min_x_height_px: float = key(4.0, "least x-height in the picture, pixels", low=0, high=50)
    min_visible: float = key(0.95, "least share of the prefix inside the picture", low=0, high=1)


@dataclass
class SynthConfig:
    """Everything that `python -m synth` can be told."""

    out: str = key("sets/synth", "folder of the set; one from an interrupted run is finished")
    count: int = key(100, "pages to render", low=1, high=100_000_000)
    seed: int = key(0, "page i depends on seed and i alone", low=0)
    workers: int | None = key(
        None, "processes; null: one a core. The bytes are the same for any number", low=1, high=512
    )
    index: int | None = key(None, "render this page alone into the folder `out`, with its truth drawn on a copy", low=0)
    show: bool = key(False, "with index: open the picture in the system's viewer")
    page: PageConfig = field(default_factory=PageConfig)
    link: LinkConfig = field(default_factory=LinkConfig)
    font: FontConfig = field(default_factory=FontConfig)
    paper: PaperConfig = field(default_factory=PaperConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    truth: TruthConfig = field(default_factory=TruthConfig)

    def check(self, prefix: str) -> None:
        """Refuses pages whose margins leave no room for text."""
        if 2 * self.page.margin_pt[1] > 0.7 * min(self.page.width_pt, self.page.height_pt):
            raise UserError(
                f"{prefix}page.margin_pt={self.page.margin_pt} leaves too little of a page of "
                f"{self.page.width_pt:g} × {self.page.height_pt:g} points; lower it."
            )
        if self.page.sans_share + self.page.mono_share > 1:
            raise UserError(f"{prefix}page.sans_share and {prefix}page.mono_share add up to more than 1; lower one.")
        if self.show and self.index is None:
            raise UserError(f"{prefix}show=true needs index=N: it opens one page.")
