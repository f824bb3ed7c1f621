"""The report in a real browser, on a desk and on a phone, and what it says of everything that can happen."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from playwright.sync_api import Page

import evaluate
from conf.schema.evaluate import ReportConfig
from data import Dataset, LinkAnnotation
from evaluate.links import Item
from evaluate.predictions import Detection
from evaluate.report import render, write_report
from evaluate.report.causes import CAUSES, cause_of
from evaluate.report.gallery import galleries
from evaluate.results import Results
from evaluate.summary import summary
from tests.evaluate.browser import look
from tests.evaluate.cases import evaluated
from tests.evaluate.pages import image
from tests.evaluate.report_cases import FATES, TEXT, every_fate, seen, truth

TEMPLATES = Path(evaluate.__file__).parent / "templates"
LIMIT = 10_000_000
"""Bytes of a report."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return every_fate(tmp_path_factory.mktemp("pages"))


def test_a_browser_shows_it_whole_and_without_a_network(results: Results, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    write_report(results, path)
    page = look(path)
    assert page.complaints == []
    assert page.fetched == []
    assert page.broken == 0
    assert max(page.overflow) <= 0
    assert "Of 10 printed links, 7 were found and 2 led to the right address: 20" in page.text
    for title in ("Where links are lost", "Detection", "Reading", "Pictures", "Pages without links", "Cost",
                  "Provenance", "Definitions"):  # fmt: skip
        assert title in page.text
    assert page.pdf.startswith(b"%PDF")


def test_it_holds_nothing_from_elsewhere_and_no_script_but_its_own(results: Results) -> None:
    page = _Parsed(render(results))
    assert page.script.strip() == (TEMPLATES / "sort.js").read_text().strip()
    assert not re.search(r"fetch|XMLHttp|WebSocket|import|innerHTML|eval|https?:", page.script)
    assert not page.tags & {"link", "iframe", "object", "embed", "base", "form"}
    assert page.addresses
    assert all(value.startswith(("data:image/", "#")) for value in page.addresses)
    assert {value[1:] for value in page.addresses if value[0] == "#"} <= page.ids
    assert not re.search(r"url\(|@import", page.style)
    assert page.drawings_without_a_name == 0


def test_tables_and_slices_are_sorted_by_a_click(results: Results, tmp_path: Path) -> None:
    """Numbers fall first, then rise; what is undefined stays last; slices go by the choice above them."""
    write_report(results, tmp_path / "index.html")
    table = "#detection table.sortable >> nth=0"

    def act(page: Page) -> None:
        kinds = f"{table} >> tr td:first-child"
        before = page.locator(kinds).all_inner_texts()
        page.click(f"{table} >> th:has-text('at any score') button")
        counts = [int(text) for text in page.locator(f"{table} >> tr td:last-child").all_inner_texts()]
        assert counts == sorted(counts, reverse=True) != sorted(counts)
        page.click(f"{table} >> th:has-text('error') button")
        assert page.locator(kinds).all_inner_texts() == sorted(before) != before
        page.click(f"{table} >> th:has-text('error') button")
        assert page.locator(kinds).all_inner_texts() == sorted(before, reverse=True)
        rows = ".slices .panel:has-text('scheme') >> .row .value"
        assert page.locator(rows).all_inner_texts() == ["http 5", "https 5"]
        page.select_option(".choice select", "found")
        assert page.locator(rows).all_inner_texts() == ["https 5", "http 5"]
        page.select_option(".choice select", "")
        assert page.locator(rows).all_inner_texts() == ["http 5", "https 5"]

    look(tmp_path / "index.html", act)


def test_what_is_printed_never_becomes_markup(tmp_path: Path) -> None:
    evil = "https://a.org/<script>alert(1)</script><img src=x onerror=alert(1)>"
    found = seen(0, evil.replace("org", "0rg"))
    PillowImage.new("RGB", (400, 300), "white").save(tmp_path / "a.png")
    page = image(tmp_path / "a.png", [truth(0, text=evil, attributes={"style": "<b>bold"})])
    html = render(evaluated(Dataset((page,)), [[found]]))
    assert html.count("<script") == 1
    assert "<script>alert" not in html
    assert "<b>bold" not in html
    assert "onerror=alert(1)>" not in html


@pytest.mark.parametrize("cause", list(FATES))
def test_each_failure_has_its_cause(results: Results, cause: str) -> None:
    row = list(FATES).index(cause)
    here = [item for item in results.items if item.page == 0]
    if cause in ("duplicate", "false_alarm"):
        boxes = [found.bbox for found in FATES[cause]]
        items = [item for item in here if item.outcome == "false_alarm" and _bbox(item) in boxes]
    else:
        items = [item for item in here if item.link == row]
    assert [cause_of(item, here, results.pages[0]) for item in items] == [cause]


def _bbox(item: Item) -> object:
    return item.detection and item.detection.bbox


def test_every_item_is_in_one_gallery_and_failures_come_first(results: Results) -> None:
    shown = galleries(results)
    assert sum(gallery.total for gallery in shown) == len(results.items)
    order = [cause.key for cause in CAUSES]
    assert [order.index(gallery.cause.key) for gallery in shown] == sorted(
        order.index(gallery.cause.key) for gallery in shown
    )
    assert {gallery.cause.key for gallery in shown} == set(FATES)
    (wrong,) = next(gallery for gallery in shown if gallery.cause.key == "wrong_host").cards
    assert wrong.astray
    assert wrong.line is not None
    assert [(piece.printed, piece.read) for piece in wrong.pieces if piece.kind == "changed"] == [("l", "1")]


@pytest.mark.parametrize("found", [[], [seen(0, "https://a.org")]], ids=["silent", "false alarm"])
def test_undefined_is_a_dash_with_its_reason(tmp_path: Path, found: list[Detection]) -> None:
    PillowImage.new("RGB", (400, 300), "white").save(tmp_path / "a.png")
    pages = Dataset((image(tmp_path / "a.png", []),))
    results = evaluated(pages, [found])
    html = render(results)
    assert "–" in html
    for name in ("end_to_end.normalised.recall", "detection.ap"):
        assert results.metrics["reasons"][name] in html
    assert not re.search(r"\b(nan|inf|None|-1)\b", _Parsed(html).text.partition("Whole configuration")[0])
    assert results.metrics["reasons"]["detection.ap"] in summary(results)


def test_intervals_are_called_what_they_are(tmp_path: Path) -> None:
    results = every_fate(tmp_path, confidence=0.8)
    for text in (_Parsed(render(results)).text, summary(results)):
        assert "(80\N{NARROW NO-BREAK SPACE}% interval " in text
        assert "95\N{NARROW NO-BREAK SPACE}%" not in text
    unsure = _Parsed(render(every_fate(tmp_path, resamples=0))).text
    assert "led to the right address: 20.0\N{NARROW NO-BREAK SPACE}%." in unsure


def test_few_links_are_grey_and_many_are_not(tmp_path: Path) -> None:
    PillowImage.new("RGB", (400, 300), "white").save(tmp_path / "a.png")
    images = [
        image(tmp_path / "a.png", [truth(0, attributes={"style": "mono" if n < 30 else "bold"})]) for n in range(59)
    ]
    html = render(evaluated(Dataset(tuple(images)), [[seen(0, TEXT)] for _ in images], report=ReportConfig(gallery=0)))
    row = r'<div class="row( few)?"[^>]*><span class="value">(mono|bold) '
    rows = {name: few for few, name in re.findall(row, html)}
    assert rows == {"mono": "", "bold": " few"}


@pytest.mark.parametrize("engine", ["oracle", "none"])
def test_the_summary_says_what_the_report_says(tmp_path: Path, engine: str) -> None:
    results = every_fate(tmp_path, engine=engine)
    text = summary(results)
    first = re.search(r"\*\*(.*)\*\*", text)
    assert first is not None
    assert first[1] in _Parsed(render(results)).text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert any(line.startswith("| links found | 70") for line in rows)
    assert any("links read right" in line for line in rows) == (engine != "none")
    assert results.metrics["dataset"]["hash"] in text


@pytest.mark.slow
def test_a_thousand_noisy_pages_stay_under_the_limit(tmp_path: Path) -> None:
    """The worst pictures to compress, in every gallery as many as a user may ask for."""
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    PillowImage.fromarray(noise).save(tmp_path / "noise.png")
    links = [LinkAnnotation((30, 40, 90, 24), text=TEXT), LinkAnnotation((30, 140, 90, 24), text=TEXT)]
    dataset = Dataset(tuple(image(tmp_path / "noise.png", links) for _ in range(1000)))
    found = Detection((30, 140, 90, 24), 0.9, "http", text="https://a.org/x", line_text="", raw_text="")
    results = evaluated(dataset, [[found]] * 1000, report=ReportConfig(gallery=100, thumbnail_px=800))
    write_report(results, tmp_path / "index.html")
    assert LIMIT / 2 < (tmp_path / "index.html").stat().st_size < LIMIT
    shown = galleries(results)
    assert all(0 < len(gallery.cards) < gallery.total == 1000 for gallery in shown)
    assert max(len(gallery.cards) for gallery in shown) - min(len(gallery.cards) for gallery in shown) <= 1


class _Parsed(HTMLParser):
    """Tags, addresses and anchors of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.style = ""
        self.script = ""
        self.text = ""
        self.drawings_without_a_name = 0
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self._inside = tag
        self.ids |= {given["id"] or ""} if "id" in given else set()
        self.addresses += [given[name] or "" for name in ("src", "href", "srcset", "data", "poster") if name in given]
        self.drawings_without_a_name += tag == "svg" and given.get("role") == "img" and not given.get("aria-label")

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.style += data
        elif self._inside == "script":
            self.script += data
        else:
            self.text += data
