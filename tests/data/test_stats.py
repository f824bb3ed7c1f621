"""Counts are what was put in, gaps grow with differences, and the page says both and opens without a network."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage
from scipy.stats import ks_2samp

from data import Dataset, Image, LinkAnnotation, write_dataset
from data.stats import measure
from data.stats.charts import round_values
from data.stats.gaps import distance, gaps, total_variation
from tests.data.conftest import Run
from tests.data.pages import save_set


def page(folder: Path, name: str, grey: int, links: tuple[LinkAnnotation, ...]) -> Image:
    folder.mkdir(parents=True, exist_ok=True)
    PillowImage.new("RGB", (200, 100), (grey, grey, grey)).save(folder / name)
    return Image(folder / name, 200, 100, links, group=name[0])


def link(x: float, height: float, scheme: str, **changes: object) -> LinkAnnotation:
    facts = {"scheme": scheme, "x_height_px": height / 2, "bold": True}
    return LinkAnnotation((x, 40, 4 * height, height), text=f"{scheme}://a.b", attributes=facts, **changes)  # type: ignore[arg-type]


@pytest.fixture
def small(tmp_path: Path) -> Dataset:
    slanted = ((10.0, 40.0), (50.0, 50.0), (48.0, 58.0), (8.0, 48.0))
    return Dataset(
        (
            page(tmp_path, "a1.png", 51, (link(10, 10, "https", polygon=slanted), link(100, 12, "ftp", ignore=True))),
            page(tmp_path, "a2.png", 51, ()),
            page(tmp_path, "b1.png", 255, (link(150, 20, "www."), replace(link(10, 5, "x"), attributes={}))),
        )
    )


def test_everything_is_counted(small: Dataset) -> None:
    found = measure("small", small)
    assert found.counts == {"images": 3, "groups": 2, "no links": 1, "links": 3, "ignored": 1}
    assert sorted(found.numbers["prefix_height"]) == [5, 10, 20]
    assert sorted(found.numbers["x_height_px"]) == [5, 10]
    assert sorted(found.numbers["prefix_share"]) == [10, 20, 40]
    assert sorted(found.numbers["links_a_page"]) == [0, 1, 2]
    assert found.numbers["slant"] == pytest.approx([np.degrees(np.arctan2(10, 40))], abs=0.5)
    assert sorted(found.numbers["brightness"]) == pytest.approx([20, 20, 100])
    assert found.words["scheme"] == {"https": 1, "www": 1, "x": 1}
    assert found.words["bold"] == {"yes": 2, "no": 1}
    assert found.words["class"] == {"http": 3}
    rows, columns = found.heat.shape
    assert found.heat.sum() == pytest.approx(1)
    assert found.heat[int(0.45 * rows), int(0.15 * columns)] == pytest.approx(1 / 3)


def test_light_can_be_left_out_and_nothing_is_no_fault(small: Dataset) -> None:
    assert "brightness" not in measure("small", small, pixels=0).numbers
    bare = measure("bare", replace(small, images=small.images[1:2]))
    assert bare.counts["links"] == 0 and "prefix_width" not in bare.numbers and not bare.heat.any()


_values = st.lists(st.floats(-50, 50), min_size=1, max_size=40).map(np.array)


@given(_values, _values)
def test_the_gap_of_numbers_is_scipys(one: np.ndarray, other: np.ndarray) -> None:  # type: ignore[type-arg]
    assert distance(one, other) == pytest.approx(ks_2samp(one, other).statistic)


def test_the_gap_of_words() -> None:
    assert total_variation({"a": 5, "b": 5}, {"a": 1, "b": 1}) == 0
    assert total_variation({"a": 5}, {"b": 2}) == 1
    assert total_variation({"a": 3, "b": 1}, {"a": 1, "b": 1}) == pytest.approx(0.25)


def test_the_widest_gap_comes_first_and_few_values_are_not_compared(small: Dataset) -> None:
    many = replace(small, images=small.images * 8)
    tall = tuple(replace(i, links=tuple(replace(one, bbox=(1, 1, 40, 90)) for one in i.links)) for i in many.images)
    found = gaps(measure("one", many, pixels=0), measure("other", replace(many, images=tall), pixels=0))
    assert found[0].name in ("prefix height", "aspect ratio") and found[0].size == 1
    assert {gap.name: gap.size for gap in found}["scheme"] == 0
    assert gaps(measure("one", small), measure("other", small)) == []


@given(st.floats(0.01, 1000), st.floats(1.01, 1000), st.booleans())
def test_ticks_are_round_few_and_inside(low: float, ratio: float, logarithmic: bool) -> None:
    high = low * ratio
    found = round_values(low, high, logarithmic=logarithmic)
    assert 1 <= len(found) <= 7
    assert all(low * (1 - 1e-6) <= value <= high * (1 + 1e-6) for value in found)


class _Outside(HTMLParser):
    """Collects what a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href") and value and not value.startswith(("data:", "#")):
                self.found.append(value)


def test_the_verb_prints_a_table_and_writes_a_page(run: Run, tmp_path: Path) -> None:
    for seed, name in ((1, "real"), (50, "<b>synth")):
        write_dataset(save_set(tmp_path / "raw" / name, 8, seed=seed), tmp_path / name)
    out = tmp_path / "stats.html"
    done = run("stats", f"sources=['{tmp_path}/real','{tmp_path}/<b>synth']", f"out={out}", "crops=2")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^images +8 +8", done.stdout, re.M) and "x-height" in done.stdout
    text = out.read_text()
    assert "8 pictures with 4 links in real" in text and "&lt;b&gt;synth" in text and "<b>synth" not in text
    assert text.count("data:image/jpeg") == 4
    outside = _Outside()
    outside.feed(text)
    assert outside.found == [] and "url(" not in text
    again = run("stats", f"sources=['{tmp_path}/real','{tmp_path}/<b>synth']", f"out={out}", "crops=2")
    assert again.returncode == 0 and out.read_text() == text


def test_mistakes_get_one_sentence(run: Run, tmp_path: Path) -> None:
    write_dataset(Dataset(()), tmp_path / "empty")
    for arguments, sentence in (
        (["sources=[]"], "sources=[] names nothing"),
        (["sources=[a]", "out=x.png"], "out=x.png must end in .html"),
        ([f"sources=[{tmp_path}/empty]"], "holds no pictures; there is nothing to count"),
    ):
        done = run("stats", *arguments)
        assert done.returncode == 2 and sentence in done.stderr and done.stderr.count("\n") == 1
