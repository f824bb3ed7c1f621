"""Chooses the marks of a page: what, where, how large, in which colour."""

from __future__ import annotations

import math

from conf.schema.marks import MarksConfig
from synth.chance import Chance
from synth.recipe import Layout
from synth.scene import Mark, Rgb

FELT: tuple[Rgb, ...] = ((1.0, 0.95, 0.2), (1.0, 0.93, 0.3), (0.62, 1.0, 0.38), (1.0, 0.56, 0.74), (1.0, 0.72, 0.3))
_PENS: tuple[Rgb, ...] = ((0.08, 0.14, 0.5), (0.1, 0.2, 0.62), (0.1, 0.1, 0.12), (0.72, 0.08, 0.1))
_PENCIL: Rgb = (0.34, 0.34, 0.36)
_COFFEE: tuple[Rgb, ...] = ((0.5, 0.33, 0.17), (0.6, 0.42, 0.24), (0.42, 0.27, 0.15))
_SPILT: tuple[Rgb, ...] = (*_COFFEE, (0.62, 0.5, 0.3), (0.12, 0.16, 0.4))
_TIDE: tuple[Rgb, ...] = ((0.72, 0.6, 0.42), (0.66, 0.58, 0.46), (0.75, 0.68, 0.55))
_RUST: tuple[Rgb, ...] = ((0.62, 0.42, 0.22), (0.7, 0.52, 0.32))
_SHADE: Rgb = (0.3, 0.29, 0.28)
_DUST: tuple[Rgb, ...] = ((0.25, 0.23, 0.2), (0.4, 0.36, 0.3), (0.12, 0.12, 0.12))
_YELLOWED: tuple[Rgb, ...] = ((0.94, 0.88, 0.7), (0.97, 0.95, 0.88), (0.88, 0.76, 0.5))
_TABS: tuple[Rgb, ...] = (
    (0.98, 0.82, 0.18),
    (0.95, 0.36, 0.42),
    (0.3, 0.72, 0.86),
    (0.5, 0.8, 0.34),
    (0.98, 0.58, 0.2),
)
_LEAST_MARGIN_PT = 24.0
"""Narrower margins are not written in."""


def choose(config: MarksConfig, layout: Layout, chance: Chance) -> tuple[Mark, ...]:
    """The marks of one page, those under the pen and the felt first, as they came."""
    drawers = (
        (config.foxing_share, _foxing),
        (config.stain_share, _stain),
        (config.crease_share, _crease),
        (config.highlighter_share, _highlighter),
        (config.underline_share, _underline),
        (config.note_share, _note),
        (config.tick_share, _tick),
        (config.tape_share, _tape),
        (config.tab_share, _tab),
        (config.dust_share, _dust),
    )
    marks: list[Mark] = []
    for share, made in drawers:
        if chance.share(share):
            for _ in range(chance.whole(config.per_kind)):
                mark = made(layout, chance.between(config.strength), chance)
                if mark is not None:
                    marks.append(mark)
    return tuple(marks)


def _in_text(layout: Layout, chance: Chance) -> tuple[float, float]:
    right, bottom = layout.width - layout.right, layout.height - layout.bottom
    return chance.between((layout.left, right)), chance.between((layout.top, bottom))


def _on_page(layout: Layout, chance: Chance) -> tuple[float, float]:
    return chance.between((0, layout.width)), chance.between((0, layout.height))


def _margin(layout: Layout, chance: Chance) -> tuple[float, float, float] | None:
    """Left and right end of a side margin and a height in it, points; None where the margins are narrow."""
    sides = [(4.0, layout.left - 4), (layout.width - layout.right + 4, layout.width - 4)]
    wide = [side for side in sides if side[1] - side[0] >= _LEAST_MARGIN_PT]
    if not wide:
        return None
    left, right = chance.one(wide)
    return left, right, chance.between((layout.top, layout.height - layout.bottom))


def _foxing(layout: Layout, strength: float, chance: Chance) -> Mark:
    x, y = _on_page(layout, chance)
    return Mark("foxing", x, y, chance.between((60, 220)), 0.0, chance.one(_RUST), strength * 0.8, chance.seed())


def _stain(layout: Layout, strength: float, chance: Chance) -> Mark:
    kind, (x, y) = chance.pick({"ring": 0.3, "blot": 0.45, "water": 0.25}), _on_page(layout, chance)
    angle = chance.between((0, 360))
    if kind == "ring":
        return Mark(
            "ring", x, y, chance.between((130, 225)), angle, chance.one(_COFFEE), strength * 0.75, chance.seed()
        )
    if kind == "blot":
        size = math.exp(chance.between((math.log(5), math.log(60))))
        return Mark("blot", x, y, size, angle, chance.one(_SPILT), strength * 0.7, chance.seed())
    # Water comes from an edge: the middle of the patch lies near it.
    x = chance.one((0.0, layout.width)) + chance.between((-0.05, 0.05)) * layout.width
    return Mark("water", x, y, chance.between((150, 420)), angle, chance.one(_TIDE), strength, chance.seed())


