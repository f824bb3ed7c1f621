"""Photographs pages of real books (PDF files): print by others, then paper, camera and truth as for synthetic pages."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from conf.schema.camera import CameraConfig
from conf.schema.ground import GroundConfig
from conf.schema.marks import MarksConfig
from conf.schema.paper import PaperConfig
from conf.schema.photograph import PhotographConfig
from conf.schema.truth import TruthConfig
from data import LinkAnnotation
from data.boxes import clip
from data.model import Attribute
from data.pdf.picture import Window, draw_window
from data.pdf.survey import Page, PrintedLink
from data.pdf.truth import annotated
from data.pixels import Encoded
from synth import camera, geometry, marks, paper, surroundings
from synth.chance import Chance
from synth.ink import Ink, Raster
from synth.layers import Coverage, Layer
from synth.recipe import Layout, Recipe
from synth.sampling import scene
from synth.truth import View, legibility, unreadable

_BODY_PT, _X_HEIGHT = 10.0, 0.46
"""What the body text of a page without links is taken for, and the x-height of ordinary fonts, em."""
_MARGIN = 0.1
"""Of a page's sides: where marks take its text to begin."""
_INKS = ((0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0))
"""Cyan, magenta and yellow: each takes one channel of the light away."""


@dataclass(frozen=True, slots=True)
class Photographed:
    """Makes the picture of a page by synth's camera; the same whenever configuration and number are the same."""

    seed: int
    paper: PaperConfig
    marks: MarksConfig
    ground: GroundConfig
    camera: CameraConfig
    truth: TruthConfig

    @classmethod
    def by(cls, config: PhotographConfig) -> Photographed:
        """As a configuration says; which books, and where to, is not its business."""
        return cls(config.seed, config.paper, config.marks, config.ground, config.camera, config.truth)

    def __call__(self, page: Any, facts: Page, index: int) -> tuple[Encoded, tuple[LinkAnnotation, ...]]:
        """Chooses paper, light and pose for picture number `index`, and takes it."""
        recipe = _recipe(self, facts, index)
        page_map = geometry.aim(recipe.camera, recipe.layout, _x_height(facts), _aimed_at(facts, recipe))
        nodes = page_map.inverse_nodes()
        raster = camera.view(page_map, nodes, recipe.layout.body_pt, recipe.paper.stack_pt)
        on_paper = marks.draw(recipe.paper.marks, raster, []) if recipe.paper.marks else []
        ink = _ink(page, facts, raster)
        sheet = paper.print_on(ink, on_paper, recipe.paper, page_map.scale / raster.scale)
        hand = surroundings.fingers(recipe.thumb, *page_map.picture)
        ground = surroundings.Surface(recipe.ground, *page_map.picture, self.ground.folder)
        picture = camera.photograph(sheet, page_map, nodes, recipe, ground, hand)
        view = View(page_map, nodes, ink, picture, camera.hidden(hand, page_map.picture), on_paper)
        content = camera.encode(picture, recipe.camera.jpeg_quality)
        return Encoded(content, ".jpg", *page_map.picture), _links(facts, recipe, view, self.truth)


def _recipe(config: Photographed, facts: Page, index: int) -> Recipe:
    def part(name: str) -> Chance:
        # Streams of its own: page 7 of a rendered set with the same seed is taken from elsewhere, in another light.
        return Chance(config.seed, index, f"photograph {name}")

    layout = _layout(facts)
    on_paper = marks.choose(config.marks, layout, part("marks"))
    return Recipe(
        seed=config.seed,
        index=index,
        layout=layout,
        blocks=(),
        footnotes=(),
        links=(),
        paper=scene.paper(config.paper, on_paper, part("paper")),
        ground=surroundings.choose_ground(config.ground, part("ground")),
        camera=scene.camera(config.camera, len(facts.links), part("camera")),
        thumb=surroundings.choose_thumb(config.ground, part("thumb")),
    )


def _layout(facts: Page) -> Layout:
    """What is known of a page that somebody else has set: its size, and that of its print."""
    width, height = facts.width, facts.height
    return Layout(
        width=width,
        height=height,
        left=_MARGIN * width,
        right=_MARGIN * width,
        top=_MARGIN * height,
        bottom=_MARGIN * height,
        columns=1,
        column_gap=0.0,
        body_pt=_x_height(facts) / _X_HEIGHT,
        leading=1.2,
        tracking=0.0,
        indent=0.0,
        paragraph_gap=0.0,
        justified=True,
        hyphenated=True,
        body_family="",
        heading_family="",
        mono_family="",
        heading_style="bold",
        heading_size=1.0,
        heading_centred=False,
        code_box="none",
        running_head=None,
        head_rule=False,
        page_number=None,
        folio="none",
    )


