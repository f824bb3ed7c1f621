"""A page as a real browser shows it: what it fetches, what it complains of, whether it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from evaluate.detectors.chromium import launched

WIDTHS = (1280, 390)
"""Windows on a desk and on a phone, pixels."""


@dataclass
class Seen:
    """What a browser made of a page.

    Attributes:
        complaints: console messages and errors of scripts.
        fetched: addresses other than the page itself and what it carries.
        broken: pictures that were not decoded.
        overflow: pixels by which the page is wider than the window, for each of `WIDTHS`.
        text: what can be read, folded parts left out.
        pdf: the page printed on A4.
    """

    complaints: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    broken: int = 0
    overflow: list[int] = field(default_factory=list)
    text: str = ""
    pdf: bytes = b""


def look(path: Path, act: Callable[[Page], None] = lambda page: None) -> Seen:
    """Opens a file without a network, does something there, and looks at it in windows of several widths."""
    seen = Seen()
    browser = launched()
    page = browser.new_context(offline=True).new_page()
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", lambda request: seen.fetched.append(request.url))
    page.goto(path.resolve().as_uri())
    act(page)
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.evaluate("Promise.allSettled([...document.images].map(image => image.decode()))")
    seen.broken = page.evaluate("[...document.images].filter(image => !image.naturalWidth).length")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        seen.overflow.append(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
    seen.text = page.inner_text("body")
    seen.pdf = page.pdf(format="A4", print_background=True)
    browser.close()
    seen.fetched = [url for url in seen.fetched if url != path.resolve().as_uri() and not url.startswith("data:")]
    return seen
