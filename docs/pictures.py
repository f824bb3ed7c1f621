"""Makes the pictures of the guide: `python docs/pictures.py [name …]` writes docs/pictures/NAME.jpg, each a sheet of
labelled crops of pages as the generator makes them today. `make pictures` makes them all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from conf.app import composed
from conf.schema.ground import SURFACES
from conf.schema.synth import SynthConfig
from synth import fonts, geometry, ink, shaping
from synth.ink import Raster
from synth.page import GlyphRun, Page
from synth.pipeline import Sample, render
from synth.recipe import BLACK, Recipe
from synth.typeset import typeset

FOLDER = Path(__file__).parent / "pictures"
WIDTH = 1280
_GAP, _CAPTION = 8, 22
_QUALITY = 82
_FLAT = ("camera=none", "paper=white", "marks=none")
_CLOSE = ("camera.whole_page_share=0", "camera.aim_share=1", "camera.tilt_deg=[-3,3]", "link.empty_share=0")

Tile = tuple[str, Image.Image]
Box = tuple[int, int, int, int]


def _render(*overrides: str, index: int = 0) -> Sample:
    return render(composed("synth", SynthConfig, list(overrides)), index)


def _page(label: str, *overrides: str, index: int = 0) -> Tile:
    return label, Image.fromarray(_render(*overrides, index=index).image)


def _one_of(label: str, find: Callable[[Sample], Box | None], start: int, *overrides: str) -> Tile:
    """The first page from `start` on that shows what is wanted, cut to a window around it."""
    config = composed("synth", SynthConfig, list(overrides))
    for index in range(start, start + 400):
        sample = render(config, index)
        if (box := find(sample)) is not None:
            return label, Image.fromarray(sample.image).crop(box)
    raise SystemExit(f"No page of 400 shows {label}.")


def _window(x: float, y: float, wide: int, high: int, sample: Sample) -> Box:
    """A window of a size around a point, moved into the picture: left, top, right, bottom."""
    height, width = sample.image.shape[:2]
    left, top = min(max(round(x - wide / 2), 0), width - wide), min(max(round(y - high / 2), 0), height - high)
    return left, top, left + wide, top + high


def _sheet(tiles: Sequence[Tile], columns: int, aspect: float = 1.0) -> Image.Image:
    """Tiles in rows, each cut to the same shape and labelled below."""
    wide = (WIDTH - _GAP * (columns + 1)) // columns
    high = round(wide * aspect)
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (WIDTH, _GAP + rows * (high + _CAPTION + _GAP)), "white")
    draw, letters = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, (label, picture) in enumerate(tiles):
        left = _GAP + number % columns * (wide + _GAP)
        top = _GAP + number // columns * (high + _CAPTION + _GAP)
        sheet.paste(_filled(picture, wide, high), (left, top))
        draw.text((left + 2, top + high + 3), label, fill=(40, 40, 40), font=letters)
    return sheet


def _filled(picture: Image.Image, wide: int, high: int) -> Image.Image:
    """The middle of a picture, as large as fills the tile."""
    scale = max(wide / picture.width, high / picture.height)
    width, height = min(wide / scale, picture.width), min(high / scale, picture.height)
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    return picture.resize((wide, high), Image.Resampling.LANCZOS, (left, top, left + width, top + height))


def pages() -> Image.Image:
    """Layouts, without a camera."""
    shape = ("camera.width_px=900", "camera.height_px=1150")
    choices = ("textbook", "paperback", "manual", "paper", "magazine", "notes")
    flat = [_page(f"page={name}", f"page={name}", *_FLAT, *shape, index=3) for name in choices]
    return _sheet(flat, columns=3, aspect=1.25)


def slips() -> Image.Image:
    """Receipts and cards, photographed whole."""
    whole = ("camera.whole_page_share=1", "camera.tilt_deg=[-15,15]", "camera.grey_share=0", "link.empty_share=0")
    tiles = [_page(f"page={name}", f"page={name}", *whole, index=index)
             for name in ("receipt", "card") for index in range(20, 24)]  # fmt: skip
    return _sheet(tiles, columns=4)


def links() -> Image.Image:
    """How links are printed: each tile shows one, on a page of its own."""
    close = (*_CLOSE, "camera=scan", "camera.x_height_px=[14,16]", "camera.aim_share=1", "camera.whole_page_share=0",
             "camera.grey_share=0", "link=dense", "paper=white", "marks=none", "camera.width_px=1024",
             "camera.height_px=640")  # fmt: skip
    usual = {"style": "roman", "underline": False, "coloured": False, "wrapped": False, "place": "text"}
    shown: dict[str, dict[str, object]] = {
        "mono": {"style": "mono"},
        "italic": {"style": "italic"},
        "bold": {"style": "bold"},
        "small caps": {"style": "smallcaps"},
        "underlined": {"underline": True},
        "coloured": {"coloured": True},
        "wrapped over lines": {"wrapped": True, "lines": 2},
        "in parentheses": {"bracket": "("},
        "in a footnote": {"place": "footnote"},
        "in a bibliography": {"place": "bibliography"},
        "in code": {"place": "code", "style": "mono"},
        "in a table": {"place": "table"},
    }
    tiles = [
        _one_of(label, partial(_link_window, wanted={**usual, **wanted}), 100 * number, *close)
        for number, (label, wanted) in enumerate(shown.items())
    ]
    return _sheet(tiles, columns=3, aspect=0.375)


def _link_window(sample: Sample, wanted: Mapping[str, object]) -> Box | None:
    """A window around a link that has the wanted attributes and stands in it whole."""
    for link in sample.links:
        facts = {**link.attributes, "lines": len(link.segments)}
        if link.ignore or any(facts.get(name) != value for name, value in wanted.items()):
            continue
        left, top = (min(segment[side] for segment in link.segments) for side in (0, 1))
        right, bottom = (max(segment[side] + segment[side + 2] for segment in link.segments) for side in (0, 1))
        box = _window((left + right) / 2, (top + bottom) / 2, 640, 240, sample)
        if box[0] + 8 < left and box[1] + 8 < top and right < box[2] - 8 and bottom < box[3] - 8:
            return box
    return None


def blocks() -> Image.Image:
    """What stands between the paragraphs, each on a page of its own."""
    rare = ("aside", "equation", "code", "table", "figure", "footnote", "list", "quote", "drop_cap")
    none = (*_FLAT, *(f"page.{kind}_share=0" for kind in rare), "camera.width_px=1400", "camera.height_px=1800",
            "page.bibliography_share=0", "page.script_share=0", "link=none")  # fmt: skip
    shown = {
        "a note on a tint": ("page.aside_share=1", "page.aside_box_weights={tint:1,frame:0,bar:0}"),
        "a note in a frame": ("page.aside_share=1", "page.aside_box_weights={tint:0,frame:1,bar:0}"),
        "formulas": ("page.equation_share=1", "page.technical_share=1"),
        "a listing": ("page.code_share=1",),
        "a table": ("page.table_share=1",),
        "a chart": ("page.figure_share=1", "page.figure_weights={chart:1,grey:0,photo:0,diagram:0,code:0}"),
        "a diagram": ("page.figure_share=1", "page.figure_weights={diagram:1,chart:0,grey:0,photo:0,code:0}"),
        "footnotes": ("page.footnote_share=1", "page.two_column_share=1", "page.column_gap_pt=[18,18]"),
        "an initial": ("page.drop_cap_share=1",),
    }
    kinds = ("aside", "aside", "equation", "code", "table", "figure", "figure", "footnote", "paragraph")
    tiles = [
        _one_of(label, partial(_block_window, kind=kind), 50 * number, *none, "page.aside_coloured_share=1", *keys)
        for number, (kind, (label, keys)) in enumerate(zip(kinds, shown.items(), strict=True))
    ]
    return _sheet(tiles, columns=3, aspect=0.55)


def _block_window(sample: Sample, kind: str) -> Box | None:
    """A window around the first block of a kind."""
    recipe, wide = sample.recipe, 1200
    reach = _reach(recipe, kind)
    if reach is None:
        return None
    page_map, middle = geometry.aim(recipe.camera, recipe.layout, 1.0, None), recipe.layout.width / 2
    (x, high), (_, low) = page_map.points(np.array([[middle, y] for y in reach]))
    return _window(x, (high + low) / 2, wide, round(0.55 * wide), sample) if low - high < 0.5 * wide else None


def _reach(recipe: Recipe, kind: str) -> tuple[float, float] | None:
    """From where to where down the page the first block of a kind stands: set without it, a page ends before it."""
    floor = recipe.layout.height - recipe.layout.bottom
    if kind == "footnote":
        return floor - 150, floor + 20
    number = next((number for number, block in enumerate(recipe.blocks) if block.kind == kind), None)
    if number is None:
        return None
    families = fonts.library(composed("synth", SynthConfig).font)
    before, through = (typeset(replace(recipe, blocks=recipe.blocks[:end]), families) for end in (number, number + 1))
    return _lowest(before, recipe.layout.bottom), _lowest(through, recipe.layout.bottom)


def _lowest(page: Page, margin: float) -> float:
    """Where the text of a page ends, its number apart."""
    ends = [run.baseline for run in page.runs if run.baseline < page.height - margin]
    return max([*ends, *(picture.bottom for picture in page.pictures)], default=0.0)


def type_specimen() -> Image.Image:
    """Each family of the default library in its styles, drawn as the pages draw it."""
    families = fonts.library(composed("synth", SynthConfig).font)
    lines = [_specimen(family) for family in families.values()]
    columns = 2
    rows = -(-len(lines) // columns)
    high = lines[0].height
    sheet = Image.new("L", (WIDTH, rows * high + 2 * _GAP), 255)
    for number, line in enumerate(lines):
        sheet.paste(line, (_GAP + number // rows * (WIDTH // columns), _GAP + number % rows * high))
    return sheet.convert("RGB")


def _specimen(family: fonts.Family) -> Image.Image:
    size, x = 19.0, 4.0
    raster = Raster(1.0, 0.0, 0.0, WIDTH // 2 - 2 * _GAP, 34)
    runs = []
    for style in ("roman", "italic", "bold", "smallcaps"):
        if style in family.fonts:
            text = f"{family.name} ({family.kind}) https://" if style == "roman" else f"{style} www."
            font = family.font(style)
            shaped = shaping.shape(font, text)
            glyphs, xs = np.array(shaped.glyphs), x + np.array(shaped.xs) * size
            runs.append(GlyphRun(font, size, BLACK, glyphs, xs, 24.0))
            x += shaped.advance * size + 14
    return Image.fromarray(255 - ink.draw_runs(runs, raster))


def paper() -> Image.Image:
    """Papers and inks."""
    near = (*_CLOSE, "camera=scan", "camera.x_height_px=[11,12]", "camera.whole_page_share=0", "marks=none",
            "camera.width_px=512", "camera.height_px=400", "camera.grey_share=0")  # fmt: skip
    only = ("paper.gloss_share=0", "paper.fade_share=0", "paper.worn_share=0", "paper.halftone_share=0",
            "paper.inverted_share=0", "paper.show_through_share=0", "paper.dotted_share=0")  # fmt: skip

    def sheet(label: str, *overrides: str) -> Tile:
        return _page(label, *near, *only, *overrides, index=7)

    return _sheet(
        [
            sheet("paper=white", "paper=white"),
            sheet("paper=old", "paper=old"),
            sheet("paper=newsprint", "paper=newsprint"),
            sheet("paper=glossy", "paper=glossy", "paper.gloss_share=1", "paper.gloss=[0.5,0.5]"),
            sheet("show-through", "paper.show_through_share=1", "paper.show_through=[0.15,0.15]"),
            sheet("faded ink", "paper.fade_share=1", "paper.fade=[0.7,0.7]"),
            sheet("worn ink", "paper.worn_share=1", "paper.worn=[1,1]"),
            sheet("ink that spreads", "paper.ink_gain_px=[1,1]"),
            sheet("screened text", "paper.halftone_share=1", "camera.x_height_px=[18,18]"),
            sheet("a printer's dots", "paper.dotted_share=1", "paper.dots_per_inch=[130,130]"),
            sheet("light on dark", "paper.inverted_share=1"),
        ],
        columns=6,
        aspect=0.78,
    )


def marks() -> Image.Image:
    """What readers and time leave on a page, each as near as it is large."""
    kinds = ("highlighter", "underline", "note", "tick", "stain", "foxing", "crease", "dust", "tape", "tab")
    none = tuple(f"marks.{kind}_share=0" for kind in kinds)
    scanned = ("camera=scan", "camera.whole_page_share=1", "camera.grey_share=0", "camera.tilt_deg=0",
               "camera.curl_share=0", "marks.strength=1", "marks.per_kind=[2,3]", "camera.width_px=1520",
               "camera.height_px=1800", "page=paperback", "paper=white", "paper.lightness=[0.9,0.95]")  # fmt: skip
    tiles = [_one_of(kind, _mark_window, 11, *scanned, *none, f"marks.{kind}_share=1") for kind in kinds]
    return _sheet(tiles, columns=5, aspect=1.2)


def _mark_window(sample: Sample) -> Box:
    """A window around the page's first mark, somewhat larger than it is."""
    recipe, mark = sample.recipe, sample.recipe.paper.marks[0]
    page_map = geometry.aim(recipe.camera, recipe.layout, 1.0, None)
    x, y = page_map.points(np.array([[mark.x, mark.y]]))[0]
    wide = min(max(round(1.4 * mark.size * page_map.scale), 360), 1200)
    return _window(x, y, wide, round(1.2 * wide), sample)


