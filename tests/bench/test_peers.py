"""The arithmetic and the tables of the comparison with other generators, on recorded figures; the loop on a toy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import environments, table, words
from bench.contest import OURS, PEERS, Process, Work
from bench.environments import Unavailable

_KERAS_OCR, _KERAS_OCR_ONE_FONT = (who for who in PEERS if who.key == "keras_ocr")
_PEERS = Path(table.__file__).parent / "peers"


def _work(*page_s: float) -> Work:
    """Three rounds of two pages each; in each round every page took so many CPU seconds."""
    return Work(1.5, "1.0", rounds=[[s, s] for s in page_s], words=[300, 320])


def test_rates_are_pages_over_their_cpu_time() -> None:
    assert Work(0, "1", rounds=[[0.5, 1.5], [0.1]]).rates == [1.0, 10.0]


def test_a_ratio_pairs_the_rounds_that_ran_beside_each_other() -> None:
    # The machine slows down threefold from round to round; each pair of rounds still says 10 to 1.
    got = table.ratio(_work(0.1, 0.3, 0.9).rates, _work(1, 3, 9).rates)
    assert (got.middle, got.low, got.high) == pytest.approx((10, 10, 10))


def test_a_ratio_shows_its_spread() -> None:
    got = table.ratio([40, 50, 60], [2, 1, 2])
    assert (got.middle, got.low, got.high) == pytest.approx((25, 20, 50))
    assert str(got) == "25 × (20–50)"


def test_what_is_not_measured_is_never_a_number() -> None:
    ours = _work(0.02, 0.02, 0.02)
    rows = table.rows(ours, [(OURS, ours), (_KERAS_OCR, "no Python 3.11")])
    assert rows[0][2:4] == ["50 (50–50)", "1"]
    assert rows[1][2] == "not measured: no Python 3.11"
    assert not any(character.isdigit() for cell in rows[1][3:] for character in cell)


def test_failed_pages_are_shown() -> None:
    theirs = _work(1, 1, 1)
    theirs.failures, theirs.left_out = {"ValueError: x": 2}, 1
    assert table.rows(_work(1, 1, 1), [(_KERAS_OCR, theirs)])[0][-1] == "6 (2 failed, 1 too few words)"


def test_the_verdict_names_the_fastest_of_the_others() -> None:
    ours, all_fonts, one_font = _work(0.02), _work(1), _work(0.5)
    said = table.verdict(ours, [(OURS, ours), (_KERAS_OCR, all_fonts), (_KERAS_OCR_ONE_FONT, one_font)])
    assert "50 times" in said and "25 times" in said


def test_a_section_is_replaced_and_the_rest_kept(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    results.write_text("# Results\n\nabove\n\n<!-- other -->\nkept\n<!-- /other -->\n", encoding="utf-8")
    table.replace_section(results, "first")
    table.replace_section(results, "second \\1")
    text = results.read_text(encoding="utf-8")
    assert "above" in text and "kept" in text and "first" not in text
    assert text.count("<!-- synth_vs_peers -->") == 1 and "second \\1" in text


def test_words_are_the_same_for_all_and_plain() -> None:
    text = words.text(seed=3, words=500)
    assert text == words.text(seed=3, words=500) != words.text(seed=4, words=500)
    assert len(text.split()) >= 500
    assert set(text.lower()) <= set("abcdefghijklmnopqrstuvwxyz. \n")


def test_pins_are_exact() -> None:
    for pins in _PEERS.glob("*.txt"):
        lines = [line for line in pins.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        assert lines and all(line.count("==") == 1 for line in lines), pins


def test_a_package_index_out_of_reach_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKLINK_BENCH_HOME", str(tmp_path / "home"))
    for variable in ("UV_OFFLINE", "UV_NO_CACHE", "PIP_NO_INDEX"):
        monkeypatch.setenv(variable, "1")
    pins = tmp_path / "nowhere.txt"
    pins.write_text("a-package-that-is-nowhere==1.0\n", encoding="utf-8")
    log = tmp_path / "log"
    with pytest.raises(Unavailable, match="pinned packages could not be installed"):
        environments.python_of(pins, log)
    assert "a-package-that-is-nowhere" in log.read_text(encoding="utf-8")
    assert not list((tmp_path / "home").rglob(".complete"))


_TOY = """
import itertools, time
import numpy as np
from serve import Failed, Generator, Page, serve

def prepare(job):
    turns = itertools.count()
    print("chatter that is no reply")
    def page():
        turn = next(turns)
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass
        if turn == 1:
            raise Failed("now and then")
        return Page(np.full((4, 5, 3), turn, np.uint8), lambda: 10 if turn == 2 else 300)
    return Generator(page, lambda: None)

serve(prepare)
"""


def test_pages_are_timed_and_what_does_not_count_is_told(tmp_path: Path) -> None:
    job, picture = tmp_path / "job.json", tmp_path / "page.png"
    job.write_text(json.dumps({"core": max(os.sched_getaffinity(0)), "least_words": 300}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _TOY, str(job)],
        input=f"warm\n3\nsave {picture}\n",
        env={**os.environ, "PYTHONPATH": str(_PEERS)},
        capture_output=True,
        text=True,
        check=True,
    )
    ready, _, counted, _ = map(json.loads, done.stdout.splitlines())
    assert ready["start_up_s"] > 0
    assert len(counted["cpu_s"]) == 3 and all(0.05 <= spent < 0.2 for spent in counted["cpu_s"])
    assert counted["words"] == [300, 300, 300]
    assert counted["failures"] == {"now and then": 1} and counted["left_out"] == 1
    assert picture.stat().st_size > 0
    assert "chatter" in done.stderr


def test_a_process_that_ends_is_a_reason_not_a_number(tmp_path: Path) -> None:
    # A job without what it needs: it stops while it sets up.
    with pytest.raises(Unavailable, match="stopped with status 1"):
        Process(OURS, {"core": max(os.sched_getaffinity(0))}, tmp_path)
