"""Chooses a page's geometry, its families, and what kinds of block it has besides paragraphs."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from conf import UserError
from conf.schema.page import PageConfig
from synth import shaping, words
from synth.chance import Chance
from synth.fonts import Family, Font, faces, of_kind
from synth.fonts.families import BODY_KINDS
from synth.recipe import BLACK, Layout
from synth.sampling import titles
from synth.sampling.printed import INKS

log = logging.getLogger(__name__)

_NARROWEST_EM = 9
_X_HEIGHT = 0.47  # em, of type for text
_SCRIPT_SIZES = (1.0, 1.4)
_ASIDE_TONES = (0.06, 0.2)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a page has besides paragraphs.

    Attributes:
        text: what it reads like: novel, handbook or encyclopedia.
        footnotes, codes, tables, figures, asides, equations: how many.
        bibliography: share of the page at which its bibliography begins; None where it has none.
        drop_cap: whether it begins with a large initial.
    """

    text: str
    footnotes: int
    codes: int
    tables: int
    figures: int
    bibliography: float | None
    drop_cap: bool
    asides: int = 0
    equations: int = 0

    @property
    def places(self) -> tuple[str, ...]:
        """Where links can stand on it; see `synth.recipe.Link.place`."""
        alone = self.bibliography == 0.0
        found = {
            "text": not alone,
            "footnote": self.footnotes > 0,
            "bibliography": self.bibliography is not None,
            "code": self.codes > 0,
            "table": self.tables > 0,
            "caption": self.figures > 0,
        }
        return tuple(place for place, there in found.items() if there)


def plan(page: PageConfig, chance: Chance) -> Plan:
    """What the page has; nothing but entries where its bibliography stands alone."""
    technical, encyclopedic = chance.share(page.technical_share), chance.share(page.encyclopedia_share)
    footnotes = chance.whole((1, 4)) if chance.share(page.footnote_share) else 0
    codes = chance.whole((1, 2)) if chance.share(page.code_share) else 0
    tables = int(chance.share(page.table_share))
    figures = chance.whole(page.figures_per_page) if chance.share(page.figure_share) else 0
    listed, alone = chance.share(page.bibliography_share), chance.share(page.bibliography_alone_share)
    # No novel has listings or tables, and what is said around code is about programs.
    text = "handbook" if codes or not encyclopedic else "encyclopedia"
    if not (technical or codes or tables):
        text = "novel"
    asides = chance.whole((1, 2)) if chance.share(page.aside_share) else 0
    reckons, equations = chance.share(page.equation_share) and text == "handbook", chance.whole((1, 4))
    begins, drop_cap = chance.between((0.25, 0.7)), chance.share(page.drop_cap_share)
    if listed and alone:
        return Plan(text, 0, 0, 0, 0, 0.0, False)
    begins_at = begins if listed else None
    return Plan(text, footnotes, codes, tables, figures, begins_at, drop_cap, asides, equations if reckons else 0)


def layout(page: PageConfig, families: Mapping[str, Family], chance: Chance) -> Layout:
    """Geometry and families of the page."""
    families = _having_letters(families, page.text_file)
    named = {kind: of_kind(families, kind) for kind in (*BODY_KINDS, "script")}
    kind = _kind(page, named, chance)
    body, sans, indented = chance.one(named[kind]), chance.one(named["sans"]), chance.share(page.indented_share)
    indent, gap = chance.between(page.indent_em), chance.between(page.gap_lines)
    headed, numbered = chance.share(page.running_head_share), chance.share(page.page_number_share)
    head, number, ruled = titles.book(chance), chance.whole((1, 799)), chance.share(page.head_rule_share)
    left, right, gutter = (
        chance.between(page.margin_pt),
        chance.between(page.margin_pt),
        chance.between(page.column_gap_pt),
    )
    body_pt = round(chance.between(page.body_pt) * (_enlarged(families[body]) if kind == "script" else 1.0), 2)
    narrow = (page.width_pt - left - right - gutter) / 2 < _NARROWEST_EM * body_pt
    at_foot, tracked = chance.share(page.number_at_foot_share), chance.share(page.tracked_share)
    tracking, typed = chance.between(page.tracking_em), kind != "script"  # letters of a pen join, and it fills no line
    turned = bool(page.turned_share) and chance.share(page.turned_share)
    return Layout(
        width=page.height_pt if turned else page.width_pt,
        height=page.width_pt if turned else page.height_pt,
        left=left,
        right=right,
        top=chance.between(page.margin_pt),
        bottom=chance.between(page.margin_pt),
        columns=2 if chance.share(page.two_column_share) and not narrow else 1,
        column_gap=gutter,
        body_pt=body_pt,
        leading=chance.between(page.leading),
        tracking=tracking if tracked and typed else 0.0,
        indent=indent if indented else 0.0,
        paragraph_gap=0.0 if indented else gap,
        justified=chance.share(page.justified_share) and typed,
        hyphenated=chance.share(page.hyphenated_share) and typed,
        body_family=body,
        heading_family=sans if chance.share(page.heading_sans_share) else body,
        mono_family=chance.one(named["mono"]),
        heading_style=chance.pick(page.heading_style_weights),
        heading_size=chance.between(page.heading_size),
        heading_centred=chance.share(page.heading_centred_share),
        code_box=chance.pick(page.code_box_weights),
        running_head=head if headed else None,
        head_rule=headed and ruled,
        page_number=number if numbered else None,
        table_rules="grid" if chance.share(page.table_grid_share) else "book",
        folio="none" if not numbered else "foot" if at_foot else "head",
        heading_ink=chance.one(tuple(INKS.values())) if chance.share(page.heading_coloured_share) else BLACK,
        aside_box=chance.pick(page.aside_box_weights),
        aside_ink=chance.one(tuple(INKS.values())) if chance.share(page.aside_coloured_share) else BLACK,
        aside_tone=chance.between(_ASIDE_TONES),
    )


def _kind(page: PageConfig, named: Mapping[str, Sequence[str]], chance: Chance) -> str:
    """Kind of the family that the body is set in; serif instead of script where there is no script family."""
    script = page.script_share if named["script"] else 0.0
    shares = {"mono": page.mono_share, "sans": page.sans_share, "script": script}
    return chance.pick({**shares, "serif": 1 - sum(shares.values())})


def _enlarged(family: Family) -> float:
    """Size of a script over that of type: its small letters are low."""
    low, high = _SCRIPT_SIZES
    return min(max(_X_HEIGHT / shaping.metrics(family.font("roman")).x_height, low), high)


def _having_letters(families: Mapping[str, Family], text_file: str | None) -> Mapping[str, Family]:
    """The families that have all letters of the user's text."""
    letters = words.own(text_file).letters if text_file is not None else frozenset()
    if not letters:
        return families
    found = {name: f for name, f in families.items() if all(_has(font, letters) for font in f.fonts.values())}
    if not found:
        raise UserError(
            f"No font family has all letters of page.text_file={text_file}, as {', '.join(sorted(letters)[:5])}; "
            "add fonts to font.packages or font.folder."
        )
    if len(found) < len(families):
        _tell(len(families) - len(found), len(families), text_file)
    return found


@cache
def _has(font: Font, letters: frozenset[str]) -> bool:
    return not faces.lacking(font, letters)


@cache  # once is enough
def _tell(left_out: int, of: int, text_file: str | None) -> None:
    log.info("%d of %d font families left out: they lack letters of page.text_file=%s", left_out, of, text_file)
