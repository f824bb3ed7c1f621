"""What docs/web.md and web/README.md name is there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess

import pytest

from tests.web.conftest import ROOT, WEB

PAGES = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("docs/web.md", "web/README.md"))
SCRIPTS = json.loads((WEB / "package.json").read_text())["scripts"]


@pytest.mark.parametrize("command", sorted(set(re.findall(r"(?:^|`)(make web[^`\n]*)", PAGES, flags=re.M))))
def test_make_knows_what_to_do(command: str) -> None:
    done = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    port = re.search(r"PORT=(\d+)", command)
    assert f"--port {port.group(1) if port else 8080}" in done.stdout
    model = re.search(r"MODEL=(\S+)", command)
    assert f"{ROOT / (model.group(1) if model else 'models/detector/small/tfjs_float16')}" in done.stdout


def test_scripts_files_and_keys_are_there() -> None:
    named = set(re.findall(r"npm run --prefix web (\w+)", PAGES))
    assert named == set(SCRIPTS)
    for path in re.findall(r"`(web/[\w./-]+|src/[\w./-]+|build/|[\w.]+\.mjs)`", PAGES):
        where = ROOT / path if path.startswith("web/") else WEB / path
        assert where.exists() or path == "web/dist", path
    settings = (WEB / "src" / "eye" / "settings.ts").read_text()
    for key, default in re.findall(r"`(score_threshold|nms_iou|width_px|max_upscale)` \((\d[\d.]*)", PAGES):
        assert f"{key}: {default}" in settings