def ground() -> Image.Image:
    """What the book lies on, and who holds it."""
    far = ("camera.whole_page_share=1", "camera.distance=[2,2]", "camera.grey_share=0", "camera.shadow_share=0",
           "camera.exposure=[1,1]", "camera.height_px=800", "marks=none", "paper.board_share=0.5")  # fmt: skip

    def on(kind: str) -> Tile:
        weights = ",".join(f"{other}:{int(other == kind)}" for other in kinds)
        return _page(kind, *far, f"ground.kind_weights={{{weights}}}", index=4)

    kinds = SURFACES
    held = _page("a hand", *far, "ground.thumb_share=1", index=6)
    return _sheet([*(on(kind) for kind in kinds), held], columns=4, aspect=0.8)


def cameras() -> Image.Image:
    """The four presets, and what a camera does."""
    plain = ("camera=scan", "camera.whole_page_share=1", "camera.tilt_deg=[0,0]", "camera.grey_share=0", "marks=none",
             "camera.curl_share=0", "paper=white", "ground=plain", "camera.height_px=800")  # fmt: skip
    presets = [_page(f"camera={name}", f"camera={name}", "camera.height_px=800", "paper.inverted_share=0", index=5)
               for name in ("none", "scan", "phone", "rough")]  # fmt: skip

    def one(label: str, *overrides: str) -> Tile:
        return _page(label, *plain, *overrides, index=2)

    near = ("camera.whole_page_share=0", "camera.x_height_px=[12,12]", "link=none")
    return _sheet(
        [
            *presets,
            one("curl into the gutter", "camera.curl_share=1", "camera.curl_deg=[45,45]"),
            one("perspective", "camera.pitch_deg=[25,25]", "camera.yaw_deg=[15,15]", "camera.distance=[1.3,1.3]"),
            one("lens", "camera.lens=[0.2,0.2]"),
            one("rotation", "camera.tilt_deg=[35,35]"),
            one("soft shadow", "camera.shadow_share=1", "camera.hard_shadow_share=0", "camera.shadow_depth=[0.5,0.5]"),
            one("hard shadow", "camera.shadow_share=1", "camera.hard_shadow_share=1", "camera.shadow_depth=[0.5,0.5]"),
            one("shine", "paper.gloss_share=1", "paper.gloss=[0.6,0.6]", "paper.lightness=[0.7,0.7]"),
            one("flicker bands", "camera.banding_share=1", "camera.exposure=[0.8,0.8]"),
            one("defocus", *near, "camera.blur_px=[2.5,2.5]"),
            one("movement", *near, "camera.motion_px=[8,8]"),
            one("noise", *near, "camera.noise=[0.1,0.1]", "camera.exposure=[0.6,0.6]"),
            one("sharpening", *near, "camera.sharpening_share=1", "camera.sharpening=[2,2]"),
        ],
        columns=4,
        aspect=0.75,
    )