def _crease(layout: Layout, strength: float, chance: Chance) -> Mark:
    if chance.share(0.4):
        return _dog_ear(layout, strength, chance)
    lengthwise = chance.share(0.3)
    # Folded in halves or thirds, or anywhere.
    place = chance.one((1 / 2, 1 / 3, 2 / 3, chance.between((0.1, 0.9)))) + chance.between((-0.02, 0.02))
    x = layout.width * (place if lengthwise else 0.5)
    y = layout.height * (0.5 if lengthwise else place)
    angle = chance.between((-2, 2)) + (90 if lengthwise else 0)
    length = 1.1 * (layout.height if lengthwise else layout.width)
    return Mark("fold", x, y, length, angle, _SHADE, strength, chance.seed())


def _dog_ear(layout: Layout, strength: float, chance: Chance) -> Mark:
    """A crease across a corner, the corner on its right hand: below it where its angle is 0."""
    right, bottom = chance.share(0.5), chance.share(0.5)
    depth = chance.between((14, 46))
    angle = {(True, True): -45.0, (False, True): 45.0, (False, False): 135.0, (True, False): -135.0}[right, bottom]
    x = layout.width - depth / 2 if right else depth / 2
    y = layout.height - depth / 2 if bottom else depth / 2
    return Mark("dog_ear", x, y, depth * math.sqrt(2), angle, _SHADE, strength, chance.seed())


def _highlighter(layout: Layout, strength: float, chance: Chance) -> Mark:
    x, y = _in_text(layout, chance)
    size = math.exp(chance.between((math.log(50), math.log(900))))
    return Mark("highlighter", x, y, size, 0.0, chance.one(FELT), 0.4 + 0.6 * strength, chance.seed())


def _underline(layout: Layout, strength: float, chance: Chance) -> Mark:
    x, y = _in_text(layout, chance)
    kind = "underline" if chance.share(0.75) else "circle"
    size = chance.between((40, 260)) if kind == "underline" else chance.between((25, 90))
    return Mark(kind, x, y, size, 0.0, _pen(chance), 0.4 + 0.6 * strength, chance.seed())


def _note(layout: Layout, strength: float, chance: Chance) -> Mark | None:
    margin = _margin(layout, chance)
    if margin is None:
        return None
    left, right, y = margin
    middle, size, angle = (left + right) / 2, right - left, chance.between((-12, 12))
    return Mark("note", middle, y, size, angle, _pen(chance), 0.4 + 0.6 * strength, chance.seed())


def _tick(layout: Layout, strength: float, chance: Chance) -> Mark | None:
    margin = _margin(layout, chance)
    if margin is None:
        return None
    left, right, y = margin
    kind = "tick" if chance.share(0.6) else "bar"
    size = chance.between((8, 18)) if kind == "tick" else chance.between((25, 150))
    x = chance.between((left + 0.25 * (right - left), right - 0.25 * (right - left)))
    angle = chance.between((-8, 8)) if kind == "tick" else chance.between((-2, 2))
    return Mark(kind, x, y, size, angle, _pen(chance), 0.3 + 0.6 * strength, chance.seed())


def _tape(layout: Layout, strength: float, chance: Chance) -> Mark:
    """Over a tear at the page's side."""
    x = chance.one((0.0, layout.width)) + chance.between((-20, 20))
    y, angle = chance.between((0, layout.height)), chance.between((-25, 25))
    return Mark("tape", x, y, chance.between((70, 160)), angle, chance.one(_YELLOWED), strength, chance.seed())


def _tab(layout: Layout, strength: float, chance: Chance) -> Mark | None:
    """At the outer end of a side margin, clear of the text."""
    margin = _margin(layout, chance)
    if margin is None:
        return None
    left, right, y = margin
    size = min(right - left, 40.0)
    outer = left - 4 + size / 2 if left < layout.width / 2 else right + 4 - size / 2
    return Mark("tab", outer, y, size, chance.between((-4, 4)), chance.one(_TABS), strength, chance.seed())


def _dust(layout: Layout, strength: float, chance: Chance) -> Mark:
    x, y = _on_page(layout, chance)
    return Mark("dust", x, y, chance.between((30, 120)), 0.0, chance.one(_DUST), strength, chance.seed())


def _pen(chance: Chance) -> Rgb:
    return _PENCIL if chance.share(0.3) else chance.one(_PENS)
