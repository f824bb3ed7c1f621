"""What a person does with the page, done in Chromium."""

from __future__ import annotations

import base64
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from evaluate.matching import overlaps
from synth import Sample
from tests.web.conftest import PATIENCE_MS, ROOT, Opened, boxes_over, links, wait_for
from tests.web.scenes import photograph

pytestmark = pytest.mark.slow

READY = "Ready."
ONE_LINK = re.compile(r"^1 link found")
DONE = re.compile(r"\d links? found|No printed link|could not be read")


@pytest.fixture(scope="session")
def photo() -> Sample:
    """A photograph of part of a page with one link."""
    overrides = ("camera=phone", "camera.width_px=1200", "camera.height_px=900", "camera.x_height_px=[13,15]")
    return photograph(17, *overrides, "link.per_page=[1,1]", "ground.thumb_share=0")


def choose(page: Page, picture: bytes, kind: str = "image/jpeg") -> None:
    page.locator("#file").set_input_files({"name": "picture", "mimeType": kind, "buffer": picture})


def test_a_photograph_is_searched_and_read_and_nothing_leaves_the_device(opened: Opened, photo: Sample) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    wait_for(page, READY)
    choose(page, photo.jpeg)
    wait_for(page, ONE_LINK)
    (truth,) = photo.links
    assert truth.text
    assert links(page) == [truth.text]
    seen = boxes_over(page, "#still", photo.image.shape[1])
    assert overlaps([truth.bbox], seen)[0].max() > 0.4  # boxes are drawn with a margin

    page.get_by_role("button", name=f"Copy {truth.text}").click()
    wait_for(page, "Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == truth.text
    opens = page.get_by_role("link", name=f"Open {truth.text}")
    assert (opens.get_attribute("href") or "").rstrip("/") == truth.text.rstrip("/")
    assert opens.get_attribute("rel") == "noopener noreferrer"

    hosts = {urlsplit(address).netloc for address in asked if not address.startswith("blob:")}
    assert hosts <= {urlsplit(page.url).netloc}


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_may_be_dropped_or_pasted(opened: Opened, photo: Sample, event: str) -> None:
    page = opened()
    page.evaluate(
        """([event, picture]) => {
          const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "page.jpg", { type: "image/jpeg" }));
          const made = event === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
          document.body.dispatchEvent(made);
        }""",
        [event, base64.b64encode(photo.jpeg).decode()],
    )
    wait_for(page, ONE_LINK)
    assert links(page) == [photo.links[0].text]


def test_a_real_photograph(opened: Opened) -> None:
    picture = ROOT.parent / "shared" / "real" / "photos" / "images" / "ld_02.jpg"
    if not picture.is_file():
        pytest.skip("there are no real photographs beside the repository (../shared/real)")
    page = opened(width=1280)
    page.locator("#file").set_input_files(picture)
    wait_for(page, "2 links found.")
    assert links(page) == ["https://tensorflow.org/", "https://keras.io/"]


def test_it_works_without_a_network_once_it_was_loaded(opened: Opened, photo: Sample) -> None:
    page = opened()
    expect(page.locator("#offline")).to_contain_text("without a network", timeout=PATIENCE_MS)
    page.context.set_offline(True)
    page.reload()
    wait_for(page, READY)
    choose(page, photo.jpeg)
    wait_for(page, ONE_LINK)
    assert links(page) == [photo.links[0].text]


def test_a_picture_without_links_and_a_file_that_is_no_picture(opened: Opened) -> None:
    page = opened()
    choose(page, photograph(5, "camera=scan", "link.empty_share=1").jpeg)
    wait_for(page, re.compile("^No printed link was found here"))
    assert page.locator("#links li").count() == 0
    choose(page, b"%PDF-1.4", "application/pdf")
    wait_for(page, "This is not a picture that the browser can open. Take a JPEG, PNG or WebP file.")


@pytest.mark.parametrize(
    ("flags", "before", "sentence"),
    [
        (("--use-fake-device-for-media-stream",), "", "The camera was refused."),
        ((), "", "No camera was found."),
        ((), "Object.defineProperty(window, 'isSecureContext', {value: false})", "A browser opens the camera only"),
    ],
    ids=["refused", "missing", "insecure"],
)
def test_a_camera_that_cannot_be_had(opened: Opened, flags: tuple[str, ...], before: str, sentence: str) -> None:
    page = opened(*flags, before=before)
    wait_for(page, READY)
    page.get_by_role("button", name="Use the camera").click()
    wait_for(page, re.compile(sentence))
    expect(page.get_by_role("button", name="Use the camera")).to_be_visible()


def test_without_webassembly_it_says_so(opened: Opened) -> None:
    page = opened(before="delete window.WebAssembly")
    wait_for(page, re.compile("^This browser has no WebAssembly"))


def test_without_a_graphics_card_webassembly_computes(opened: Opened, photo: Sample) -> None:
    page = opened("--disable-features=WebGPU", query="?backend=webgpu")
    wait_for(page, "There is no webgpu here, so WebAssembly computes instead.")
    choose(page, photo.jpeg)
    wait_for(page, ONE_LINK)


def test_a_keyboard_reaches_everything_in_order(opened: Opened, photo: Sample) -> None:
    page = opened()
    choose(page, photo.jpeg)
    wait_for(page, ONE_LINK)
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert reached == ["camera", "file", "Open", "Copy"]


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_window(opened: Opened, photo: Sample, width: int, scheme: str) -> None:
    page = opened(width=width, color_scheme=scheme)
    choose(page, photo.jpeg)
    wait_for(page, DONE)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(re.findall(r"\d+", paper)[0]) < 80) == (scheme == "dark")
    for button in page.locator(".button").all():
        box = button.bounding_box()
        assert box and box["height"] >= 44  # what a thumb hits
