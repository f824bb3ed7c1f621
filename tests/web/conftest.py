"""The built page, served as `make web` serves it, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data.model import Box
from evaluate.detectors.chromium import launched

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
SHIPPED = ROOT / "models" / "detector" / "small" / "tfjs_float16"
START = ROOT / "models" / "detector" / "start"
PATIENCE_MS = 120_000
"""Until something shows up: the machine may be busy with other things."""

Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def packages() -> Path:
    """`web/node_modules`; the tests are skipped where npm could not fetch it."""
    modules = WEB / "node_modules"
    if not (modules / "vite").is_dir() or shutil.which("node") is None:
        pytest.skip("Node or web's packages are not here: npm ci --prefix web")
    return modules


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped detector as TensorFlow.js, or where there is none the one that fine-tuning starts from, converted."""
    return SHIPPED if (SHIPPED / "model.json").is_file() else _converted_start(tmp_path_factory.mktemp("model"))


def _converted_start(folder: Path) -> Path:
    from conf.app import composed
    from conf.schema.export import ConvertConfig
    from conf.schema.train import TrainConfig
    from train.convert import convert
    from train.folder import CHECKPOINTS, open_run

    run, out = folder / "run", folder / "tfjs"
    like = composed("train", TrainConfig, [f"dataset={folder}", f"out={run}", "model=mobilenetv2_fpn"])
    open_run(run, like, ("http",))
    shutil.copytree(START, run / CHECKPOINTS)
    convert(composed("train_convert", ConvertConfig, [f"run={run}", f"out={out}", "quantise=float16"]))
    return out


@pytest.fixture(scope="session")
def dist(packages: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the built page."""
    folder = tmp_path_factory.mktemp("site") / "dist"
    vite = ["node", str(packages / "vite" / "bin" / "vite.js"), "build", "--logLevel", "error"]
    environment = {**os.environ, "INKLINK_MODEL": str(model)}
    subprocess.run([*vite, "--outDir", str(folder)], cwd=WEB, env=environment, check=True)
    return folder


@pytest.fixture(scope="session")
def site(dist: Path) -> Iterator[str]:
    """Address of the page."""
    command = ["node", "serve.mjs", "--port", "0", "--folder", str(dist)]
    with subprocess.Popen(command, cwd=WEB, stdout=subprocess.PIPE, text=True) as server:
        said = server.stdout.readline() if server.stdout else ""
        address = re.search(r"http://\S+", said)
        assert address, said
        yield address.group()
        server.terminate()


@pytest.fixture
def opened(site: str) -> Iterator[Opened]:
    """`opened()` shows the page in a browser of its own.

    Arguments go to Chromium; `width` is the window's, `query` follows the address, `before` is a script that runs
    first; the rest goes to Playwright's `new_context`. What the page complains of fails the test.
    """
    browsers, complaints = [], []

    def show(*flags: str, width: int = 390, query: str = "", before: str = "", **context: Any) -> Page:
        browser = launched(*flags)
        browsers.append(browser)
        page = browser.new_context(viewport={"width": width, "height": 844}, **context).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(before)
        page.goto(site + query)
        return page

    yield show
    for browser in browsers:
        browser.close()
    assert not complaints


def wait_for(page: Page, sentence: str | re.Pattern[str]) -> None:
    """Waits until the page says something."""
    expect(page.get_by_role("status")).to_have_text(sentence, timeout=PATIENCE_MS)


def boxes_over(page: Page, shown: str, width: int) -> list[Box]:
    """Boxes as they are seen over what is shown, in pixels of the picture, which is `width` wide."""
    frame = page.locator(shown).bounding_box()
    assert frame
    scale = frame["width"] / width
    seen = [mark.bounding_box() for mark in page.locator("#overlay .prefix").all()]
    return [
        ((box["x"] - frame["x"]) / scale, (box["y"] - frame["y"]) / scale, box["width"] / scale, box["height"] / scale)
        for box in seen
        if box
    ]


def links(page: Page) -> list[str]:
    return page.locator("#links .link").all_inner_texts()
