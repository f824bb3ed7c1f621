"""A TensorFlow.js model in a real browser: the system's Chromium, without a window, served by this process.

The page gets what `python -m train export` wrote and the packages of `web/node_modules`, and nothing from elsewhere.
It is isolated from other origins, as our own page is: only then does WebAssembly get threads.
"""

from __future__ import annotations

import atexit
import functools
import http.server
import mimetypes
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from conf import UserError

PACKAGES = Path("web/node_modules/@tensorflow")
BACKENDS = ("wasm", "webgl")
_PAGE = Path(__file__).with_name("web")
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
_NO_GRAPHICS = "--disable-gpu"
_PATIENCE_MS = 300_000
"""For one page or one loading: the machine may be slow, or busy."""

Bytes = npt.NDArray[Any]


class _Desk:
    """What lies between Python and the page: a page or picture to fetch, the answer to it, bytes sent by address."""

    def __init__(self, model: Path, packages: Path) -> None:
        self.roots = {"model": model, "packages": packages}
        self.page = self.picture = self.answer = b""
        self.sent: dict[str, int] = {}

    def content(self, address: str) -> bytes | None:
        """What lies at an address; None where there is nothing."""
        if address in ("/page", "/picture"):
            return self.page if address == "/page" else self.picture
        _, first, *rest = address.split("/")
        root = self.roots.get(first, _PAGE)
        path = (root / "/".join(rest) if first in self.roots else root / (first or "index.html")).resolve()
        if not path.is_relative_to(root.resolve()) or not path.is_file():
            return None
        content = path.read_bytes()
        self.sent[address] = len(content)
        return content


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers the page's requests."""

    protocol_version = "HTTP/1.1"

    def __init__(self, desk: _Desk, *given: Any) -> None:
        self._desk = desk
        super().__init__(*given)

    def do_GET(self) -> None:
        """Files of the page, the packages and the model; the page or picture in hand."""
        content = self._desk.content(self.path)
        self._respond(404 if content is None else 200, content or b"")

    def do_POST(self) -> None:
        """The page's answer."""
        self._desk.answer = self.rfile.read(int(self.headers["Content-Length"]))
        self._respond(200, b"")

    def _respond(self, status: int, content: bytes) -> None:
        self.send_response(status)
        kind = "text/html" if self.path == "/" else mimetypes.guess_type(self.path)[0]
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class Browser:
    """One page with one model in it.

    Attributes:
        version: what the browser calls itself, with its number.
        backend: who computes.
        timings: milliseconds to start the backend, to load the model, to run it for the first time; threads.
        transferred: bytes of the model's files, and of the packages.
    """

    def __init__(self, model: Path, backend: str, packages: Path = PACKAGES) -> None:
        """Starts the browser and loads the model.

        Args:
            model: folder with model.json.
            backend: one of `BACKENDS`.
            packages: folder of TensorFlow.js's packages.

        Raises:
            UserError: where Chromium, Playwright or the packages are not there, or the model cannot be loaded.
        """
        if not (packages / "tfjs-core").is_dir():
            raise UserError(f"{packages} holds no TensorFlow.js: npm ci --prefix web.")
        self._desk = _Desk(model, packages)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, self._desk))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = launched()
        self.version, self.backend = f"Chromium {browser.version}", backend
        self._page = browser.new_page()
        self._page.set_default_timeout(_PATIENCE_MS)
        self._page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        self.timings: dict[str, float] = self._call("load", backend)
        self.transferred = {
            part: sum(size for address, size in self._desk.sent.items() if address.startswith(f"/{part}/"))
            for part in ("model", "packages")
        }

    def raw(self, page: npt.NDArray[np.float32], classes: int) -> tuple[Bytes, Bytes, float]:
        """All boxes [n, 4] and scores [n, classes] of a page, and the milliseconds that the model took."""
        self._desk.page = np.ascontiguousarray(page, np.float32).tobytes()
        taken = float(self._call("run"))
        values = np.frombuffer(self._desk.answer, np.float32)
        ends = values.size * 4 // (4 + classes)
        return values[:ends].reshape(-1, 4), values[ends:].reshape(-1, classes), taken

    def scaled(self, picture: bytes, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
        """A picture file as the browser decodes and scales it: [rows, columns, 3], RGB."""
        self._desk.picture = picture
        self._call("scale", *size)
        return np.frombuffer(self._desk.answer, np.uint8).reshape(*size, 4)[..., :3]

    def _call(self, name: str, *given: Any) -> Any:
        from playwright.sync_api import Error

        try:
            return self._page.evaluate(f"given => {name}(...given)", list(given))
        except Error as error:
            raise UserError(
                f"{self._desk.roots['model']} in {self.version}: {error.message.splitlines()[0]}."
            ) from None


def launched(*flags: str, graphics: bool = False) -> Any:
    """The system's Chromium without a window, as Playwright's `Browser`.

    Args:
        flags: added to ours.
        graphics: whether it may use the machine's graphics card.

    Raises:
        UserError: where Chromium or Playwright is not there.
    """
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        raise UserError("A TensorFlow.js detector runs in Chromium: install it (Debian: apt-get install chromium).")
    ours = _FLAGS if graphics else (*_FLAGS, _NO_GRAPHICS)
    return _driver().chromium.launch(executable_path=path, args=[*ours, *flags])


@functools.cache
def _driver() -> Any:
    """Playwright, of which a process has one; its browsers end with it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise UserError("A TensorFlow.js detector runs in a browser, by Playwright: pip install playwright.") from None
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright
