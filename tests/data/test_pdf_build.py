"""From a folder of PDF files to a set: what is in it, what is set aside, the same bytes, going on after a stop."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conf import UserError
from conf.schema.data_pdf import PdfConfig, page_ranges
from data import load_pixels, read_dataset
from data.pdf import build as building
from data.pdf import crew
from data.pdf.flat import Flat
from tests.data.conftest import Run
from tests.data.pdfs import LOCKED, Sheet, line, save_pdf

FLAT = Flat(300, "png")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Two books with 3 + 1 pages with links and 12 + 0 without, and files of every fault."""
    folder = tmp_path / "shelf"
    linked = [line(f"page {number} has http://a.org/{number}") for number in range(3)]
    plain = [line(f"page {number} has none") for number in range(12)]
    save_pdf(folder / "manuals/a.PDF", *linked, *plain)
    save_pdf(
        folder / "manuals/ü b.pdf", line("www.b.org and git://c.org"), Sheet(line("see", more="3 Tr"), turn=90), ""
    )
    (folder / "manuals/ü b.json").write_text('{"licence": "MIT", "from": "the shelf"}')
    save_pdf(folder / "locked.pdf", line("x"), encrypt=LOCKED)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "readme.txt").write_text("no book")
    return folder


def make(shelf: Path, out: Path, **keys: Any) -> building.Built:
    return building.build(PdfConfig(source=str(shelf), out=str(out), **{"workers": 1, **keys}), FLAT)


def rejected(out: Path) -> list[tuple[str, Any, str]]:
    lines = map(json.loads, (out / "rejected.jsonl").read_text().splitlines())
    return [(entry["file"], entry.get("page"), entry["reason"]) for entry in lines]


