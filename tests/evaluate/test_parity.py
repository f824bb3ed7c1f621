"""Parity's bars, its sentences and its page, on found numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conf.schema.evaluate_parity import ParityConfig
from evaluate.comparison import Difference, Paired
from evaluate.metrics import Interval
from evaluate.parity import _of_reference
from evaluate.parity_pictures import Tally
from evaluate.parity_results import (
    AP,
    BrowserFacts,
    Decoder,
    Matched,
    Parity,
    Pictures,
    Raw,
    Speed,
    Spread,
    bars_of,
    spread,
)
from evaluate.report.parity import page, table
from tests.evaluate.browser import look

TINY = Spread(2e-5, 1e-5, 1e-6)
RAW = Raw(4, TINY, Spread(0.004, 0.002, 1e-4))


def difference(change: float, interval: Interval | None, name: str = AP) -> Difference:
    return Difference(name, 0.8, 0.8 + change, change, interval, "unsure")


def parity(stored: str, ap: Difference, raw: Raw = RAW) -> Parity:
    matched = Matched(21, 20, 20, 1, TINY)
    read = difference(-0.05, (-0.1, 0.0), "end_to_end.normalised.recall")
    decoders = [Decoder(name, TINY, TINY, TINY) for name in ("our loader (Pillow)", "Chromium 1.2.3")]
    pictures = Pictures(4, decoders, matched)
    return Parity(
        2, "small", "browser", ["SavedModel", "TensorFlow.js"], stored, [640, 640], "sets/a", 14, 8,
        BrowserFacts("Chromium 1.2.3", "wasm", 4.0, 100.0, 200.0, 300.0, 900_000, 1_600_000), 0.623, 0.95, raw, matched,
        [ap, read], 0.95, "exact", Paired(20, 10, 9, 2, 1, 1.0), pictures, Speed(20, 120.0, 150.0),
        bars_of(stored, raw, [ap]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "interval", "verdict"),
    [
        (0.001, (-0.002, 0.002), "met"),
        (-0.001, (-0.003, 0.001), "not settled"),
        (-0.004, (-0.007, -0.001), "not settled"),
        (-0.004, (-0.007, -0.0021), "missed"),
        (0.004, (0.0021, 0.007), "missed"),
        (-0.001, None, "met"),
        (-0.004, None, "missed"),
    ],
)
def test_a_bar_is_settled_where_all_of_its_interval_says_the_same(
    change: float, interval: Interval | None, verdict: str
) -> None:
    found = parity("float32", difference(change, interval))
    assert [bar.verdict for bar in found.bars] == ["met", "met", verdict]
    assert found.passes is (verdict != "missed")


def test_bars_go_by_the_numbers_that_a_model_is_stored_in() -> None:
    small = difference(0.004, (0.003, 0.0049))
    assert [bar.verdict for bar in bars_of("float16", RAW, [small])] == ["met"]
    assert bars_of("uint8", RAW, [small]) == bars_of("int8", RAW, [small]) == []
    off = Raw(4, Spread(2e-4, 1e-5, 1e-6), Spread(0.02, 0.01, 1e-4))
    assert [bar.verdict for bar in bars_of("float32", off, [])] == ["missed", "missed"]


def test_a_spread_counts_what_lies_below() -> None:
    levels = np.arange(1000)
    assert spread(levels.astype(float)) == Spread(999.0, float(np.quantile(levels, 0.999)), 499.5)
    tally = Tally()
    tally.add(np.full(997, 7, np.uint8), np.full(997, 9, np.uint8))
    tally.add(np.full(3, 0.25, np.float32), np.full(3, 255, np.uint8))
    found = tally.spread()
    assert (found.largest, found.p999) == (254.75, 254.75)
    assert found.mean == pytest.approx((997 * 2 + 3 * 254.75) / 1000)


def test_the_tables_say_what_was_compared_and_how_sure_that_is() -> None:
    said = table(parity("float32", difference(-0.001, (-0.003, 0.001))))
    assert "AP cannot be settled on 14 pages" in said
    assert "2 of 3 bars are met." in said
    assert "TensorFlow.js, float32 weights, 640 × 640 px, beside SavedModel; 14 pages of sets/a" in said
    assert "8 cores. Chromium 1.2.3 ran it." in said
    assert "| AP | 0.002 | −0.0010 | −0.0030 to +0.0010 | not settled |" in said
    assert "Of 20 links the SavedModel has 10 read right, this one 9: 2 broken, 1 mended" in said
    assert "| links read right, of those printed | 0.8000 | 0.7500 | −0.0500 (−0.1000 to 0) |" in said


def test_the_page_fits_and_names_what_ran_it(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    for stored, sentence in (("float32", "AP misses its bar. 2 of 3 bars are met."), ("uint8", "No bar is set")):
        path.write_text(page(parity(stored, difference(-0.01, (-0.02, -0.003)))), encoding="utf-8")
        seen = look(path)
        assert (seen.complaints, seen.fetched, max(seen.overflow)) == ([], [], 0)
        assert sentence in seen.text
        assert "Chromium 1.2.3: scaled alone" in seen.text
        assert ("missed: at most 0.002 is allowed" in seen.text) is (stored == "float32")


@pytest.mark.parametrize(
    ("reference", "candidate", "meant"),
    [("base", "browser", "browser:base"), ("small", "litert", "litert:small"), ("runs/mine", "browser", "browser"),
     ("base", "models/mine", "models/mine")],
)  # fmt: skip
def test_a_runtime_alone_means_the_reference_in_it(reference: str, candidate: str, meant: str) -> None:
    assert _of_reference(ParityConfig(reference=reference, candidate=candidate, dataset="set")) == meant
