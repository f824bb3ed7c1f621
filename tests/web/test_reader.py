"""The page reads by the rules of `evaluate`: its TypeScript is held against that Python, line by line."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import Box
from evaluate.line import Line, lay_out
from evaluate.trace import Grey, trace
from evaluate.url import extract, is_address
from evaluate.wrapping import next_line
from tests.web.conftest import WEB
from tests.web.scenes import photograph

TABLE = json.loads((WEB / "tests" / "url_cases.json").read_text(encoding="utf-8"))

Ask = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def ask(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Sends requests to the page's reader, built for Node."""
    out = tmp_path_factory.mktemp("reader")
    vite = ["node", str(packages / "vite" / "bin" / "vite.js"), "build", "--logLevel", "error"]
    subprocess.run([*vite, "--ssr", "tests/reader.ts", "--outDir", str(out)], cwd=WEB, check=True)
    (program,) = out.rglob("*.js")

    def answers(requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        done = subprocess.run(["node", str(program)], input=lines, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return answers


@pytest.mark.parametrize("case", TABLE["extract"], ids=lambda case: repr(case["read"]))
def test_the_table_that_the_page_is_tested_by_too(case: dict[str, Any]) -> None:
    found = extract(case["read"])
    said = {"link": found.link, "prefix": found.prefix, "whole": found.whole, "doubt": found.doubt}
    assert {**said, "at_end": found.at_end, "read": case["read"]} == case


@pytest.mark.parametrize("case", TABLE["addresses"], ids=lambda case: repr(case["link"]))
def test_the_addresses_that_the_page_is_tested_by_too(case: dict[str, Any]) -> None:
    assert is_address(case["link"]) is case["leads_somewhere"]


def test_the_same_links_come_out_of_any_text(ask: Ask) -> None:
    texts: list[str] = []
    heads = st.sampled_from(["https://", "http://www.", "www.", "hitps:/", "htlp:ll", "(wvw,", "ftp://", ""])
    bodies = st.text("abcwhtp.:/-_?=&#%~()[]<>|,;'\"!01lI \u2013\u2019\u00fc\u00ad", max_size=30)

    @settings(max_examples=400, database=None, derandomize=True)
    @given(heads, bodies)
    def collect(head: str, body: str) -> None:
        texts.append(head + body)

    collect()
    for text, answer in zip(texts, ask([{"text": text} for text in texts]), strict=True):
        found = extract(text)
        assert (answer["link"], answer["doubt"]) == (found.link, found.doubt), text
        assert answer["address"] == is_address(found.link), text


def test_lines_are_laid_out_as_where_the_detector_was_scored(ask: Ask) -> None:
    alike, same_end, same_next = [], [], []
    for grey, boxes in map(_page, range(11, 15)):
        height, width = grey.shape
        picture = {"grey": base64.b64encode(grey.tobytes()).decode(), "width": width, "height": height}
        for box, answer in zip(boxes, ask([{**picture, "box": list(box)} for box in boxes]), strict=True):
            traced = trace(grey, box, 60.0)
            line = lay_out(grey, traced, (box[0] - 0.35 * traced.x_height, box[0] + box[2]), 64)
            alike.append(_difference(line, answer))
            same_end.append(abs(line.pixels.shape[1] - answer["width"]) <= 1)
            head = next_line(grey, traced, box)
            same_next.append(
                answer["next"] is None if head is None else bool(np.allclose(head, answer["next"] or 0, atol=1.0))
            )
    # A row more or less of ink decides where a line ends, and a line below begins: a close call may fall the other way.
    assert len(same_end) >= 20
    assert np.mean(np.array(alike) < 0.1) >= 0.9, alike  # levels of 255, after the contrast was stretched
    assert np.mean(same_end) >= 0.9, same_end
    assert np.mean(same_next) >= 0.9, same_next


def _page(seed: int) -> tuple[Grey, list[Box]]:
    overrides = ("camera=scan", "link=dense", "link.wrap_share=0.5", "camera.width_px=1600", "camera.height_px=1600")
    sample = photograph(seed, *overrides)
    links = [link for link in sample.links if not link.ignore]
    return np.asarray(cv2.cvtColor(sample.image, cv2.COLOR_RGB2GRAY), np.uint8), [link.bbox for link in links]


def _difference(line: Line, answer: dict[str, Any]) -> float:
    """Mean difference of the pixels of two straightened lines, as far as both reach."""
    size = answer["height"], answer["width"]
    pixels = np.frombuffer(base64.b64decode(answer["pixels"]), np.uint8).reshape(size)
    shared = min(pixels.shape[1], line.pixels.shape[1])
    return float(np.abs(pixels[:, :shared].astype(float) - line.pixels[:, :shared]).mean())
