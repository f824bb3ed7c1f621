"""Running text: in order, printable, without links, like language."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf import UserError
from synth import prose, words
from synth.chance import Chance

TEXTS = pytest.mark.parametrize("text", [prose.novel, prose.handbook, prose.encyclopedia])


@TEXTS
def test_texts_read_like_prose(text: Callable[[], words.Text]) -> None:
    said = text().words
    sentences = [" ".join(said[a:b]) for a, b in zip(text().starts, text().starts[1:], strict=False)]
    assert len(said) > 15_000 and len(set(said)) > 1500
    assert 4 < sum(map(len, said)) / len(said) < 6.5  # English words with their punctuation
    assert sum(sentence[-1] in ".?!”’)…" for sentence in sentences) > 0.97 * len(sentences)
    assert sum(bool(re.match(r"[“‘(]*[A-Z0-9]", sentence)) for sentence in sentences) > 0.9 * len(sentences)
    joined = " ".join(said)
    assert all(re.search(sign, joined) for sign in (r"\w,", "“", "”", ";", "[a-z] [A-Z][a-z]+"))
    assert Counter(said).most_common(1)[0][0] == "the"
    assert not re.search(r"(?<!\w)_[^\W_]|--|[*<>{}`]", joined)  # markup is no print


@TEXTS
def test_texts_hold_no_prefix_and_no_character_that_a_font_may_lack(text: Callable[[], words.Text]) -> None:
    joined = " ".join(text().words)
    assert not words.PREFIX.search(joined)
    assert set(joined) <= words.PRINTABLE | {" "}


def test_a_text_is_read_on_in_order_and_begins_again_behind_its_end() -> None:
    text = words.Text(["One", "is.", "Two", "is", "too.", "Three."], [0, 2, 5, 6])
    reader = words.Reader(text, Chance(0, 0, "text"))
    said = reader.read(7)
    start = said[0]
    order = ["One is.", "Two is too.", "Three."]
    first = next(n for n, sentence in enumerate(order) if sentence.split()[0] == start)
    assert " ".join(said) == " ".join(order[(first + n) % 3] for n in range(7))
    assert " ".join(reader.read(1)) == order[(first + 7) % 3]


def test_a_users_text_keeps_its_words_without_its_links(tmp_path: Path) -> None:
    path = tmp_path / "novel.txt"
    path.write_text("Call me Ishmael.\n\nSee HTTPS://example.org now. “Naïve?” Ask at www.a.de. Some years ago…\n")
    assert words.own(str(path)).words == ["Call", "me", "Ishmael.", "“Naïve?”", "Some", "years", "ago…"]


def test_a_users_text_is_printed_without_the_marks_of_italics(tmp_path: Path) -> None:
    path = tmp_path / "essay.txt"
    path.write_text("A _living_ thing, “_coup d’état_!” But snake_case and __init__ stay.")
    assert " ".join(words.own(str(path)).words) == "A living thing, “coup d’état!” But snake_case and __init__ stay."


def test_a_users_text_without_full_stops_is_cut_into_sentences(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("word " * 1000)
    text = words.own(str(path))
    assert len(text.words) == 1000
    assert all(b - a <= 60 for a, b in zip(text.starts, text.starts[1:], strict=False))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read as UTF-8 text"), (b"\xff\xfe", "cannot be read"), (b"See www.a.de!", "holds no sentence")],
)
def test_a_text_that_cannot_be_used_is_named(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=sentence) as refused:
        words.check(str(path))
    assert f"page.text_file={path}" in str(refused.value)


@given(st.text())
def test_what_is_printed_is_printable(text: str) -> None:
    printed = words.printable(text)
    assert set(printed) <= words.PRINTABLE | {" "}
    assert words.printable(printed) == printed


def test_letters_that_fonts_lack_lose_their_accents_only() -> None:
    assert words.printable("naïve cœur Łódź ‐ «ja»") == "naïve coeur Lódz - “ja”"


@pytest.mark.parametrize(
    "said",
    [
        "Zażółć gęślą jaźń. Łódź jest dużym miastem.",
        "Все счастливые семьи похожи друг на друга. Всё смешалось.",
        "Η γλώσσα είναι ελληνική. Και μετά;",
        "«Čeština» je „krásná“ řeč. Žádné ztráty.",
    ],
)
def test_a_users_text_keeps_latin_greek_and_cyrillic_letters(tmp_path: Path, said: str) -> None:
    path = tmp_path / "text.txt"
    path.write_text(unicodedata.normalize("NFD", said))  # whatever way its accents are stored
    text = words.own(str(path))
    assert " ".join(text.words) == said
    assert text.letters == set(said) - words.PRINTABLE - {" "}
    assert text.sentences == 2


def test_a_users_text_that_pages_cannot_print_is_refused_with_some_of_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("吾輩は猫である。Abc.")
    with pytest.raises(UserError, match=r"would lose 67% of its characters, as 吾, .*Latin, Greek and Cyrillic"):
        words.own(str(path))


def test_what_a_users_text_loses_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "text.txt"
    path.write_text("Most of this is plain enough. " * 100 + "One Łódź, one 猫.")
    with caplog.at_level(logging.INFO, "synth.words"):
        text = words.own(str(path))
    assert text.letters == set() and text.words[-3:] == ["Lódz,", "one", "."]
    assert caplog.messages == [f"page.text_file={path}: 2 characters are spelled otherwise (Ł, ź), 1 are left out (猫)"]