def truth() -> Image.Image:
    """Boxes, polygons and line segments on a bent page."""
    near = ("camera=phone", "camera.curl_share=1", "camera.curl_deg=[40,40]", "link=dense", "camera.width_px=1280",
            "camera.height_px=760", "camera.x_height_px=[13,13]", *_CLOSE, "marks=none")  # fmt: skip
    config = composed("synth", SynthConfig, list(near))
    sample = max((render(config, index) for index in range(30)), key=_shown)
    picture = Image.fromarray(sample.image)
    draw = ImageDraw.Draw(picture)
    for link in sample.links:
        for x, y, width, height in link.segments:
            draw.rectangle((x - 2, y - 2, x + width + 2, y + height + 2), outline=(20, 110, 230), width=2)
        draw.polygon(list(link.polygon), outline=(220, 30, 60), width=2)
    return picture


def _shown(sample: Sample) -> int:
    return sum(len(link.segments) for link in sample.links if not link.ignore)


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "pages": pages, "blocks": blocks, "slips": slips, "links": links, "fonts": type_specimen, "paper": paper,
    "marks": marks, "ground": ground, "cameras": cameras, "truth": truth,
}  # fmt: skip


def main(names: Sequence[str]) -> None:
    """Makes the named pictures, all where none is named."""
    strangers = [name for name in names if name not in PICTURES]
    if strangers:
        raise SystemExit(f"There is no picture {strangers[0]}; there are {', '.join(PICTURES)}.")
    FOLDER.mkdir(exist_ok=True)
    for name in names or PICTURES:
        PICTURES[name]().save(FOLDER / f"{name}.jpg", quality=_QUALITY)
        print(FOLDER / f"{name}.jpg")


if __name__ == "__main__":
    main(sys.argv[1:])
