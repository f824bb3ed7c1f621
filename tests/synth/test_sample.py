"""What chance chooses follows what the configuration says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import ada_url
import numpy as np
import pytest

from conf import UserError
from synth import words
from synth.links import link_text
from synth.sample import sample
from tests.synth.conftest import Compose


def test_schemes_are_those_asked_for_in_their_shares(composed: Compose) -> None:
    config = composed("link=dense", "link.schemes=[https,ftp]", "link.scheme_weights={https:3,ftp:1}")
    counted = Counter(link.scheme for index in range(60) for link in sample(config, index).links)
    assert set(counted) == {"https", "ftp"}
    assert 2 < counted["https"] / counted["ftp"] < 4.5


@pytest.mark.parametrize("scheme", ["https", "http", "ftp", "tcp", "www"])
def test_links_begin_with_their_prefix_and_are_urls(composed: Compose, scheme: str) -> None:
    rng, config = np.random.default_rng(3), composed().link
    for _ in range(200):
        text, prefix = link_text(scheme, config, rng)
        assert text.startswith(prefix) and len(text) > len(prefix) + 3
        assert prefix.lower() == ("www." if scheme == "www" else f"{scheme}://")
        assert " " not in text
        ada_url.URL(text if "://" in text else f"http://{text}")  # raises where it is none


def test_links_are_as_long_as_printed_ones(composed: Compose) -> None:
    rng, config = np.random.default_rng(0), composed().link
    lengths = [len(link_text("https", config, rng)[0]) for _ in range(2000)]
    # 845 links counted in 56 books: median 38 characters, 95th percentile 89.
    assert 28 <= np.median(lengths) <= 48
    assert 60 <= np.percentile(lengths, 95) <= 100


def test_a_users_text_fills_the_page_without_its_links(composed: Compose, tmp_path: Path) -> None:
    text = tmp_path / "novel.txt"
    text.write_text("Call me Ishmael. See https://example.org now. Some years ago I sailed.")
    recipe = sample(composed(f"page.text_file={text}", "link=none", "link.decoys_per_page=[0,0]"), 0)
    said = {span.text for block in recipe.blocks if block.kind == "paragraph" for word in block.words for span in word}
    assert said == {"Call", "me", "Ishmael.", "Some", "years", "ago", "I", "sailed."}


def test_a_missing_text_file_is_named(composed: Compose, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"page\.text_file=.*gone\.txt"):
        words.check(str(tmp_path / "gone.txt"))


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("camera.tilt_deg=[-200,0]", "camera.tilt_deg=-200 is out of range: -180 to 180."),
        ("camera.tilt_deg=[5,-5]", "camera.tilt_deg=[5.0, -5.0] is no interval"),
        ("link.schemes=[gopher]", "link.schemes='gopher' is not one of"),
        ("link.schemes=[]", "link.schemes is empty"),
        ("link.scheme_weights.gopher=1", "link.scheme_weights has no entry gopher"),
        ("page.margin_pt=[300,300]", "leaves too little of a page"),
        ("show=true", "show=true needs index=N"),
    ],
)
def test_values_out_of_range_are_refused_by_name(composed: Compose, override: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        composed(override)
    assert sentence in str(refused.value)
