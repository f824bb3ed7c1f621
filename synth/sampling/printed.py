"""Chooses a page's links: how many, which, how each is set, and in what kind of block it stands."""

from __future__ import annotations

from collections.abc import Sequence

from conf.schema.link import LinkConfig
from synth.chance import Chance
from synth.links import link_text
from synth.recipe import BLACK, Link
from synth.scene import Rgb

BRACKETS = {"round": "()", "square": "[]", "angle": "<>", "quotes": "“”"}
"""Opening and closing sign of each kind."""

INKS: dict[str, Rgb] = {
    "navy": (0.02, 0.08, 0.55), "blue": (0.0, 0.15, 0.75), "teal": (0.0, 0.25, 0.35), "red": (0.4, 0.0, 0.02),
    "magenta": (0.5, 0.0, 0.35),
}  # fmt: skip
"""Inks that printed links were seen in, blue by far the commonest."""
_INK_WEIGHTS = {"navy": 0.45, "blue": 0.25, "teal": 0.12, "red": 0.12, "magenta": 0.06}
_TABLE_LONGEST = 34  # characters of a link in a table's cell


def links(config: LinkConfig, places: Sequence[str], code_columns: int, chance: Chance) -> tuple[Link, ...]:
    """The links of a page.

    Args:
        config: shares and weights.
        places: kinds of block that the page has.
        code_columns: monospaced letters in a line of code.
        chance: where choices come from.
    """
    if chance.share(config.empty_share):
        return ()
    weights = {place: config.place_weights.get(place, 0.0) for place in places}
    if sum(weights.values()) <= 0:
        weights = {places[0]: 1.0}
    look = _look(config, chance)
    chosen = []
    for _ in range(chance.whole(config.per_page)):
        style, ink, underline, bracket = look if chance.share(config.alike_share) else _look(config, chance)
        place = chance.pick(weights)
        scheme = chance.pick({s: config.scheme_weights.get(s, 0.0) for s in config.schemes})
        longest = {"code": max(code_columns - 12, 24), "table": _TABLE_LONGEST}.get(place)
        text, prefix = link_text(scheme, config, chance, longest)
        in_prose = place not in ("code", "table")
        chosen.append(
            Link(
                text=text,
                prefix=prefix,
                scheme=scheme,
                style="mono" if place == "code" else style,
                ink=ink,
                underline=underline,
                may_wrap=chance.share(config.wrap_share) and in_prose,
                may_break_after_prefix=chance.share(config.prefix_break_share) and in_prose,
                bracket=bracket if in_prose else "",
                place=place,
                hyphen=chance.share(config.hyphen_share),
            )
        )
    return tuple(chosen)


def _look(config: LinkConfig, chance: Chance) -> tuple[str, Rgb, str, str]:
    """(style, ink, underline, opening bracket) that the links of a page have in common."""
    style, coloured, ink = (
        chance.pick(config.style_weights),
        chance.share(config.coloured_share),
        chance.pick(_INK_WEIGHTS),
    )
    underlined, underline = chance.share(config.underlined_share), chance.pick(config.underline_weights)
    bracketed, bracket = chance.share(config.bracket_share), chance.pick(config.bracket_weights)
    return (
        style,
        INKS[ink] if coloured else BLACK,
        underline if underlined else "none",
        BRACKETS[bracket][0] if bracketed else "",
    )
