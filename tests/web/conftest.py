"""The built page, served as `make web` serves it, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, sync_playwright

from tests.evaluate.browser import CHROMIUM_FLAGS, chromium

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
SHIPPED = ROOT / "models" / "detector" / "small" / "tfjs"
START = ROOT / "models" / "detector" / "start"

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

    config = composed("train", TrainConfig, [f"dataset={folder}", f"out={folder}", "experiment=finetune"])
    open_run(folder / "run", config, ("http",))
    shutil.copytree(START, folder / "run" / CHECKPOINTS)
    convert(ConvertConfig(run=str(folder / "run"), out=str(folder / "tfjs"), quantise="float16"))
    return folder / "tfjs"


@pytest.fixture(scope="session")
def site(packages: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the page."""
    dist = tmp_path_factory.mktemp("site") / "dist"
    build = ["node", str(packages / "vite" / "bin" / "vite.js"), "build", "--logLevel", "warn", "--outDir", str(dist)]
    subprocess.run(build, cwd=WEB, env={**os.environ, "INKLINK_MODEL": str(model)}, check=True)
    with subprocess.Popen(
        ["node", "serve.mjs", "--port", "0", "--folder", str(dist)], cwd=WEB, stdout=subprocess.PIPE, text=True
    ) as server:
        said = server.stdout.readline() if server.stdout else ""
        address = re.search(r"http://\S+", said)
        assert address, said
        yield address.group()
        server.terminate()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def opened(driver: Playwright, site: str) -> Iterator[Opened]:
    """`opened()` shows the page in a new browser, ready for a picture; arguments go to Chromium."""
    browsers = []

    def show(*flags: str, width: int = 390, query: str = "", permissions: tuple[str, ...] = ()) -> Page:
        browser = driver.chromium.launch(executable_path=chromium(), args=[*CHROMIUM_FLAGS, *flags])
        browsers.append(browser)
        context = browser.new_context(viewport={"width": width, "height": 844}, permissions=list(permissions))
        page = context.new_page()
        page.goto(site + query)
        return page

    yield show
    for browser in browsers:
        browser.close()
