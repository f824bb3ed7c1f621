"""What is found in the text layer: which links, how they are spelt, where they end, and what is set aside."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from conf import UserError
from data.pdf.find import find
from data.pdf.layer import Glyph, Style, is_serif
from data.pdf.lines import Line
from data.pdf.survey import Page, opened, survey
from tests.data.pdfs import LOCKED, Sheet, line, save_pdf

Look = Callable[[Sheet | str], Page]
FULL = "these words come before a link and fill the line up to its end "
"""Together with a link it reaches as far as any line of the page."""
PICTURE = "q 400 0 0 300 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q\n"
"""A grey pixel, as large as the page."""


@pytest.fixture
def look(tmp_path: Path) -> Look:
    def looked(sheet: Sheet | str) -> Page:
        with opened(save_pdf(tmp_path / "a.pdf", sheet)) as document:
            return survey(document, 1)

    return looked


def texts(page: Page) -> list[str]:
    return [link.text for link in page.links if not link.fault]


@pytest.mark.parametrize(
    ("printed", "links"),
    [
        ("see (https://example.org/a_(b)), and www.b.org.", ["https://example.org/a_(b)", "www.b.org"]),
        (
            "[http://a.org/x?y=1&z=%20]; ftp://f.org, tcp://h:80",
            ["http://a.org/x?y=1&z=%20", "ftp://f.org", "tcp://h:80"],
        ),
        ("<http://a.org/> and <https://b.org>", ["http://a.org/", "https://b.org"]),
        (
            "http://web.archive.org/web/2020/http://www.old.org/",
            ["http://web.archive.org/web/2020/http://www.old.org/"],
        ),
        ("https://www.a.org,https://b.org", ["https://www.a.org", "https://b.org"]),
        ("WWW.ABC.ORG and HTTP://X.ORG!", ["WWW.ABC.ORG", "HTTP://X.ORG"]),
        ("http is HTTP/2, see https: and awww. or me@www.org, ftp.x.org, C:\\www.x ://", []),
        ("a ratio of 1://2 and wwww.x.org", []),
    ],
)
def test_links_of_one_line(look: Look, printed: str, links: list[str]) -> None:
    assert texts(look(line(printed, size=9))) == links


@pytest.mark.parametrize(
    ("printed", "fault"),
    [
        ("write http:// before the host", "nothing follows the prefix"),
        ("http://<server>/path", "nothing follows the prefix"),
        ("clone git://a.org/b", "git:// is not one of the schemes to be learnt"),
        ("www.x", "'www.x' is no address"),
        ("read manual.htmlhttp://a.org/b", "it stands right behind a word"),
        ("from sftp://a.org/b", "sftp:// is not one of the schemes to be learnt"),
        ("from x2+ftp://a.org/b", "x2+ftp:// is not one of the schemes to be learnt"),
        ("clone git+https://a.org/b", "git+https:// is not one of the schemes to be learnt"),
    ],
)
def test_what_looks_like_a_prefix_is_ignored_with_the_reason(look: Look, printed: str, fault: str) -> None:
    (link,) = look(line(printed)).links
    assert link.fault == fault


def test_runs_tracking_and_footnote_marks_do_not_break_or_lengthen_a_link(look: Look) -> None:
    assert texts(look(line("http", 40) + line(" : //abc.org/xyz", 58.7))) == ["http://abc.org/xyz"]
    assert texts(look(line("see http://abc.org/xyz now", more="2.5 Tc"))) == ["http://abc.org/xyz"]
    assert texts(look(line("http://abc.org", 40) + line("7", 115.2, 204.5, size=7))) == ["http://abc.org"]
    assert texts(look(line("b", 36, 204, size=6) + line("http://abc.org", 40))) == ["http://abc.org"]


TWO_LINES = [
    ("<http://abc.org/very/long/", "path/to/a.html> and more", "http://abc.org/very/long/path/to/a.html", True),
    # The first line, the second, the text, whether it is certain.
    ("<http://abc.org/pa", "th/x> and", "http://abc.org/path/x", True),
    (
        FULL + "http://abc.org/pa/",
        "th/x and so it goes on and on for a line",
        "http://abc.org/pa/th/x",
        True,
    ),
    (FULL + "http://", "www.abc.org/x and so it goes on and on for a line", "http://www.abc.org/x", True),
    (
        FULL + "http://abc.org/pa-",
        "th/x and so it goes on and on for a line",
        "http://abc.org/pa-th/x",
        False,
    ),
    (FULL + "http://abc.org/pa.", "The next sentence begins here and has a line of its own", "http://abc.org/pa", True),
    (
        FULL + "http://abc.org/path,",
        "and a sentence that goes on in this line",
        "http://abc.org/path",
        True,
    ),
    ("at http://abc.org/", "path/x and this line is a good deal longer than the one above", "http://abc.org/", True),
]


@pytest.mark.parametrize(("first", "second", "text", "certain"), TWO_LINES)
def test_links_over_two_lines(look: Look, first: str, second: str, text: str, certain: bool) -> None:
    (link,) = look(line(first, 20, size=9) + line(second, 20, 189, size=9)).links
    assert (link.text, link.attributes["text_unknown"]) == (text, not certain)
    assert len(link.segments) == 1 + (text.endswith(second.split()[0].rstrip(">")))


def test_the_area_to_click_says_where_a_link_ends(look: Look) -> None:
    two = line("at http://abc.org/long-", 20) + line("tail/x and", 20, 186)
    uri = "http://abc.org/longtail/x"
    areas = [(30, 195, 200, 212, uri), (20, 181, 52, 194, uri)]
    (link,) = look(Sheet(two, areas)).links
    assert (link.text, len(link.segments), link.attributes["text_unknown"]) == (uri, 2, False)
    # Two links without a blank between them.
    joined = Sheet(line("http://abc.org/xyhttp://def.org/"), [(40, 195, 124, 212, "http://abc.org/xy")])
    assert look(joined).links[0].text == "http://abc.org/xy"
    joined.areas = [*joined.areas, (124, 195, 250, 212, "http://def.org/")]
    assert texts(look(joined)) == ["http://abc.org/xy", "http://def.org/"]
    # Nor does a word before it hide a link that the file says begins there.
    behind = Sheet(line("manual.htmlhttps://www.def.org/"), [(105, 195, 250, 212, "https://www.def.org/")])
    assert texts(look(behind)) == ["https://www.def.org/"]


def test_gaps_and_break_marks_do_not_end_a_link(look: Look) -> None:
    gappy = line("http://abc.org/cho") + line("ice.html or so", 148)
    assert texts(look(gappy)) == ["http://abc.org/cho"]
    assert texts(look(Sheet(gappy, [(40, 195, 180, 212, "http://abc.org/choice.html")]))) == [
        "http://abc.org/choice.html"
    ]


def typed(text: str, y: float) -> Line:
    """A line of a typewriter, for characters that no standard font of PDF has."""
    style = Style("Courier", mono=True, serif=True, italic=False, bold=False, colour=(0, 0, 0), invisible=False)
    places = [(index, character) for index, character in enumerate(text) if character != " "]
    return Line(
        tuple(
            Glyph(character, (6.0 * index, y), (1.0, 0.0), 6.0, 10.0, (6.0 * index, y - 7, 6.0 * index + 6, y), style)
            for index, character in places
        )
    )


@pytest.mark.parametrize(("first", "second"), [("http://a.org/b.←", "c/d and"), ("http://a.org/b.", ",→ c/d and")])
def test_marks_where_a_line_was_broken_are_no_part_of_a_link(first: str, second: str) -> None:
    lines = [typed("a line that is longer than the others are", 0), typed(first, 12), typed(second, 24)]
    (link,) = find(lines, [])
    assert (link.text, link.doubt, len(link.pieces)) == ("http://a.org/b.c/d", "", 2)


@pytest.mark.parametrize("before", ["は", "，"])
def test_links_stand_right_behind_east_asian_text(before: str) -> None:
    (link,) = find([typed(f"{before}https://a.org/bにあり", 0)], [])
    assert link.text == "https://a.org/b"


def test_a_second_column_is_not_the_next_line(look: Look) -> None:
    left = line("words up to http://abc.org/a/", 20, 200, size=9) + line("b/c and words of the line", 20, 189, size=9)
    right = line("other words of other things", 220, 200, size=9) + line("d/e and words of the line", 220, 189, size=9)
    assert texts(look(left + right)) == texts(look(right + left)) == ["http://abc.org/a/b/c"]


def test_a_prefix_broken_over_two_lines_is_ignored(look: Look) -> None:
    (link,) = look(line(FULL + "https:", 20, size=9) + line("//abc.org/x and more words", 20, 189, size=9)).links
    assert link.fault == "the prefix itself is broken over two lines"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it has no text layer"),
        ("0 0 200 100 re f", "it has no text layer"),
        (PICTURE + line("page 7 of 9"), "it is a scan: a picture fills it, and there is next to no text"),
        (line("http://abc.org", more="3 Tr"), "its text is an invisible layer, as OCR lays it under a scan"),
    ],
)
def test_pages_that_cannot_be_known_are_set_aside(look: Look, content: str, reason: str) -> None:
    page = look(content)
    assert (page.fault, page.links) == (reason, [])


@pytest.mark.parametrize(
    "content",
    [
        line("see http://abc.org", more="1 g"),
        line("see http://abc.org") + "0.5 g 0 150 400 100 re f",
        "0.3 0.3 0.9 rg 0 150 400 100 re f " + line("see http://abc.org", more="0.3 0.3 0.9 rg"),
    ],
)
def test_links_that_nobody_sees_are_left_out(look: Look, content: str) -> None:
    page = look(content)
    assert not page.links and "cannot be seen" in page.hidden[0][1]


def test_light_print_on_dark_and_fonts_are_described(look: Look) -> None:
    dark = "0 g 0 150 400 100 re f " + line("see http://abc.org now", more="1 g", font="M")
    (link,) = look(dark).links
    assert [link.attributes[key] for key in ("font", "font_class", "style")] == ["Courier", "mono", "mono"]
    assert link.attributes["contrast"] > 0.9 and not link.attributes["underline"]
    underlined = line("http://abc.org", font="I", more="0 0 1 rg") + "0.5 w 40 198.5 m 120 198.5 l S"
    (link,) = look(underlined).links
    assert link.attributes["underline"] and link.attributes["coloured"]
    assert [link.attributes[key] for key in ("font", "font_class", "style")] == ["Times-Italic", "serif", "italic"]
    (link,) = look(line("http://abc.org")).links
    assert [link.attributes[key] for key in ("font", "font_class", "style")] == ["Helvetica", "sans", "roman"]


@pytest.mark.parametrize(
    ("font", "flags", "serif"),
    [
        *[("CMR10", 4, True), ("URWPalladioL-Roma", 4, True), ("LMRoman10-Regular", 4, True), ("Times-Roman", 0, True)],
        *[("Unheard-of", 2, True), ("Unheard-of", 0, False), ("CMSS10", 4, False), ("DejaVuSans", 2, False)],
    ],
)
def test_fonts_have_serifs_by_their_names_then_by_their_flags(font: str, flags: int, serif: bool) -> None:
    assert is_serif(font.lower(), flags) is serif


@pytest.mark.parametrize("angle", [0, 30, 90, 180, -20])
def test_the_x_height_does_not_depend_on_the_direction(look: Look, angle: float) -> None:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    (link,) = look(line("http://xz.org", 0, 0, more=f"{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} 200 150 Tm")).links
    assert math.dist(*link.upright) == pytest.approx(6.28, abs=0.05)  # Helvetica's x: 0.523 em


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.4 rubbish", "is broken or is no PDF file."), (b"", "is broken or is no PDF file.")],
)
def test_a_broken_file_gets_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "b.pdf").write_bytes(content)
    with pytest.raises(UserError) as error, opened(tmp_path / "b.pdf"):
        pass
    assert str(error.value) == f"{tmp_path}/b.pdf {sentence}"


def test_a_locked_file_gets_one_sentence(tmp_path: Path) -> None:
    path = save_pdf(tmp_path / "c.pdf", line("x"), encrypt=LOCKED)
    with pytest.raises(UserError, match=r"c\.pdf is locked by a password\.$"), opened(path):
        pass
