"""Printed above read: the pieces hold both texts, letter under letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evaluate.report.difference import GAP, Piece, aligned

LETTERS = st.text(alphabet="htps:/.-_abl1I0O", max_size=60)


def test_letters_stand_under_those_they_were_taken_for() -> None:
    assert aligned("https://a.org/lib", "https://a.org/1ib/") == [
        Piece("https://", "https://", "same"),
        Piece("a.org/", "a.org/", "same"),
        Piece("l", "1", "changed"),
        Piece("ib", "ib", "same"),
        Piece(GAP, "/", "added"),
    ]
    assert aligned("abc", "ac")[1] == Piece("b", GAP, "lost")


@given(LETTERS, LETTERS)
def test_nothing_is_lost_and_columns_are_equal(printed: str, read: str) -> None:
    pieces = aligned(printed, read)
    assert "".join(piece.printed for piece in pieces if piece.kind != "added") == printed
    assert "".join(piece.read for piece in pieces if piece.kind != "lost") == read
    assert all(len(piece.printed) == len(piece.read) <= 8 for piece in pieces)
    assert all((piece.printed == piece.read) == (piece.kind == "same") for piece in pieces)