def digest(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_shelf_becomes_a_set(shelf: Path, tmp_path: Path) -> None:
    made = make(shelf, tmp_path / "set", link_free_share=0.5)
    dataset = read_dataset(tmp_path / "set")
    assert (made.books, made.pictures, made.links, made.rejected) == (4, len(dataset.images), dataset.links, 5)
    assert [len(image.links) for image in dataset.images] == [1, 1, 1, 0, 0, 0, 0, 2]
    assert {(image.source, image.group, image.width, image.height) for image in dataset.images} == {
        *(("pdf", "manuals/a", 300, 225), ("pdf", "manuals/ü b", 300, 225))
    }
    last = dataset.images[-1]
    assert last.extra == {"document": "manuals/ü b.pdf", "page": 1, "licence": "MIT", "from": "the shelf"}
    assert [(link.text, link.ignore) for link in last.links] == [("www.b.org", False), ("git://c.org", True)]
    assert load_pixels(last.path).shape == (225, 300, 3)
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == [
        *("annotations.json", "books.json", "images", "rejected.jsonl")
    ]


def test_what_is_set_aside_is_listed_with_the_reason(shelf: Path, tmp_path: Path) -> None:
    make(shelf, tmp_path / "set")
    assert rejected(tmp_path / "set") == [
        ("broken.pdf", None, "is broken or is no PDF file"),
        ("locked.pdf", None, "is locked by a password"),
        ("manuals/ü b.pdf", 1, "git:// is not one of the schemes to be learnt"),
        ("manuals/ü b.pdf", 2, "its text is an invisible layer, as OCR lays it under a scan"),
        ("manuals/ü b.pdf", 3, "it has no text layer"),
    ]


def test_any_number_of_workers_gives_the_same_bytes_and_a_finished_set_is_kept(shelf: Path, tmp_path: Path) -> None:
    for workers in (1, 3):
        make(shelf, tmp_path / str(workers), workers=workers)
    first, second = digest(tmp_path / "1"), digest(tmp_path / "3")
    assert first == second and len(first) == 8
    picture = tmp_path / "1/images/00/000000.png"
    before = picture.stat().st_mtime_ns
    moved = shelf.rename(tmp_path / "moved")
    make(moved, tmp_path / "1")
    assert picture.stat().st_mtime_ns == before and digest(tmp_path / "1") == first


def test_a_stopped_run_goes_on_to_the_same_bytes(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(shelf, tmp_path / "whole")

    def stopped(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(building, "_join", stopped)
    with pytest.raises(KeyboardInterrupt):
        make(shelf, tmp_path / "set")
    records = sorted((tmp_path / "set/.parts").rglob("*.json"))
    assert len(records) > 2 and not (tmp_path / "set/annotations.json").exists()
    records[-1].unlink()
    kept = records[0].stat().st_mtime_ns
    monkeypatch.undo()
    monkeypatch.setattr(building.shutil, "rmtree", lambda *_, **__: None)
    make(shelf, tmp_path / "set")
    assert records[0].stat().st_mtime_ns == kept
    monkeypatch.undo()
    shutil.rmtree(tmp_path / "set/.parts")
    assert digest(tmp_path / "set") == digest(tmp_path / "whole")


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_the_command_and_its_workers(tmp_path: Path, times: int) -> None:
    save_pdf(tmp_path / "book.pdf", *[line(f"http://a.org/{number}") * 40 for number in range(400)])
    command = [sys.executable, "-m", "data", "pdf", f"source={tmp_path}/book.pdf", f"out={tmp_path}/set", "workers=2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 180
    while not list((tmp_path / "set").glob(".parts/seen/*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 130 and "Stopped. The same command goes on where it was.\n" in said
    assert not (tmp_path / "set/annotations.json").exists()


@pytest.mark.parametrize(("change", "key"), [({"seed": 1}, "seed"), ({"pages": "1-2"}, "pages")])
def test_a_set_of_other_keys_is_not_overwritten(shelf: Path, tmp_path: Path, change: dict[str, Any], key: str) -> None:
    make(shelf, tmp_path / "set")
    with pytest.raises(UserError, match=rf"holds a set that differs in {key} .*; name a new folder\.$"):
        make(shelf, tmp_path / "set", **change)
    (shelf / "manuals/a.PDF").unlink()
    with pytest.raises(UserError, match="differs in books"):
        make(shelf, tmp_path / "set")


def test_another_book_moves_no_page_of_the_others(shelf: Path, tmp_path: Path) -> None:
    def pages(out: Path) -> set[int]:
        return {image.extra["page"] for image in read_dataset(out).images if image.extra["document"] == "manuals/a.PDF"}

    make(shelf, tmp_path / "few", link_free_share=0.5)
    save_pdf(shelf / "manuals/c.pdf", *[line(f"http://c.org/{number}") for number in range(2)])
    make(shelf, tmp_path / "more", link_free_share=0.6)
    assert pages(tmp_path / "few") < pages(tmp_path / "more")


def test_pages_and_groups_are_chosen(shelf: Path, tmp_path: Path) -> None:
    make(shelf, tmp_path / "set", pages="2-3", group_by="folder", link_free_share=0.0, licence="CC0-1.0")
    images = read_dataset(tmp_path / "set").images
    assert [(image.extra["page"], image.group, image.extra["licence"]) for image in images] == [
        *((2, "manuals", "CC0-1.0"), (3, "manuals", "CC0-1.0"))
    ]
    assert page_ranges("all") is None and page_ranges("1-3, 9") == [range(1, 4), range(9, 10)]


def _fatal(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    return 10 * number


def test_what_kills_a_worker_costs_itself_alone() -> None:
    assert list(crew.each(_fatal, range(7), 2, lambda number: -number)) == [0, 10, 20, -3, 40, 50, 60]


def test_the_command_tells_what_was_made_and_what_was_set_aside(run: Run, tmp_path: Path) -> None:
    save_pdf(tmp_path / "a.pdf", line("see http://abc.org"))
    done = run("pdf", f"source={tmp_path}/a.pdf", f"out={tmp_path}/whole")
    assert done.stdout == f"{tmp_path}/whole: 1 pages of 1 books, 1 links\n"
    save_pdf(tmp_path / "b.pdf", "0 0 200 100 re f")
    done = run("pdf", f"source={tmp_path}", f"out={tmp_path}/part")
    assert done.stdout.splitlines()[1:] == [
        f"  set aside or to be ignored: 1, all of them in {tmp_path}/part/rejected.jsonl"
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["source=/nowhere"], "source=/nowhere does not exist.\n"),
        (
            ["source=.", "pages=3-1"],
            "pages='3-1' is not understood at '3-1': write all, or numbers, as pages=1-20 or 'pages=\"1-20,35\"'.\n",
        ),
        (["source=.", "width_px=1"], "width_px=1 is out of range: 64 to 8,192.\n"),
        (["source=.", "out=set"], "source=. holds no PDF file (.pdf).\n"),
        (
            ["source=scan.pdf", "out=set"],
            "No page of source=scan.pdf can be used: scan.pdf page 1: it has no text layer.\n",
        ),
        (
            ["source=plain.pdf", "pages=1-2", "out=set"],
            "No page of source=plain.pdf can be used: plain.pdf page 1 and 1 more: it shows no printed link.\n",
        ),
        (
            ["source=plain.pdf", "pages=900-1000", "out=set"],
            "No page of source=plain.pdf can be used: no document has pages=900-1000; plain.pdf has the most, 3.\n",
        ),
        (["source=noted.pdf", "out=set"], 'must be an object of texts, as {"licence": "MIT", "group": "manuals"}.\n'),
    ],
)
def test_a_mistake_gets_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if arguments[0].endswith(".pdf"):
        save_pdf(Path("scan.pdf"), "0 0 200 100 re f")
        save_pdf(Path("noted.pdf"), line("http://a.org"))
        save_pdf(Path("plain.pdf"), line("none"), line("none either"), line("http://a.org"))
        Path("noted.json").write_text("[1]")
    done = run("pdf", *arguments)
    assert done.returncode == 2 and done.stderr.endswith(sentence)
    assert not Path("set").exists()


def test_a_command_that_found_nothing_is_corrected_in_its_own_folder(tmp_path: Path) -> None:
    save_pdf(tmp_path / "a.pdf", line("none"), line("http://a.org"))
    with pytest.raises(UserError, match="it shows no printed link"):
        make(tmp_path / "a.pdf", tmp_path / "set", pages="1")
    assert make(tmp_path / "a.pdf", tmp_path / "set", pages="1-2").pictures == 1


def test_pictures_of_somebody_else_are_not_written_over(shelf: Path, tmp_path: Path) -> None:
    mine = tmp_path / "set/images/00/000000.png"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(UserError, match=r"holds a set that this command did not make \(images\)"):
        make(shelf, tmp_path / "set")
    assert [path for path in (tmp_path / "set").rglob("*") if path.is_file()] == [mine]


def test_a_book_whose_name_no_file_can_hold_is_named(tmp_path: Path) -> None:
    save_pdf(tmp_path / "shelf/a\n.pdf", line("http://a.org"))
    with pytest.raises(UserError, match=r"a\\n.pdf has a name that is not one line of UTF-8; rename the file"):
        make(tmp_path / "shelf", tmp_path / "set")
