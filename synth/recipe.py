"""What was chosen for one page: frozen, written beside the page as JSON, enough to draw it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from synth.scene import Camera, Ground, Paper, Rgb, Thumb

BLACK: Rgb = (0.02, 0.02, 0.02)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `link` is the index into `Recipe.links`, or None for ordinary text.

    Styles: roman, italic, bold, mono, smallcaps, superscript (a footnote's mark, a power), subscript, large (a sum's
    sign), spaced (roman, a link's, with white behind each dot). `underline` is of ordinary text, as a link's; a link's
    own stands in its `Link`.
    """

    text: str
    style: str = "roman"
    link: int | None = None
    underline: str = "none"


Word = str | tuple[Span, ...]
"""A word of ordinary roman text; or spans with no space between them: an opening bracket and the link in it."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula: what stands on its line, and small behind that, raised and lowered; or a fraction.

    Attributes:
        under: what stands below the fraction's line, `spans` above it; empty where it is no fraction.
    """

    spans: tuple[Span, ...]
    raised: str = ""
    lowered: str = ""
    under: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A generated picture.

    Attributes:
        kind: grey, photo, chart, diagram, or code (a block like a QR code).
        width: share of the column's width.
        aspect: height over width.
    """

    kind: str
    width: float
    aspect: float
    seed: int


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two paragraph ends.

    Attributes:
        kind: paragraph, heading, item, quote, aside (a note in a box), equation, code, entry (of a bibliography),
            caption, figure, table, or footnote; on receipts and cards left, centred or right (a line aligned so), row
            (the first cell at the left, the others at the right), rule.
        words: its text; empty for equation, code, figure, table, row and rule.
        label: what stands before it: an item's bullet or number, an entry's key `[12]`, a footnote's mark, a caption's
            `Figure 3.`; an aside's title; an equation's number; of a rule the sign that it is made of, or `line`, or
            nothing: white; of a figure its side, if any.
        level: of a heading (1 is the greatest) or of a nested item, from 1 on; of a line or row 0 for body text, -1
            for smaller, and else as of a heading.
        drop_cap: a paragraph that begins with a large initial.
        lines: of code, verbatim, blanks included; set in the monospaced family whatever the spans' styles say,
            italic and bold apart.
        cells: of a table, rows of cells of words, the first row its head; of a row, that row.
        figure: of a figure.
        formula: of an equation.
    """

    kind: str
    words: tuple[Word, ...] = ()
    label: str = ""
    level: int = 1
    drop_cap: bool = False
    lines: tuple[tuple[Span, ...], ...] = ()
    cells: tuple[tuple[tuple[Word, ...], ...], ...] = ()
    figure: Figure | None = None
    formula: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link as chosen.

    Attributes:
        text: whole, as a reader would type it.
        prefix: what the detector must find: scheme and `://`, or `www.`.
        scheme: one of `conf.schema.link.SCHEMES`.
        style: as of a `Span`.
        ink: colour of its print.
        underline: none, thin, thick, or low (touching the descenders' ends).
        bracket: the opening bracket before it, or empty.
        place: text, footnote, bibliography, code, table or caption.
        hyphen: whether a hyphen is printed where it is broken (it belongs to neither text nor segment).
    """

    text: str
    prefix: str
    scheme: str
    style: str
    ink: Rgb
    underline: str = "none"
    may_wrap: bool = True
    may_break_after_prefix: bool = False
    bracket: str = ""
    place: str = "text"
    hyphen: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Page geometry in points; families by name.

    Attributes:
        leading: line distance over body size.
        tracking: added to each letter's advance, em.
        indent: of a paragraph's first line, em.
        paragraph_gap: between paragraphs, lines.
        heading_style: roman, bold, italic or smallcaps.
        heading_size: of the greatest heading, over body size.
        code_box: none, frame or tint: what stands behind code.
        folio: where the page number stands: none, head (outer corner) or foot (centred).
        head_rule: a rule under the running head.
        heading_ink: black, or a colour.
        aside_box: frame, tint or bar (a thick rule at the left): what tells a note from the text around it.
        aside_ink: of that box, and of what stands above the note.
        aside_tone: coverage of a tint, 0…1.
        table_rules: book (above, below, and under the head) or grid (around each cell).
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    columns: int
    column_gap: float
    body_pt: float
    leading: float
    tracking: float
    indent: float
    paragraph_gap: float
    justified: bool
    hyphenated: bool
    body_family: str
    heading_family: str
    mono_family: str
    heading_style: str
    heading_size: float
    heading_centred: bool
    code_box: str
    running_head: str | None
    head_rule: bool
    page_number: int | None
    folio: str
    table_rules: str = "book"
    heading_ink: Rgb = BLACK
    aside_box: str = "frame"
    aside_ink: Rgb = BLACK
    aside_tone: float = 0.1


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
    ground: Ground
    camera: Camera
    thumb: Thumb | None = None

    def as_dict(self) -> dict[str, Any]:
        """The recipe as plain JSON values."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain
