"""The section that the bench of the page writes, on recorded figures."""

from __future__ import annotations

import argparse

import pytest

from bench.web_speed import Frames, Read, pictures, section

GIVEN = argparse.Namespace(backends=["wasm", "webgpu"], frames=4, pictures=3, clips=2)
SIZES = {"the detector": 560_000, "the page itself": 30_000}


def told(frames: list[Frames], reads: list[Read]) -> str:
    return section(GIVEN, "Chromium 1.2.3", frames, (2500.0, SIZES), reads, [0.5, 0.75])


def test_figures_stand_beside_their_bars() -> None:
    frames = [Frames("WebAssembly", (90.0, 100.0, 110.0, 200.0), "2 threads"), Frames("WebGPU", (), "no adapter")]
    parts = {"find": 100.0, "read": 150.0, "check": 0.0, "findCloser": 0.0}
    reads = [Read(400.0, 900.0, parts), Read(500.0, 900.0, parts), Read(None, 900.0, parts)]
    said = told(frames, reads)
    assert "--backends wasm webgpu --frames 4" in said and "SwiftShader" in said
    assert "Chromium 1.2.3, commit" in said and "cores, load" in said
    assert "| WebAssembly | 2 threads | 105 | 186 | 9.5 (bar: 8) | 4 |" in said
    assert "| WebGPU | no adapter | not to be had here | – | – | – |" in said
    assert "second link, median of 2 of 3 pictures | 450 ms (400–500) | < 600 ms |" in said
    assert "find 100 ms, read 150 ms" in said
    assert "| from a steady camera to the link | 0.62 s (0.50–0.75) | < 2 s |" in said
    assert "| sent: the detector | 0.56 MB | ≤ 3 MB |" in said
    assert "| sent: all of it | 0.59 MB |  |" in said


def test_where_no_second_link_was_read_there_is_no_figure() -> None:
    assert "median of 0 of 1 pictures | – | < 600 ms |" in told([], [Read(None, 900.0, {"find": 1.0})])


@pytest.mark.slow
def test_a_picture_shows_two_links_whole() -> None:
    (sample,) = pictures(1)
    assert [(link.ignore, len(link.segments)) for link in sample.links] == [(False, 1)] * 2
