"""How fast the page in a browser is: `python -m bench.web_speed`, by the clock, on a machine that does nothing else.

Serves web/dist as `make web` does and opens it in a headless Chromium: milliseconds of the detector, by who computes;
from a picture to its second link; from a steady camera to a link; loading, and bytes as they are sent. The pictures are
rendered, the same each time. Writes its section of RESULTS.md.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import re
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bench import table
from bench.evaluate_speed import provenance
from evaluate.detectors.chromium import launched
from synth import Sample
from tests.web.scenes import pan, photograph

_MARK = "web_speed"
_WEB = Path(__file__).parents[1] / "web"
_SCRIPTS = Path(__file__).with_name("web_speed.js")
_READY = re.compile(r"^(Ready|There is no)")
_PATIENCE_MS = 300_000
_SIDE = 640
_BACKENDS = {"wasm": "WebAssembly", "webgl": "WebGL", "webgpu": "WebGPU"}
_GRAPHICS = ("--enable-unsafe-webgpu",)
_CLOSE = ("camera=phone", "camera.width_px=1200", "camera.height_px=900", "camera.x_height_px=[13,15]",
              "link.per_page=[6,9]", "ground.thumb_share=0")  # fmt: skip
_PARTS = {
    "the detector": re.compile(r"model/"),
    "TensorFlow.js and the worker that sees": re.compile(r"assets/(?!page|source)"),
    "Tesseract and its English data": re.compile(r"ocr/"),
    "the page itself": re.compile(r""),
}
_IMITATED = " SwiftShader imitates a graphics card on the processor."
_FRAMES_A_SECOND, _READ_MS, _DETECTOR_MB, _CAMERA_S = 8, 600, 3, 2

Loaded = tuple[float, dict[str, int]]
"""Milliseconds until the page was ready, and bytes that were sent until then, by what they are for."""


@dataclass(frozen=True, slots=True)
class Frames:
    """One who computes: milliseconds of each frame, and on what; no frames where it cannot be had."""

    backend: str
    taken_ms: tuple[float, ...]
    on: str


@dataclass(frozen=True, slots=True)
class Read:
    """A picture with two links: milliseconds until the second was shown, and until all was done, and of what."""

    second_ms: float | None
    done_ms: float
    parts: dict[str, float]


def main() -> None:
    """Measures, prints the tables, and writes the section of RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.web_speed", description=__doc__)
    parser.add_argument("--backends", nargs="+", choices=list(_BACKENDS), default=list(_BACKENDS))
    parser.add_argument("--frames", type=int, default=100, help="of each backend; fewer where they take over a minute")
    parser.add_argument("--pictures", type=int, default=12, help="with two links (12)")
    parser.add_argument("--clips", type=int, default=3, help="times that the camera's clip is played (3)")
    parser.add_argument("--results", default=str(Path(__file__).with_name("RESULTS.md")))
    given = parser.parse_args()
    with _served() as site:
        version, loaded = _loading(site)
        frames = [_frames(site, backend, given.frames) for backend in given.backends]
        reads = _reading(site, given.pictures)
        waits = _camera(site, given.clips)
    text = section(given, version, frames, loaded, reads, waits)
    print(text)
    table.replace_section(Path(given.results), text, _MARK)


@contextmanager
def _served() -> Iterator[str]:
    """Address of the built page."""
    if not (_WEB / "dist" / "index.html").is_file():
        raise SystemExit("There is no page in web/dist: npm ci --prefix web, then npm run --prefix web build.")
    command = ["node", "serve.mjs", "--port", "0"]
    with subprocess.Popen(command, cwd=_WEB, stdout=subprocess.PIPE, text=True) as server:
        try:
            said = server.stdout.readline() if server.stdout else ""
            address = re.search(r"http://\S+/", said)
            if address is None:
                raise SystemExit("web/serve.mjs did not start.")
            yield address.group()
        finally:
            server.terminate()


@contextmanager
def _opened(site: str, *flags: str, graphics: bool = False, **context: Any) -> Iterator[Any]:
    """The page in a browser of its own, which has kept nothing, with what `web_speed.js` adds."""
    browser = launched(*flags, graphics=graphics)
    try:
        page = browser.new_context(service_workers="block", **context).new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.add_init_script(path=_SCRIPTS)
        yield page
    finally:
        browser.close()


def _ready(page: Any, site: str) -> Any:
    page.goto(site)
    page.get_by_role("status").filter(has_text=_READY).wait_for()
    return page


def _loading(site: str) -> tuple[str, Loaded]:
    """The browser's version, and how the page was loaded."""
    asked: list[str] = []
    with _opened(site) as page:
        page.context.on("request", lambda request: asked.append(request.url))
        loaded = _ready(page, site).evaluate("inklinkSpeed.readyAt()")
        version = f"Chromium {page.context.browser.version}"
    sizes = dict.fromkeys(_PARTS, 0)
    for address in sorted({each for each in asked if each.startswith(site)}):
        part = next(name for name, known in _PARTS.items() if known.match(urlsplit(address).path[1:]))
        sizes[part] += _sent(address)
    return version, (float(loaded), sizes)


