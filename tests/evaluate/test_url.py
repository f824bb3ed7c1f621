from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.url import NOTHING, extract, is_address, normalised, trimmed


@pytest.mark.parametrize(
    ("read", "link"),
    [
        ("https://example.org/a for more", "https://example.org/a"),
        ("htlps:/example.org", "https://example.org"),
        ("https:llexample.org", "https://example.org"),
        ("hitps://example.org", "https://example.org"),
        ("nttp://example.org", "http://example.org"),
        ("http:/Avww.example.org", "http://www.example.org"),
        ("waw.example.org", "www.example.org"),
        ("vvww.example.org", "www.example.org"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("WWW.SHOP.COM", "WWW.SHOP.COM"),
        ("Www.shop.com", "www.shop.com"),
        ("WWW.shop.com", "www.shop.com"),
        ("HTTP://www.shop.com", "HTTP://www.shop.com"),
        ("Https://example.org", "Https://example.org"),
        ("(https://example.org/a).", "https://example.org/a"),
        ("https://example.org/a_(b), and", "https://example.org/a_(b)"),
        ("https://example.org/)-e", "https://example.org/"),
        ("https://example.org/(you", "https://example.org/"),
        ("“https://example.org/”", "https://example.org/"),
        ("<https://example.org/>", "https://example.org/"),
        ("https://example,org/a,b", "https://example.org/a,b"),
        ("https://one—two.org/", "https://one-two.org/"),
        ("https://exam\u00adple.org", "https://example.org"),
        ("https://www-loa.example.org", "https://www-loa.example.org"),
        ("https://example.org/ahttp://example.org/b", "https://example.org/a"),
        ("https://example.org/web/https://example.org/b", "https://example.org/web/https://example.org/b"),
        ("git://example.org/a.git", "git://example.org/a.git"),
        ("ftp://example.org", "ftp://example.org"),
        ("sftp://example.org", "sftp://example.org"),
        ("https://wwf.example.org", "https://wwf.example.org"),
        ("https://wiki.example.org", "https://wiki.example.org"),
    ],
)
def test_extracts_the_link_behind_a_misread_prefix(read: str, link: str) -> None:
    assert extract(read).link == link


@pytest.mark.parametrize(
    "read", ["", "hello world", "the quick brown fox", "chapter 12", "https://", "www.", "mail@example.org"]
)
def test_ordinary_text_is_no_link(read: str) -> None:
    assert extract(read).link == ""


def test_doubt_tells_how_well_the_prefix_was_read() -> None:
    assert extract("https://example.org").doubt == 0
    assert extract("Www.example.org").doubt == 0
    assert 0 < extract("hitps://example.org").doubt < extract("hitns://example.org").doubt < NOTHING.doubt


@given(
    st.sampled_from(["https://", "http://", "ftp://", "www.", "https://www."]),
    st.from_regex(r"[a-v][a-z0-9]{0,8}\.(org|com|net)(/[a-z0-9]{1,8}){0,3}", fullmatch=True),
)
def test_a_link_read_well_comes_out_as_it_is(prefix: str, rest: str) -> None:
    found = extract(f"{prefix}{rest}. And so on")
    assert (found.link, found.doubt) == (prefix + rest, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Example.ORG", "https://example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org/a/", "https://example.org/a"),
        ("https://example.org/a.", "https://example.org/a"),
        ("https://example.org/a)", "https://example.org/a"),
        ("https://exam\u00adple.org", "https://example.org"),
        ("“https://example.org”", "https://example.org"),
        ("https://ｅxample.org", "https://example.org"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("www.Example.org", "www.example.org/"),
    ],
)
def test_the_same_link(one: str, other: str) -> None:
    assert normalised(one) == normalised(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org", "https://example.org"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/a", "https://example.org/b"),
        ("www.example.org", "http://www.example.org"),
        ("https://example.org/a_(b)", "https://example.org/a_(b"),
        ("https://example.org/a//", "https://example.org/a"),
    ],
)
def test_not_the_same_link(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@given(st.text(max_size=40))
def test_trimming_ends_and_any_text_has_a_normal_form_or_none(text: str) -> None:
    assert trimmed(trimmed(text)) == trimmed(text)
    assert normalised(f"https://example.org/{text}").startswith("https://example.org")
    assert isinstance(normalised(text), str)


@given(
    st.from_regex(r"https://[a-z]{1,8}\.org(/[a-z0-9]{1,8}){0,3}", fullmatch=True),
    st.sampled_from([".", ",", "/", ")", "”", "/.", "):"]),
)
def test_what_trails_a_link_does_not_change_it(link: str, trail: str) -> None:
    assert normalised(link + trail) == normalised(link) == link


@pytest.mark.parametrize(
    ("link", "works"),
    [
        ("https://example.org/a", True),
        ("www.example.org", True),
        ("http://localhost:631/", True),
        ("http://192.168.0.1/x", True),
        ("https://example", False),
        ("https://", False),
        ("https://exa mple.org", False),
        ("", False),
    ],
)
def test_addresses_that_lead_somewhere(link: str, works: bool) -> None:
    assert is_address(link) is works
