"""Two runs side by side, and the gate: differences on the same pages, exact tests, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf import UserError
from data import Dataset
from data.files import write_text
from evaluate.__main__ import main
from evaluate.comparison import Comparison, compare, read_comparison
from evaluate.predictions import Detection
from evaluate.runs import read_run
from evaluate.significance import holm, mcnemar
from tests.commands import Run, runner
from tests.evaluate.cases import evaluated, read_as
from tests.evaluate.pages import image, link

PAGES = 40


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command with a verb before all keys."""
    monkeypatch.setenv("COLUMNS", "200")
    return runner(main, "inklink-evaluate", monkeypatch, capsys)


def the_set() -> Dataset:
    links = [link(text=f"https://example.org/{page}", attributes={"scheme": "http" if page % 2 else "https"})
             for page in range(PAGES)]  # fmt: skip
    pages = [image(Path(f"{page}.png"), [one], group=str(page // 4)) for page, one in enumerate(links)]
    return Dataset((*pages, image(Path("empty.png"), [])))


def detections(dataset: Dataset, wrong: set[int]) -> list[list[Detection]]:
    """Every link found; on the pages named, read as another one."""
    found = Detection((10, 10, 40, 10), 0.9, "http")
    texts = [page.links[0].text or "" for page in dataset.images if page.links]
    return [
        *([read_as(found, "https://example.com" if page in wrong else text)] for page, text in enumerate(texts)),
        [],
    ]


def save(folder: Path, wrong: set[int], **keys: Any) -> Path:
    dataset = the_set()
    evaluated(dataset, detections(dataset, wrong), folder, **keys)
    return folder


def compared(before: Path, after: Path) -> Comparison:
    return compare(read_run(before), read_run(after), resamples=200, confidence=0.95)


def test_what_broke_and_what_mended(tmp_path: Path) -> None:
    before, after = save(tmp_path / "a", {0, 1}), save(tmp_path / "b", set(range(1, 21)))
    found = compared(before, after)
    assert [one.after["truth"]["text"] for one in found.mended] == ["https://example.org/0"]
    assert [one.before["truth"]["text"] for one in found.broken] == [f"https://example.org/{n}" for n in range(2, 21)]
    paired = found.paired
    assert (paired.links, paired.before, paired.after, paired.broken, paired.mended) == (PAGES, 38, 20, 19, 1)
    by_name = {one.name: one for one in found.differences}
    recall = by_name["end_to_end.normalised.recall"]
    assert (recall.before, recall.after, recall.verdict) == (38 / 40, 20 / 40, "worse")
    assert recall.interval is not None
    assert recall.interval[0] < recall.difference < recall.interval[1] < 0  # type: ignore[operator]
    astray = by_name["end_to_end.wrong_destination_rate"]
    assert astray.verdict == "worse"
    assert astray.difference == pytest.approx(18 / 40)
    assert by_name["detection.ap"].difference == 0.0
    assert by_name["detection.ap"].verdict == "unsure"


def test_a_run_does_not_differ_from_itself(tmp_path: Path) -> None:
    run = save(tmp_path / "a", {3})
    found = compared(run, run)
    assert found.broken == found.mended == []
    assert all(one.difference in (0.0, None) and one.verdict == "unsure" for one in found.differences)
    assert all(one.interval == (0.0, 0.0) for one in found.differences if one.interval)
    assert found.paired.p == 1.0


def test_the_other_way_round_everything_turns(tmp_path: Path) -> None:
    a, b = save(tmp_path / "a", {3, 5}), save(tmp_path / "b", {5, 6, 7, 8})
    there, back = compared(a, b), compared(b, a)
    assert (there.paired.broken, there.paired.mended) == (back.paired.mended, back.paired.broken)
    for one, other in zip(there.differences, back.differences, strict=True):
        if one.difference is not None and other.difference is not None:
            assert one.difference == pytest.approx(-other.difference)


def test_the_same_resamples_tell_more_than_two_intervals(tmp_path: Path) -> None:
    """Hard pages cancel out: the interval of the difference is narrower than those of the two runs suggest."""
    a, b = save(tmp_path / "a", set(range(16))), save(tmp_path / "b", set(range(18)))
    name = "end_to_end.normalised.recall"
    difference = next(one for one in compared(a, b).differences if one.name == name)
    assert difference.interval is not None
    alone = read_run(a).metrics.intervals[name]
    assert difference.interval[1] - difference.interval[0] < 0.7 * (alone[1] - alone[0])


def test_slices_are_marked_and_adjusted(tmp_path: Path) -> None:
    found = compared(save(tmp_path / "a", set()), save(tmp_path / "b", set(range(0, 40, 2))))
    scheme = {one.value: one for one in found.slices if one.attribute == "scheme"}
    assert (scheme["https"].paired.broken, scheme["http"].paired.broken) == (20, 0)
    assert scheme["https"].few
    assert scheme["https"].p_holm >= scheme["https"].paired.p
    assert found.slices[0].value == "https"


@settings(deadline=None)  # the first call imports scipy
@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_counts_the_ways(broken: int, mended: int) -> None:
    total = broken + mended
    tail = sum(comb(total, k) for k in range(min(broken, mended) + 1)) / 2**total
    assert mcnemar(broken, mended) == pytest.approx(min(2 * tail, 1.0), rel=1e-9)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_what_the_procedure_rejects(values: list[float]) -> None:
    """Step down by the book: the k-th smallest p is held against alpha / (m − k), until the first that fails."""
    rejected, left = set(), len(values)
    for place in np.argsort(values, kind="stable"):
        if values[place] * left > 0.05:
            break
        rejected.add(int(place))
        left -= 1
    assert {place for place, p in enumerate(holm(values)) if p <= 0.05} == rejected


def test_runs_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    a = save(tmp_path / "a", set())
    dataset = the_set()
    other = replace(dataset, images=dataset.images[1:])
    evaluated(other, detections(dataset, set())[1:], tmp_path / "b")
    with pytest.raises(UserError, match="different sets"):
        compared(a, tmp_path / "b")
    with pytest.raises(UserError, match="different cluster="):
        compared(a, save(tmp_path / "c", set(), cluster="book"))
    with pytest.raises(UserError, match="is no folder"):
        read_run(tmp_path / "none")
    write_text(tmp_path / "c/metrics.json", "{}")
    with pytest.raises(UserError, match=r"is no metrics\.json"):
        read_run(tmp_path / "c")
    (a / "matches.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match="is broken"):
        read_run(a)


def test_compare_on_the_command_line(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "a", {0})
    save(tmp_path / "b", {1})
    done = run("compare", str(tmp_path / "a"), str(tmp_path / "b"), f"out={tmp_path / 'c'}")
    assert done.returncode == 0, done.stderr
    assert "40 links, read right: 39 before, 39 after; 1 broken, 1 mended" in " ".join(done.stdout.split())
    assert "broken: 1.png https://example.org/1  https://example.org/1 → https://example.com" in done.stdout
    found = read_comparison(tmp_path / "c/comparison.json")
    assert (found.before, found.paired.links) == (str(tmp_path / "a"), 40)
    bad = run("compare", str(tmp_path / "a"))
    assert bad.returncode == 2
    assert "after is needed" in bad.stderr


FLOORS = "end_to_end.normalised.hmean: {at_least: 0.9}\nend_to_end.wrong_destination_rate: {at_most: 0.1}\n"


@pytest.mark.parametrize(
    ("floors", "status", "says"),
    [
        (FLOORS, 0, "passes"),
        ("end_to_end.normalised.hmean: {at_least: 0.96}", 1, "FAIL  end_to_end.normalised.hmean: 0.95"),
        ("end_to_end.normalised.hmean: {at_least: 0.94, certainly: true}", 1, "FAIL"),
        ("end_to_end.normalised.hmean: {at_least: 0.5, at_most: 0.6}", 1, "at least 0.5 and at most 0.6"),
        ("dataset.links: {at_least: 40}", 0, "passes"),
        ("detection.ap_large: {at_least: 0.1}", 2, "detection.ap_large is undefined"),
        ("detection.magic: {at_least: 0.1}", 2, "detection.magic is no measure"),
        ("detection: {at_least: 0.1}", 2, "is no number"),
        ("detection.ap: {at_leat: 0.1}", 2, "detection.ap has at_leat; it can have at_least, at_most, certainly."),
        ("detection.ap: {}", 2, "detection.ap asks nothing"),
        ("detection.ap: {at_least: much}", 2, "detection.ap has at_least='much', which is no number."),
        ("detection.ap: {at_least: .nan}", 2, "detection.ap has at_least=nan, which is no number."),
        ("detection.ap: {at_least: 0.1, certainly: 1}", 2, "detection.ap has certainly=1; it is true or false."),
        ("detection.ap: 0.5", 2, "detection.ap says 0.5, but not which way; write detection.ap: {at_least: 0.5}."),
        ("end_to_end.cer: 0.5", 2, "write end_to_end.cer: {at_most: 0.5}."),
        ("detection.ap: high", 2, "detection.ap says 'high'; write a line for each measure"),
        ("detection.ap: [", 2, "is no YAML"),
        ("- detection.ap", 2, "is no floor file"),
        ("", 2, "is no floor file"),
        ("dataset.images: {at_least: 1, certainly: true}", 2, "has no interval"),
    ],
)
def test_the_gate_says_yes_or_no(run: Run, tmp_path: Path, floors: str, status: int, says: str) -> None:
    save(tmp_path / "a", {0, 1})
    (tmp_path / "floor.yaml").write_text(floors)
    done = run("gate", str(tmp_path / "a"), str(tmp_path / "floor.yaml"))
    assert (done.returncode, done.stderr.count("Traceback")) == (status, 0), done
    assert says in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("keys", "status"),
    [
        (["margin=0"], 1),
        (["margin=0.03"], 0),
        (["margin=0", "certainly=true"], 0),
        (["measures=[detection.ap]", "margin=0"], 0),
        (["measures=[end_to_end.wrong_destination_rate]", "margin=0"], 1),
        (["measures=[detection.magic]"], 2),
        (["measures=[detection.ap_large]"], 2),
    ],
)
def test_the_gate_holds_a_run_against_a_previous_one(run: Run, tmp_path: Path, keys: list[str], status: int) -> None:
    save(tmp_path / "before", {0})
    save(tmp_path / "after", {0, 1})
    done = run("gate", str(tmp_path / "after"), f"against={tmp_path / 'before'}", *keys)
    assert done.returncode == status, done
    better = run("gate", str(tmp_path / "before"), f"against={tmp_path / 'after'}", "margin=0")
    assert better.returncode == 0, better


def test_the_gate_needs_something_to_judge_by(run: Run, tmp_path: Path) -> None:
    done = run("gate", str(save(tmp_path / "a", set())))
    assert done.returncode == 2
    assert "Nothing to judge by" in done.stderr
    for missing in (["gate"], ["gate", str(tmp_path / "a"), str(tmp_path / "no.yaml")], ["gate", str(tmp_path / "b")]):
        assert run(*missing).returncode == 2


def test_equal_matches_give_equal_bytes(tmp_path: Path) -> None:
    one, two = (save(tmp_path / name, {2}) / "matches.npz" for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()
    assert json.loads((tmp_path / "a/metrics.json").read_text())["certainty"]["clusters"] == PAGES + 1