def _sent(address: str) -> int:
    """Bytes of a file as the server sends it to a browser."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
        return len(answer.read())


def _frames(site: str, backend: str, count: int) -> Frames:
    """The page's own worker, asked for one frame after the other."""
    frame = photograph(1, "camera=none", f"camera.width_px={_SIDE}", f"camera.height_px={_SIDE}")
    (worker,) = (_WEB / "dist" / "assets").glob("worker-*.js")
    graphics = backend != "wasm"
    with _opened(site, *(_GRAPHICS if graphics else ()), graphics=graphics) as page:
        page.goto(site)
        asked = [f"assets/{worker.name}", backend, _encoded(frame.jpeg), count]
        said = page.evaluate("given => inklinkSpeed.frames(...given)", asked)
    return Frames(_BACKENDS[backend], tuple(said["taken"]), said["on"])


def _reading(site: str, count: int) -> list[Read]:
    """Pictures given one after the other, after one without a clock."""
    reads = []
    with _opened(site) as page:
        _ready(page, site)
        for picture in pictures(count + 1):
            said = page.evaluate("given => inklinkSpeed.read(given)", _encoded(picture.jpeg))
            reads.append(Read(said["second"], said["done"], said["parts"]))
    return reads[1:]


def pictures(count: int) -> list[Sample]:
    """The first so many photographs that show two links."""
    seen = (photograph(seed, *_CLOSE) for seed in itertools.count())
    return list(itertools.islice((sample for sample in seen if _shows_two(sample)), count))


def _shows_two(sample: Sample) -> bool:
    """Whether two links, and no part of another, are in view; each in one line."""
    return [(link.ignore, len(link.segments)) for link in sample.links] == [(False, 1)] * 2


def _camera(site: str, count: int) -> list[float]:
    """Seconds from the first steady view to the link, of a clip of a hand that moves over a page and stops."""
    waits = []
    sample = photograph(3, "camera=none", "camera.width_px=2000", "camera.height_px=2400", "link.per_page=[1,1]")
    with tempfile.TemporaryDirectory() as scratch:
        clip = pan(sample, Path(scratch))
        flags = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip.path}")
        for _ in range(count):
            with _opened(site, *flags, permissions=["camera"]) as page:
                _ready(page, site).get_by_role("button", name="Use the camera").click()
                page.locator("#links li").first.wait_for()
                waits.append(float(page.evaluate("inklinkSpeed.steadyToLink()")) / 1000)
    return waits


def _encoded(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


def _frame_row(frames: Frames) -> list[str]:
    if not frames.taken_ms:
        return [frames.backend, frames.on, "not to be had here", "–", "–", "–"]
    middle, p95 = median(frames.taken_ms), float(np.quantile(frames.taken_ms, 0.95))
    count = str(len(frames.taken_ms))
    return [
        frames.backend,
        frames.on,
        f"{middle:.0f}",
        f"{p95:.0f}",
        f"{1000 / middle:.1f} (bar: {_FRAMES_A_SECOND})",
        count,
    ]


def _rows(loaded: Loaded, reads: list[Read], waits: list[float]) -> list[list[str]]:
    taken, sizes = loaded
    seconds = [read.second_ms for read in reads if read.second_ms is not None]
    steady = f"{median(waits):.2f} s ({min(waits):.2f}–{max(waits):.2f})" if waits else "–"
    shown = f"{median(seconds):.0f} ms ({min(seconds):.0f}–{max(seconds):.0f})" if seconds else "–"
    rows = [
        [f"from a picture to its second link, median of {len(seconds)} of {len(reads)} pictures", shown,
         f"< {_READ_MS} ms"],
        ["from a steady camera to the link", steady, f"< {_CAMERA_S} s"],
        ["from nothing to ready", f"{taken / 1000:.2f} s", ""],
    ]  # fmt: skip
    for name, size in sizes.items():
        bar = f"≤ {_DETECTOR_MB} MB" if "detector" in name else ""
        rows.append([f"sent: {name}", f"{size / 1e6:.2f} MB", bar])
    return [*rows, ["sent: all of it", f"{sum(sizes.values()) / 1e6:.2f} MB", ""]]


def section(
    given: argparse.Namespace, version: str, frames: list[Frames], loaded: Loaded, reads: list[Read], waits: list[float]
) -> str:
    """Its part of RESULTS.md.

    Args:
        given: what the command was called with.
        version: of the browser, with its name.
        frames: of each backend.
        loaded: how the page was loaded.
        reads: of each picture.
        waits: seconds from a steady camera to the link, of each clip.
    """
    parts = {name: median(read.parts.get(name, 0.0) for read in reads) for name in reads[0].parts} if reads else {}
    head = ["who computes", "on", "median, ms", "p95, ms", "frames a second", "frames"]
    told = ", ".join(f"{name} {taken:.0f} ms" for name, taken in parts.items())
    return "\n".join([
        "## The page in a browser",
        "",
        f"`python -m bench.web_speed --backends {' '.join(given.backends)} --frames {given.frames} "
        f"--pictures {given.pictures} --clips {given.clips}`, "
        f"{version}, {provenance()}",
        "",
        f"One frame of {_SIDE} × {_SIDE} through the page's worker, scaling and suppression included, by the clock; "
        "WebAssembly with SIMD and threads." + (_IMITATED if set(given.backends) - {"wasm"} else ""),
        "",
        table.markdown(head, [_frame_row(each) for each in frames]),
        "",
        "Links are read by Tesseract in the browser. A picture has 1200 × 900 pixels, two links, and letters whose x "
        f"is 13 to 15 pixels high. Until its second link is shown, at the median: {told}.",
        "",
        table.markdown(["", "measured", "bar"], _rows(loaded, reads, waits)),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
