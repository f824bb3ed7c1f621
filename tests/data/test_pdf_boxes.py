"""Boxes against pixels: a prefix alone on a page is its own truth, drawn by PDFium without any of our measuring."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure

from data.boxes import bounds
from data.pdf.flat import Flat
from data.pdf.picture import Window, draw, draw_window, text_coverage
from data.pdf.survey import opened, survey
from tests.data.pdfs import Sheet, line, save_pdf

WIDTH_PX, FINER = 1024, 4
LINKS = ("https://example.org/a", "http://www.x.org", "www.gjpqy.org", "ftp://a.b/c")
PREFIXES = ("https://", "http://", "www.", "ftp://")


def ink(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Left, top, right, bottom of what is darker than half, pixels."""
    dark = pixels.max(axis=2) < 128
    columns, rows = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], dtype=np.float64)


def worst_edge(whole: Path, alone: Path) -> list[float]:
    """For each page the greatest distance of an edge of its box from the ink, pixels of a page 1024 wide."""
    errors = []
    with opened(whole) as document, opened(alone) as prefixes:
        for number in range(len(document)):
            page, facts = document[number], survey(document, number + 1)
            _, (link,) = Flat(WIDTH_PX, "png")(page, facts, 0)
            x, y, width, height = link.bbox
            truth = ink(draw(prefixes[number], FINER * WIDTH_PX)) / FINER
            errors.append(float(np.abs(truth - [x, y, x + width, y + height]).max()))
    return errors


@pytest.mark.parametrize("fonttype", [3, 42])
def test_boxes_are_those_of_the_ink_in_embedded_fonts(tmp_path: Path, fonttype: int) -> None:
    families = ("DejaVu Sans", "DejaVu Serif", "STIXGeneral")
    files = []
    for name, texts in (("whole", LINKS[:3]), ("alone", PREFIXES[:3])):
        files.append(tmp_path / f"{name}.pdf")
        pages = [(text, family, slant) for text in texts for family in families for slant in ("normal", "italic")]
        _save_pages(files[-1], pages, fonttype)
    errors = worst_edge(*files)
    assert len(errors) == 18 and np.mean(errors) < 0.2 and max(errors) < 0.5


def _save_pages(path: Path, pages: list[tuple[str, str, str]], fonttype: int) -> None:
    from matplotlib.backends.backend_pdf import PdfPages

    with matplotlib.rc_context({"pdf.fonttype": fonttype}), PdfPages(path) as file:
        for text, family, slant in pages:
            figure = Figure(figsize=(6, 0.75))  # 1024 by 128 pixels: no side is rounded, at any scale
            FigureCanvasPdf(figure)
            figure.text(0.2, 0.5, text, family=family, style=slant, size=11)
            file.savefig(figure)


@pytest.mark.parametrize(("angle", "turn"), [(0, 90), (0, 180), (90, 0), (90, 270), (25, 0), (-60, 90), (155, 270)])
def test_boxes_are_those_of_the_ink_in_any_direction(tmp_path: Path, angle: float, turn: int) -> None:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    files = []
    for name, texts in (("whole", LINKS[1:3]), ("alone", PREFIXES[1:3])):
        turned = f"{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} 150 140 Tm"
        sheets = [
            Sheet(line(text, 0, 0, more=turned, font="I"), turn=turn, box=(-20, 10, 380.5, 299)) for text in texts
        ]
        files.append(save_pdf(tmp_path / f"{name}.pdf", *sheets))
    errors = worst_edge(*files)
    assert np.mean(errors) < 0.3 and max(errors) < 0.6


def test_a_slanted_prefix_has_an_exact_outline(tmp_path: Path) -> None:
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    turned = f"{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} 60 40 Tm"
    with opened(
        save_pdf(tmp_path / "a.pdf", line("http://a.org", 0, 0, more=turned), line("http://a.org", 60, 40))
    ) as document:
        slanted, level = (survey(document, number).links[0].prefix for number in (1, 2))
    sides = [[math.dist(quad[i], quad[i + 1]) for i in range(3)] for quad in (slanted, level)]
    assert sides[0] == pytest.approx(sides[1], abs=0.1)


def test_a_diagonal_prefix_is_ignored(tmp_path: Path) -> None:
    diagonal = line("http://a.org", 0, 0, more="0.7071 0.7071 -0.7071 0.7071 60 40 Tm")
    with opened(save_pdf(tmp_path / "a.pdf", diagonal)) as document:
        (link,) = survey(document, 1).links
    assert link.fault.startswith("its line runs at 45 degrees")


def test_neighbours_do_not_enlarge_a_box(tmp_path: Path) -> None:
    content = line("(http://www", 40, 200) + line("jgjgjg", 46, 211) + line("HHHH", 46, 190.5) + "40 198 200 0.6 re f"
    with opened(save_pdf(tmp_path / "a.pdf", content, line("http://", 44, 200))) as document:
        (link,) = survey(document, 1).links
        truth = ink(draw(document[1], 4000)) / 10
    x, y, width, height = bounds(link.prefix)
    assert [x, y, x + width, y + height] == pytest.approx(truth.tolist(), abs=0.15)


def test_windows_show_what_the_whole_page_shows(tmp_path: Path) -> None:
    content = line("Wherever (it) stands", 20, 280) + line("or there", 320, 20)
    with opened(save_pdf(tmp_path / "a.pdf", Sheet(content, box=(0, 0, 399.6, 299.4)))) as document:
        page = document[0]
        whole = draw(page, 1998)
        for left, top in ((10, 5), (310, 260)):
            part = draw_window(page, Window((left, top), (1.0, 0.0), 80, 30, 5.0))
            same = whole[5 * top : 5 * top + 150, 5 * left : 5 * left + 400]
            assert np.abs(part.astype(int) - same).mean() < 3
        covered = text_coverage(page, Window((10, 5), (1.0, 0.0), 80, 30, 5.0))
        assert np.abs((255 - covered.astype(int)) - whole[25:175, 50:450].min(axis=2)).mean() < 3


def test_annotations_are_not_drawn(tmp_path: Path) -> None:
    sheet = Sheet(line("http://a.org"), [(20, 20, 380, 280, "http://a.org")])
    with opened(save_pdf(tmp_path / "a.pdf", sheet)) as document:
        left, top, right, bottom = ink(draw(document[0], 400))
    assert left > 35 and top > 80 and right < 120 and bottom < 110
