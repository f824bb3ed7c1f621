"""One annotation for each link whose prefix is in the picture: its place, its text, how it is printed and seen."""

from __future__ import annotations

from collections.abc import Mapping

from conf.schema.truth import TruthConfig
from data import LinkAnnotation
from data.boxes import bounds, clip, common
from data.model import Attribute
from synth.fonts import Family, Font
from synth.page import Page, PlacedLink
from synth.recipe import BLACK, Recipe
from synth.truth import legibility
from synth.truth.cover import Cover
from synth.truth.places import Shape, shapes, untouched, visible_polygon
from synth.truth.view import View


def annotate(
    page: Page, recipe: Recipe, view: View, families: Mapping[str, Family], limits: TruthConfig
) -> tuple[LinkAnnotation, ...]:
    """The links whose prefix is in the picture, wholly or in part.

    Args:
        page: as typeset.
        recipe: the links' texts, and how the picture was taken.
        view: the picture.
        families: fonts by family name, for the class of each font.
        limits: where a link stops being readable; it is then marked to be ignored.
    """
    if not page.links:
        return ()
    covers = Cover(view).over(page.links)
    lying = shapes(page.links, view, recipe.paper.dots_per_inch)
    found = (
        _annotation(link, shape, hidden, recipe, view, _drawn_in(link.prefix.font, families), limits)
        for link, shape, hidden in zip(page.links, lying, covers, strict=True)
    )
    return tuple(annotation for annotation in found if annotation is not None)


def _annotation(
    link: PlacedLink,
    shape: Shape,
    hidden: tuple[float, bool],
    recipe: Recipe,
    view: View,
    drawn_in: dict[str, Attribute],
    limits: TruthConfig,
) -> LinkAnnotation | None:
    width, height = view.page_map.picture
    polygon, inside = visible_polygon(shape.polygon, width, height)
    # Of a slanted prefix that the edge cuts, the outline's part inside is smaller than its box's.
    box = shape.box if inside == 1.0 else common(shape.box, bounds(polygon)) if polygon else None
    if box is None:
        return None
    share_hidden, letter_hidden = hidden
    visible = [part for part in (clip(segment, width, height) for segment in shape.segments) if part is not None]
    seen = {
        "x_height_px": round(shape.x_height, 2),
        "visible": round(inside * (1 - share_hidden), 3),
        **_legibility(legibility.measured(box, shape.flat, shape.x_height, view, recipe)),
    }
    return LinkAnnotation(
        bbox=box,
        polygon=polygon,
        text=recipe.links[link.number].text,
        link_bbox=visible[0] if visible else box,
        segments=tuple(visible),
        ignore=unreadable(seen, limits),
        attributes={
            **_style(link, recipe),
            **drawn_in,
            **seen,
            "text_unknown": letter_hidden or not (link.complete and untouched(shape.segments, visible)),
        },
    )


def _style(link: PlacedLink, recipe: Recipe) -> dict[str, Attribute]:
    """How the link is printed, but for its font."""
    chosen = recipe.links[link.number]
    return {
        "scheme": chosen.scheme,
        "underline": chosen.underline != "none",
        "coloured": link.prefix.ink != BLACK,
        "wrapped": len(link.segments) > 1,
        "bracket": chosen.bracket or "none",
        "place": chosen.place,
        "inverted": recipe.paper.inverted,
    }


def _drawn_in(font: Font, families: Mapping[str, Family]) -> dict[str, Attribute]:
    """Family, class and style of a font: what was drawn, which is roman where a family lacks the style wished for."""
    family, style = next(
        (family, style) for family in families.values() for style, known in family.fonts.items() if known is font
    )
    upright_mono = family.kind == "mono" and style == "roman"
    return {"font": family.name, "font_class": family.kind, "style": "mono" if upright_mono else style}


def _legibility(print_: legibility.Print) -> dict[str, float]:
    return {"contrast": print_.contrast, "signal_to_noise": print_.signal_to_noise, "blur_px": print_.blur}


def unreadable(seen: Mapping[str, float], limits: TruthConfig) -> bool:
    """Whether a link with these attributes is to be ignored, as `limits` say."""
    return (
        seen["x_height_px"] < limits.min_x_height_px
        or seen["visible"] < limits.min_visible
        or seen["contrast"] < limits.min_contrast
        or seen["signal_to_noise"] < limits.min_signal_to_noise
        or seen["blur_px"] > limits.max_blur * seen["x_height_px"]
    )
