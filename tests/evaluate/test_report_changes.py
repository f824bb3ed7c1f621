"""The page of two evaluations: what broke, what mended, and by how much the measures differ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec import structs

from conf.schema.evaluate_compare import CompareConfig
from evaluate.comparison import Comparison, Difference, compare
from evaluate.report.changes import rows, verdict, write_comparison
from evaluate.runs import read_run
from evaluate.verbs import compare as command
from tests.evaluate.browser import look
from tests.evaluate.cases import evaluated
from tests.evaluate.report_cases import TEXT, every_fate, seen


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Before: the first link is right. After: it is misread, and the second and third are right."""
    folder = tmp_path_factory.mktemp("runs")
    before = every_fate(folder / "pages", folder / "before")
    after = [seen(0, "https://example.org/1nk"), seen(1, TEXT), seen(2, TEXT)]
    evaluated(before.subject.dataset, [after, [], []], folder / "after")
    return folder / "before", folder / "after"


@pytest.fixture(scope="module")
def compared(runs: tuple[Path, Path]) -> Comparison:
    return compare(read_run(runs[0]), read_run(runs[1]), resamples=50, confidence=0.95)


def test_broken_and_mended_links_are_seen_side_by_side(compared: Comparison, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    write_comparison(compared, path)
    page = look(path)
    assert (page.complaints, page.fetched, page.broken) == ([], [], 0)
    assert max(page.overflow) <= 0
    assert "after against before" in page.text
    assert "2 mended, 2 broken" in page.text
    broken = page.text.partition("Right before, not any more.")[2].partition("Newly mended")[0]
    assert TEXT in broken
    assert "not found" in broken
    mended = page.text.partition("Right now, not before.")[2].partition("Provenance")[0]
    assert mended.count("a.png") == 2
    lines = re.findall(r'alt="The line as it was read (before|after)"', path.read_text())
    assert lines == [
        "before",
        "after",
        "before",
        "before",
        "after",
        "before",
        "after",
    ]


def test_a_link_whose_picture_is_gone_is_shown_without_it(compared: Comparison, tmp_path: Path) -> None:
    broken = [structs.replace(one, after=one.after | {"file": "gone/a.png"}) for one in compared.broken]
    write_comparison(structs.replace(compared, broken=broken), tmp_path / "index.html")
    html = (tmp_path / "index.html").read_text()
    assert html.count("<figure>") == 4
    assert html.count("<img") == 2 + 4  # two links that mended, and the lines of both runs


def test_rows_say_which_way_is_better() -> None:
    differences = [
        Difference("end_to_end.cer", 0.5, 0.25, -0.25, (-0.3, -0.2), "better"),
        Difference("end_to_end.normalised.recall", 0.5, 0.25, -0.25, (-0.5, 0.0), "unsure"),
        Difference("detection.ap", None, 0.5, None, None, "unsure"),
        Difference("detection.ap50", 0.5, 0.5, 0.0, (0.0, 0.0), "unsure"),
        Difference("detection.false_alarms_per_empty_page", 0.25, 2.5, 2.25, (1.0, 3.0), "worse"),
    ]
    shown = {row.name: row for row in rows(differences)}
    assert next(iter(shown)) == "links read right, of those printed"
    errors = shown["character error rate, end to end"]
    assert errors.change == "−25.0 (−30.0 to −20.0)"
    assert "better" in errors.strip
    assert shown["COCO AP"].change == "–"
    assert shown["AP at IoU 0.5"].change == "the same"
    alarms = shown["false alarms a page without links"]
    assert (alarms.before, alarms.after, alarms.change) == ("0.25", "2.50", "+2.25 (+1.00 to +3.00)")


def test_the_verdict_is_as_sure_as_the_test(compared: Comparison) -> None:
    sure = structs.replace(compared, paired=structs.replace(compared.paired, broken=0, mended=12, p=0.0005))
    assert "could well be chance (p = 1" in verdict(compared)[1]
    assert "could hardly be chance (p = 0.0005" in verdict(sure)[1]


def test_the_command_writes_the_page(runs: tuple[Path, Path], tmp_path: Path) -> None:
    command(CompareConfig(str(runs[0]), str(runs[1]), str(tmp_path / "out"), resamples=20))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"comparison.json", "index.html"}
