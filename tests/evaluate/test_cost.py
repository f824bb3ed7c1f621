"""What a page costs, and that finished pages do not pile up in memory."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from conf.schema.evaluate import OcrConfig
from conf.schema.preprocess import PreprocessConfig
from data.model import Image, LinkAnnotation
from data.pixels import Pixels
from evaluate.detectors.size import ModelSize
from evaluate.journal import Journal
from evaluate.pages import Pages, detect_page
from evaluate.predictions import Detection
from evaluate.reader import Plan, Reader
from tests.commands import Run
from tests.evaluate.pages import save_set, typeset


def cost_of(out: Path) -> dict[str, Any]:
    cost: dict[str, Any] = json.loads((out / "metrics.json").read_text())["cost"]
    return cost


@pytest.mark.slow
def test_each_stage_by_both_clocks(run: Run, tmp_path: Path) -> None:
    save_set(tmp_path / "set")
    out = tmp_path / "out"
    command = (f"dataset={tmp_path / 'set'}", f"out={out}", "report=none", "cost.pages=2", "resamples=0")
    assert run("detector=fullpage", *command).returncode == 0
    cost = cost_of(out)
    assert [cost[f"{stage}_ms"]["pages"] for stage in ("load", "detect", "read", "page")] == [2, 0, 2, 2]
    assert cost["detect_ms"]["median"] is cost["model_bytes"] is cost["parameters"] is None
    page, read = cost["page_ms"], cost["read_ms"]
    assert 0 < read["mean"] < page["mean"]
    # One thread cannot use more CPU time than time goes by; the clocks may differ by a tick.
    assert 0 < read["cpu_median"] <= read["median"] + 20
    assert page["mean_interval"][0] <= page["mean"] <= page["mean_interval"][1]
    assert 2e7 < cost["peak_memory_bytes"] < 2e9
    # It is kept with the finished pages, under what it was measured of.
    assert run("detector=fullpage", *command).returncode == 0
    assert cost_of(out) == cost
    assert run("detector=fullpage", *command, "cost.pages=1").returncode == 0
    assert cost_of(out)["page_ms"]["pages"] == 1
    assert run("detector=fullpage", *command, "cost.pages=0").returncode == 0
    reasons = json.loads((out / "metrics.json").read_text())["reasons"]
    assert reasons["cost.page_ms.median"] == "nothing was measured (cost.pages=0)"


def test_threads_are_given_back(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    save_set(tmp_path / "set")
    done = run("detector=oracle", f"dataset={tmp_path / 'set'}", f"out={tmp_path / 'out'}", "cost.pages=1", "ocr=none")
    assert done.returncode == 0, done.stderr
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_a_journal_holds_places_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl", "key")
    for page in (1, 0):
        journal.add(page, {"ms": page / 2, "detections": [((0, 1, 2, 3), 0.5, "http", "ä", None, None)]})
    assert all(isinstance(place, int) for place in journal.pages.values())
    pages = Pages(Journal(tmp_path / "j.jsonl", "key"))
    assert [page.ms for page in pages] == [0, 0.5]
    assert pages[-1].detections == (Detection((0, 1, 2, 3), 0.5, "http", "ä"),)
    with pytest.raises(IndexError):
        pages[2]


class SmallSighted:
    """Finds the one prefix whose box it was given, scaled as the picture is; remembers how wide that was."""

    name = fingerprint = "small"
    size: ModelSize | None = None
    needs_pixels = True
    seen_px = 0

    def detect(self, image: Image, pixels: Pixels | None) -> list[Detection]:
        assert pixels is not None
        self.seen_px = pixels.shape[1]
        scale = pixels.shape[1] / image.width
        x, y, width, height = (value * scale for value in image.links[0].bbox)
        return [Detection((x, y, width, height), 0.9, "http")]


@pytest.mark.parametrize("degrees", [0, 8])
def test_detects_on_the_small_picture_and_reads_the_large_one(degrees: float) -> None:
    """Of a photo 3,000 pixels wide; scaled down to what the detector sees, its letters are 8 pixels high."""
    filler = "of which there is not a single copy left in any library of the country today and so on"
    pixels, (x, y, w, h) = typeset([filler, "see https://example.org/books/ink for more", filler], "https://", size=60)
    rows, columns = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1.0)
    turn[:, 2] += (0, 300)
    photo = cv2.warpAffine(pixels, turn, (columns, rows + 600), borderValue=(255, 255, 255))
    corners = np.array([[x, y, 1], [x + w, y, 1], [x + w, y + h, 1], [x, y + h, 1]]) @ turn.T
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    page = Image(Path("p.png"), columns, rows + 600, (LinkAnnotation((x0, y0, x1 - x0, y1 - y0)),))
    assert columns > 2500
    detector, view = SmallSighted(), PreprocessConfig(width_px=512)
    (found,) = detect_page(detector, page, photo, view)
    assert detector.seen_px == 512
    assert found.bbox == pytest.approx((x0, y0, x1 - x0, y1 - y0), rel=0.02)
    reader = Reader(Plan(OcrConfig(), 0.5, whole_page=False, categories=("http",), preprocess=view))
    (read,) = reader.read(page, photo, [found])
    assert read.text == "https://example.org/books/ink"
