"""Links as they are spelled: URLs of the right scheme, as long as printed ones; look-alikes that are none."""

from __future__ import annotations

import re

import ada_url
import numpy as np
import pytest

from conf.schema.link import DECOYS, SCHEMES, LinkConfig
from synth import links, words
from synth.chance import Chance
from synth.sampling.decoys import decoy


def _texts(scheme: str, count: int, config: LinkConfig | None = None, longest: int | None = None) -> list[str]:
    chance = Chance(3, 0, scheme)
    return [links.link_text(scheme, config or LinkConfig(), chance, longest)[0] for _ in range(count)]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_links_begin_with_their_prefix_and_are_urls(scheme: str) -> None:
    chance, config = Chance(3, 0, "links"), LinkConfig(upper_case_share=0.1, international_share=0.05)
    for _ in range(1500):
        text, prefix = links.link_text(scheme, config, chance)
        assert text.startswith(prefix) and len(text) > len(prefix) + 3
        assert prefix.lower() == ("www." if scheme == "www" else f"{scheme}://")
        assert set(text) <= words.PRINTABLE
        assert not words.PREFIX.search(text[len(prefix) :].removeprefix("www."))  # one prefix of ours, no second
        url = ada_url.URL(text if "://" in text else f"http://{text}")  # raises where it is none
        assert url.protocol == ("http:" if scheme == "www" else f"{scheme}:")
        assert "." in url.hostname


def test_links_are_as_long_as_printed_ones() -> None:
    # 845 links counted in 56 books: 18 to 135 characters, median 38, 95th percentile 89.
    lengths = [len(text) for scheme in ("https", "http") for text in _texts(scheme, 2000)]
    least, median, long, most = np.percentile(lengths, [0, 50, 95, 100])
    assert 12 <= least <= 18 and 36 <= median <= 40
    assert 82 <= long <= 96 and 110 <= most <= 155


def test_lengths_follow_the_configuration() -> None:
    short = [len(text) for text in _texts("https", 1500, LinkConfig(median_length=30, long_length=50))]
    assert 28 <= np.median(short) <= 33
    assert 44 <= np.percentile(short, 95) <= 56


def test_a_link_fits_where_it_cannot_be_broken() -> None:
    assert max(len(text) for scheme in SCHEMES for text in _texts(scheme, 800, longest=36)) <= 44


def test_paths_and_hosts_come_in_the_shares_asked_for() -> None:
    texts = _texts("https", 4000)
    assert 0.31 < np.mean([text.startswith(("https://www.", "HTTPS://www.")) for text in texts]) < 0.37
    assert 0.22 < np.mean([text.endswith("/") for text in texts]) < 0.28
    least = {"?": 0.02, "#": 0.01, "%": 0.01, "~": 0.02, "doi.org/10.": 0.005, "arxiv.org": 0.002, "bit.ly/": 0.001,
             "wikipedia.org/wiki/": 0.005, "github.com/": 0.01, ".co.uk": 0.01}  # fmt: skip
    for part, share in least.items():
        assert np.mean([part in text for text in texts]) > share, part
    none = _texts("http", 500, LinkConfig(trailing_slash_share=0, after_scheme_www_share=0, international_share=0))
    assert not any(text.endswith("/") or "://www." in text for text in none)


def test_international_hosts_are_spelled_in_letters_that_fonts_have_or_as_punycode() -> None:
    config = LinkConfig(international_share=1.0, after_scheme_www_share=1.0, upper_case_share=0.0)
    printed = [re.split(r"[/?#]", text.removeprefix("https://www."))[0] for text in _texts("https", 600, config)]
    coded = [host for host in printed if host.startswith("xn--")]
    assert 0.5 < len(coded) / len(printed) < 0.95  # the others show their letters
    assert all(set(host) <= words.PRINTABLE for host in printed)
    spelled = {host.encode().decode("idna") for host in coded}
    assert {"bücher.de", "łódź.pl", "βιβλία.gr", "почта.рф", "図書館.jp", "서울.kr"} <= spelled


@pytest.mark.parametrize("kind", DECOYS)
def test_look_alikes_hold_no_prefix(kind: str) -> None:
    chance = Chance(0, 0, kind)
    spans = [decoy(kind, chance) for _ in range(400)]
    for span in spans:
        assert span.link is None and " " not in span.text and set(span.text) <= words.PRINTABLE
        assert not words.PREFIX.search(span.text)
    assert all((span.underline != "none") == (kind == "underlined") for span in spans)


def test_the_same_stream_gives_the_same_links() -> None:
    assert _texts("https", 50) == _texts("https", 50)
