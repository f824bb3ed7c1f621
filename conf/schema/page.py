"""Schema of `page`: layout and text of a page."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import interval, key


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
