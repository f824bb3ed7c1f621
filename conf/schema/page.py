"""Schema of `page`: layout and text of a page."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import interval, key
from conf.errors import UserError
from conf.schema.link import check_weights

KINDS = ("book", "receipt", "card")
HEADING_STYLES = ("roman", "bold", "italic", "smallcaps")
CODE_BOXES = ("none", "frame", "tint")
ASIDE_BOXES = ("frame", "tint", "bar")
FIGURES = ("grey", "photo", "chart", "diagram", "code")
LANGUAGES = ("python", "shell", "c", "javascript", "markup", "settings")


@dataclass
class PageConfig:
    """Layout of a page; lengths in points of 1/72 inch."""

    kind: str = key(
        "book", "what is printed: a page of a book, or a loose slip of lines: a receipt, a card", choices=KINDS
    )
    width_pt: float = key(540.0, "page width, points", low=100, high=2000)
    height_pt: float = key(666.0, "page height, points; of a receipt the greatest", low=100, high=3000)
    turned_share: float = key(0.0, "share of pages turned: as high as the others are wide", low=0, high=1)
    capitals_share: float = key(
        0.0, "share of receipts and cards printed in capitals; their links keep their own case", low=0, high=1
    )
    margin_pt: list[float] = interval([45.0, 72.0], "margin, points, drawn for each side", low=0, high=400)
    two_column_share: float = key(
        0.08, "share of pages set in two columns, where each has room for 9 em", low=0, high=1
    )
    column_gap_pt: list[float] = interval([14.0, 24.0], "space between two columns, points", low=4, high=100)
    body_pt: list[float] = interval(
        [9.0, 11.0], "size of the body text, points; of a script up to 1.4 times that", low=4, high=40
    )
    leading: list[float] = interval([1.15, 1.4], "line distance over body size", low=0.9, high=3)
    tracked_share: float = key(0.3, "share of pages whose letters are set wider or tighter", low=0, high=1)
    tracking_em: list[float] = interval(
        [-0.005, 0.015], "what is added to each letter's width there, em", low=-0.05, high=0.3
    )
    sans_share: float = key(0.25, "share of pages whose body is set in a sans-serif family", low=0, high=1)
    mono_share: float = key(0.0, "share of pages whose body is set in a monospaced family", low=0, high=1)
    script_share: float = key(
        0.02,
        "share of pages set in a script family, as if written by hand; in serif where font.split leaves no script",
        low=0,
        high=1,
    )
    justified_share: float = key(0.8, "share of pages with justified text; the others are ragged right", low=0, high=1)
    hyphenated_share: float = key(0.8, "share of pages that hyphenate words", low=0, high=1)
    indented_share: float = key(
        0.75, "share of pages with indented paragraphs; on the others a gap stands between them", low=0, high=1
    )
    indent_em: list[float] = interval([1.0, 2.2], "indent of a paragraph, em", low=0, high=10)
    gap_lines: list[float] = interval([0.35, 0.9], "gap between paragraphs that are not indented", low=0, high=3)
    paragraph_sentences: list[int] = interval([2, 7], "sentences of a paragraph", low=1, high=100)
    heading_share: float = key(0.15, "share of paragraphs that a heading precedes", low=0, high=1)
    heading_size: list[float] = interval([1.15, 1.8], "size of the greatest heading over body size", low=0.8, high=5)
    heading_centred_share: float = key(0.15, "share of pages with centred headings", low=0, high=1)
    heading_sans_share: float = key(0.4, "share of pages with headings in a sans-serif family", low=0, high=1)
    heading_coloured_share: float = key(0.08, "share of pages with headings in coloured ink", low=0, high=1)
    heading_style_weights: dict[str, float] = key(
        {"bold": 0.7, "roman": 0.12, "italic": 0.1, "smallcaps": 0.08},
        f"how often each of {', '.join(HEADING_STYLES)}, relative",
        low=0,
    )
    running_head_share: float = key(0.7, "share of pages with a running head", low=0, high=1)
    head_rule_share: float = key(0.3, "share of running heads with a rule below", low=0, high=1)
    page_number_share: float = key(0.85, "share of pages with a page number", low=0, high=1)
    number_at_foot_share: float = key(
        0.5, "share of page numbers at the foot; the others stand at the head", low=0, high=1
    )
    list_share: float = key(0.12, "share of paragraphs that a list follows", low=0, high=1)
    quote_share: float = key(0.05, "share of paragraphs that a block quote follows", low=0, high=1)
    emphasis_share: float = key(
        0.15, "share of paragraphs with a word in italic, bold, mono or capitals", low=0, high=1
    )
    drop_cap_share: float = key(0.04, "share of pages that begin with a large initial", low=0, high=1)
    footnote_share: float = key(0.25, "share of pages with footnotes", low=0, high=1)
    code_share: float = key(0.12, "share of pages with listings of code", low=0, high=1)
    code_weights: dict[str, float] = key(
        {"python": 0.25, "shell": 0.25, "c": 0.15, "javascript": 0.15, "markup": 0.1, "settings": 0.1},
        f"how often each of {', '.join(LANGUAGES)}, relative",
        low=0,
    )
    code_box_weights: dict[str, float] = key(
        {"none": 0.4, "frame": 0.25, "tint": 0.35}, "how often a frame or a tint stands behind code, relative", low=0
    )
    aside_share: float = key(
        0.1,
        "share of pages with a note or two set apart from the text, in a frame, on a tint, beside a bar",
        low=0,
        high=1,
    )
    aside_box_weights: dict[str, float] = key(
        {"frame": 0.3, "tint": 0.5, "bar": 0.2}, f"how often each of {', '.join(ASIDE_BOXES)}, relative", low=0
    )
    aside_coloured_share: float = key(0.35, "share of pages whose notes have a box in colour", low=0, high=1)
    equation_share: float = key(
        0.3, "share of pages with formulas on lines of their own, of those that read like a handbook", low=0, high=1
    )
    table_share: float = key(0.12, "share of pages with a table", low=0, high=1)
    table_grid_share: float = key(0.25, "share of pages whose tables have lines around each cell", low=0, high=1)
    figure_share: float = key(0.25, "share of pages with pictures", low=0, high=1)
    figures_per_page: list[int] = interval([1, 2], "pictures on a page that has any", low=1, high=10)
    figure_weights: dict[str, float] = key(
        {"grey": 0.15, "photo": 0.25, "chart": 0.25, "diagram": 0.25, "code": 0.1},
        f"how often each of {', '.join(FIGURES)} (code: as a QR code), relative",
        low=0,
    )
    bibliography_share: float = key(0.07, "share of pages with a bibliography", low=0, high=1)
    bibliography_alone_share: float = key(0.4, "share of those with nothing else on the page", low=0, high=1)
    technical_share: float = key(
        0.6,
        "share of pages that read like a textbook, beside those with code or tables; the others like a novel",
        low=0,
        high=1,
    )
    encyclopedia_share: float = key(
        0.5, "share of those that read like an encyclopaedia; the others like a handbook of programming", low=0, high=1
    )
    text_file: str | None = key(
        None, "UTF-8 file whose sentences fill the pages; null: a novel, handbook, encyclopaedia"
    )

    def check(self, prefix: str) -> None:
        """Refuses weights for names that do not exist, and shares that leave less than nothing."""
        check_weights(f"{prefix}heading_style_weights", self.heading_style_weights, HEADING_STYLES)
        check_weights(f"{prefix}code_weights", self.code_weights, LANGUAGES)
        check_weights(f"{prefix}code_box_weights", self.code_box_weights, CODE_BOXES)
        check_weights(f"{prefix}aside_box_weights", self.aside_box_weights, ASIDE_BOXES)
        check_weights(f"{prefix}figure_weights", self.figure_weights, FIGURES)
        if self.sans_share + self.mono_share + self.script_share > 1:
            raise UserError(f"{prefix}sans_share, mono_share and script_share together exceed 1; the rest is serif.")