def _x_height(facts: Page) -> float:
    """Of the page's print, points: the median of its links'."""
    heights = [float(np.hypot(*np.subtract(*map(np.array, link.upright)))) for link in facts.links]
    return statistics.median(heights) if heights else _BODY_PT * _X_HEIGHT


def _aimed_at(facts: Page, recipe: Recipe) -> tuple[float, float] | None:
    return None if recipe.camera.aim is None else facts.links[recipe.camera.aim].upright[0]


def _ink(page: Any, facts: Page, raster: Raster) -> Ink:
    """A page's print: what takes all light away in black, what is left of each colour as a layer.

    A pixel of brightness (r, g, b) is black in share 1 - m, where m is the greatest of the three, then cyan in share
    1 - r / m, magenta, and yellow: light that passes all of them is (r, g, b) again.
    """
    window = Window((raster.left, raster.top), (1.0, 0.0), raster.width / raster.scale, raster.height / raster.scale,
                    raster.scale)  # fmt: skip
    print_ = draw_window(page, window)[: raster.height, : raster.width]
    _leave_blank_outside(print_, facts, raster)
    brightest = print_.max(axis=2)
    shares = [cv2.bitwise_not(_share(print_[..., channel], brightest)) for channel in range(3)]
    layers = [_layer(share, colour) for share, colour in zip(shares, _INKS, strict=True)]
    return Ink(raster, 255 - brightest, tuple(layer for layer in layers if layer is not None))


def _leave_blank_outside(print_: npt.NDArray[np.uint8], facts: Page, raster: Raster) -> None:
    """Takes away, in place, what the file draws beyond the edges of its page."""
    left, top = (round(-at * raster.scale) for at in (raster.left, raster.top))
    right, bottom = (round(side * raster.scale) for side in (facts.width - raster.left, facts.height - raster.top))
    print_[: max(top, 0)], print_[max(bottom, 0) :] = 255, 255
    print_[:, : max(left, 0)], print_[:, max(right, 0) :] = 255, 255


def _share(channel: Coverage, brightest: Coverage) -> Coverage:
    """A channel over the brightest one, 255 where they are equal; where there is no light all are."""
    whole = cv2.divide(channel, brightest, scale=255)
    return np.where(brightest == 0, np.uint8(255), whole)


def _layer(share: Coverage, colour: tuple[float, float, float]) -> Layer | None:
    """One ink in a window of its size; None where there is none of it."""
    left, top, width, height = cv2.boundingRect((share > 2).astype(np.uint8))
    if not width:
        return None
    return Layer(left, top, np.ascontiguousarray(share[top : top + height, left : left + width]), colour)


def _links(facts: Page, recipe: Recipe, view: View, limits: TruthConfig) -> tuple[LinkAnnotation, ...]:
    """The links in the picture, with what can be said of them only there."""
    found: list[LinkAnnotation] = []
    for link in facts.links:
        annotation = annotated(link, view.page_map.points, view.page_map.picture)
        if annotation is not None:
            found.append(_measured(annotation, link, recipe, view, limits))
    return tuple(found)


def _measured(
    annotation: LinkAnnotation, link: PrintedLink, recipe: Recipe, view: View, limits: TruthConfig
) -> LinkAnnotation:
    xs, ys = zip(*link.hull, strict=True)
    x_height = float(annotation.attributes["x_height_px"] or 0)
    print_ = legibility.measured(annotation.bbox, (min(xs), min(ys), max(xs), max(ys)), x_height, view, recipe)
    hidden = 0.0 if view.fingers is None else _mean(view.fingers, annotation.bbox) / 255
    seen: dict[str, float] = {
        "x_height_px": x_height,
        "visible": round(float(annotation.attributes["visible"] or 0) * (1 - hidden), 3),
        "contrast": print_.contrast,
        "signal_to_noise": print_.signal_to_noise,
        "blur_px": print_.blur,
    }
    attributes: Mapping[str, Attribute] = {**annotation.attributes, **seen}
    return replace(annotation, ignore=bool(link.fault) or unreadable(seen, limits), attributes=attributes)


def _mean(picture: Coverage, box: tuple[float, float, float, float]) -> float:
    whole = clip(box, picture.shape[1], picture.shape[0]) or box
    x, y, width, height = whole
    return float(picture[int(y) : int(np.ceil(y + height)), int(x) : int(np.ceil(x + width))].mean())
