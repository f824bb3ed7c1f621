"""The page's own checks: types, lint, unit tests; and what its server sends."""

from __future__ import annotations

import gzip
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.web.conftest import WEB

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("script", ["types", "lint", "test"])
def test_npm_run(packages: Path, script: str) -> None:
    done = subprocess.run(["npm", "run", "--silent", script], cwd=WEB, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_build_without_a_model_says_what_is_missing(packages: Path, tmp_path: Path) -> None:
    build = ["node", str(packages / "vite" / "bin" / "vite.js"), "build", "--outDir", str(tmp_path / "dist")]
    environment = {"INKLINK_MODEL": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(build, cwd=WEB, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "INKLINK_MODEL" in done.stderr


def test_the_server_isolates_the_page_and_shrinks_it(site: str) -> None:
    request = urllib.request.Request(site, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert b"<h1>InkLink</h1>" in gzip.decompress(answer.read())


@pytest.mark.parametrize("path", ["nothing", "../package.json", "%2e%2e/package.json", "%"])
def test_the_server_gives_its_own_files_only(site: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(site + path)


def test_the_detector_is_a_small_download(dist: Path) -> None:
    files = [path.read_bytes() for path in (dist / "model").iterdir()]
    assert sum(len(gzip.compress(file)) for file in files) <= 3_000_000
