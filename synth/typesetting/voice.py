"""Which font, size and ink a piece of text is set in: a voice for each kind of block, a type for each style in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from synth import shaping
from synth.fonts import Family, Font
from synth.recipe import BLACK, Layout, Link
from synth.scene import Rgb
from synth.shaping import Shaped

_MONO_SIZES = (0.8, 1.0)  # monospaced letters are set smaller, so that their x-height is that of the text around
_LEAST_SPACE = 0.23  # em; some fonts' own is so narrow that words run together
_CODE_LEADING = 1.22
_MARK_SIZE, _MARK_RISE = 0.68, 0.36  # of a superscript, over the size of its text
_INDEX_RISE = -0.2  # of a subscript
_LARGE_SIZE, _LARGE_RISE = 1.45, -0.16  # of a sum's sign

_RISEN = {
    "superscript": (_MARK_SIZE, _MARK_RISE),
    "subscript": (_MARK_SIZE, _INDEX_RISE),
    "large": (_LARGE_SIZE, _LARGE_RISE),
}


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """What a glyph run shares; one object for one look, so that pieces of one run are known by identity.

    Attributes:
        size: points.
        rise: of the baseline, points.
        tracking: em.
        link: number of the link that the text belongs to, or None.
        prefix: whether it is the link's prefix.
        underline: none, thin, thick or low.
    """

    font: Font
    size: float
    ink: Rgb = BLACK
    rise: float = 0.0
    tracking: float = 0.0
    link: int | None = None
    prefix: bool = False
    underline: str = "none"

    def shape(self, text: str) -> Shaped:
        """Glyphs of a text in em; `tracking` is in its advance, but not yet in its xs."""
        return self.shaper()(text)

    def shaper(self) -> Callable[[str], Shaped]:
        """What shapes many texts of this type."""
        if self.tracking:
            return partial(_tracked, self.font, self.tracking)
        return partial(shaping.shape, self.font)

    def width(self, text: str) -> float:
        """Of a text, points."""
        return self.shape(text).advance * self.size


@dataclass(frozen=True, slots=True)
class Setting:
    """What all blocks of a page have in common."""

    layout: Layout
    links: tuple[Link, ...]
    families: Mapping[str, Family]

    @property
    def body(self) -> Family:
        """The family of the text."""
        return self.families[self.layout.body_family]


class Voice:
    """How the text of one kind of block is set: a size, and a type for each style.

    Attributes:
        setting: of the page.
        size, leading: points.
        base: the type of its ordinary words.
        space: natural width of a space, points.
    """

    def __init__(
        self,
        setting: Setting,
        scale: float = 1.0,
        family: Family | None = None,
        style: str = "roman",
        code: bool = False,
        ink: Rgb = BLACK,
    ) -> None:
        """A voice `scale` times as large as body text; `style` is what roman text in it is set in.

        In the voice of code all is monospaced; italic and bold stay what they are.
        """
        layout = setting.layout
        mono = setting.families[layout.mono_family]
        self.setting = setting
        self._family = mono if code else family or setting.body
        self._style, self._code, self._ink = style, code, ink
        matched = _matched(mono, setting.body) if code else 1.0
        self.size = layout.body_pt * scale * matched
        self.leading = self.size * _CODE_LEADING if code else layout.body_pt * scale * layout.leading
        self._types: dict[tuple[str, str], Type] = {}
        self._links: dict[int, tuple[Type, Type]] = {}
        self.base = self.type("roman")
        self.space = max(self.base.width(" "), 0.0 if code else _LEAST_SPACE * self.size)

    def type(self, style: str, underline: str = "none") -> Type:
        """The type of a style, as of a `Span`."""
        found = self._types.get((style, underline))
        if found is None:
            found = self._types[style, underline] = replace(self._made(style), ink=self._ink, underline=underline)
        return found

    def link_types(self, number: int, style: str) -> tuple[Type, Type]:
        """Types of a link's prefix and of its rest."""
        found = self._links.get(number)
        if found is None:
            link = self.setting.links[number]
            rest = replace(
                self.type("roman" if style == "spaced" else style), ink=link.ink, underline=link.underline, link=number
            )
            found = self._links[number] = replace(rest, prefix=True), rest
        return found

    def _made(self, style: str) -> Type:
        tracking = 0.0 if self._code else self.setting.layout.tracking
        if style in _RISEN:
            size, rise = _RISEN[style]
            return Type(self._family.font("roman"), self.size * size, rise=self.size * rise, tracking=tracking)
        if self._code:
            return Type(self._family.font(style if style in ("italic", "bold") else "roman"), self.size)
        if style == "mono":
            mono = self.setting.families[self.setting.layout.mono_family]
            return Type(mono.font("roman"), self.size * _matched(mono, self._family))
        return Type(self._family.font(self._style if style == "roman" else style), self.size, tracking=tracking)


def _matched(mono: Family, text: Family) -> float:
    """Size of monospaced letters over the size of the text that they stand in."""
    if mono is text:
        return 1.0
    heights = (shaping.metrics(family.font("roman")).x_height for family in (text, mono))
    low, high = _MONO_SIZES
    return min(max(next(heights) / next(heights), low), high)


def _tracked(font: Font, tracking: float, text: str) -> Shaped:
    """Letterspaced text; typesetters switch ligatures off in it. The canvas moves its glyphs apart, all at once."""
    shaped = shaping.shape(font, text, ligatures=False)
    return Shaped(shaped.glyphs, shaped.xs, shaped.advance + tracking * len(shaped.glyphs))
