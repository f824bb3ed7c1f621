"""Schema of `link`: which links are printed, and how.

Defaults are shares of 845 links counted in 56 books and manuals, unless said otherwise. Those were screen PDFs of
software: so italic and `www.` are raised here, and coloured ink is halved, to come nearer to books on paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conf.checks import interval, key
from conf.errors import UserError

SCHEMES = ("https", "http", "ftp", "tcp", "www")
STYLES = ("roman", "italic", "bold", "mono", "smallcaps", "spaced")
UNDERLINES = ("thin", "thick", "low")
BRACKETS = ("round", "square", "angle", "quotes")
PLACES = ("text", "footnote", "bibliography", "code", "table", "caption")
DECOYS = (
    "word", "version", "slashes", "misspelled", "email", "mailto", "path", "drive", "namespace", "time", "ratio",
    "port", "domain", "scheme", "stroke", "underlined",
)  # fmt: skip


@dataclass
class LinkConfig:
    """Which links are printed, and how; shares follow what was counted in real books."""

    per_page: list[int] = interval([1, 5], "links on a page that has any", low=1, high=40)
    empty_share: float = key(0.15, "share of pages without any link", low=0, high=1)
    schemes: list[str] = key(list(SCHEMES), "schemes that may be printed", choices=SCHEMES)
    # Counted: https 47 %, http 47 %, www 4 %, ftp 2 %.
    scheme_weights: dict[str, float] = key(
        {"https": 0.45, "http": 0.33, "www": 0.14, "ftp": 0.05, "tcp": 0.03}, "how often each, relative", low=0
    )
    host_share: float = key(
        0.0, "share of links that are a host alone or with a word behind it, as shops print them", low=0, high=1
    )
    median_length: int = key(38, "length that half of the links exceed, characters", low=20, high=80)
    long_length: int = key(89, "length that one link in 20 exceeds, characters", low=30, high=200)
    after_scheme_www_share: float = key(0.34, "share of http(s) links whose host begins with www.", low=0, high=1)
    trailing_slash_share: float = key(0.25, "share of links that end in a slash", low=0, high=1)
    upper_case_share: float = key(0.02, "share of links with an upper-case prefix", low=0, high=1)
    international_share: float = key(
        0.005, "share of links with an international host: bücher.de, or as xn--bcher-kva.de", low=0, high=1
    )
    # Counted: monospaced 50 %, serif or sans roman 49 %, bold 3 %, italic 1 %.
    style_weights: dict[str, float] = key(
        {"roman": 0.43, "italic": 0.18, "bold": 0.04, "mono": 0.33, "smallcaps": 0.02},
        f"how often each of {', '.join(STYLES)} (white behind each dot, as tills print), relative",
        low=0,
    )
    alike_share: float = key(0.8, "share of links that are set as the other links of their page are", low=0, high=1)
    coloured_share: float = key(0.2, "share of links in coloured ink (counted: 39 %)", low=0, high=1)
    underlined_share: float = key(0.06, "share of links that are underlined (counted: 4 %)", low=0, high=1)
    underline_weights: dict[str, float] = key(
        {"thin": 0.6, "thick": 0.2, "low": 0.2}, "how often each underline (low: at the descenders' ends)", low=0
    )
    bracket_share: float = key(0.16, "share of links behind an opening bracket or quote", low=0, high=1)
    bracket_weights: dict[str, float] = key(
        {"round": 0.85, "square": 0.04, "angle": 0.07, "quotes": 0.04}, "how often each bracket, relative", low=0
    )
    # Counted: 3 % of all links, 5 % of a document's, stand in footnotes.
    place_weights: dict[str, float] = key(
        {"text": 0.6, "footnote": 0.3, "bibliography": 2.0, "code": 0.5, "table": 0.4, "caption": 0.2},
        "how often a link stands in each, relative, among those that its page has",
        low=0,
    )
    wrap_share: float = key(0.6, "share of links that may be broken at the end of a line", low=0, high=1)
    prefix_break_share: float = key(0.4, "share of those that may be broken right after the prefix", low=0, high=1)
    hyphen_share: float = key(0.01, "share of links that get a hyphen where they are broken", low=0, high=1)
    decoys_per_page: list[int] = interval(
        [0, 5], "look-alikes in the text that are no links (HTTP/2, e-mail, paths)", low=0, high=40
    )
    # Counted: bare domains as often as links with a prefix.
    decoy_weights: dict[str, float] = key(
        {"word": 1.5, "version": 0.7, "slashes": 0.8, "misspelled": 0.5, "email": 1.2, "mailto": 0.3, "path": 0.8,
         "drive": 0.3, "namespace": 0.4, "time": 0.3, "ratio": 0.2, "port": 0.3, "domain": 4.0, "scheme": 0.2,
         "stroke": 1.0, "underlined": 0.7},
        f"how often each of {', '.join(DECOYS)}, relative",
        low=0,
    )  # fmt: skip

    def check(self, prefix: str) -> None:
        """Refuses weights for names that do not exist, an empty choice, and lengths in the wrong order."""
        check_weights(f"{prefix}scheme_weights", self.scheme_weights, SCHEMES)
        check_weights(f"{prefix}style_weights", self.style_weights, STYLES)
        check_weights(f"{prefix}underline_weights", self.underline_weights, UNDERLINES)
        check_weights(f"{prefix}bracket_weights", self.bracket_weights, BRACKETS)
        check_weights(f"{prefix}place_weights", self.place_weights, PLACES)
        check_weights(f"{prefix}decoy_weights", self.decoy_weights, DECOYS)
        if not self.schemes:
            raise UserError(f"{prefix}schemes is empty; name at least one of {', '.join(SCHEMES)}.")
        if sum(self.scheme_weights.get(s, 0.0) for s in self.schemes) <= 0:
            raise UserError(f"{prefix}scheme_weights gives no weight to any of {prefix}schemes={self.schemes}.")
        if self.long_length <= self.median_length:
            raise UserError(f"{prefix}long_length={self.long_length} must exceed {prefix}median_length.")


def check_weights(name: str, weights: dict[str, float], allowed: Sequence[str]) -> None:
    """Refuses weights of a key for names that do not exist, and weights that are all 0."""
    strangers: Iterator[str] = (entry for entry in weights if entry not in allowed)
    stranger = next(strangers, None)
    if stranger is not None:
        raise UserError(f"{name} has no entry {stranger}; it can have {', '.join(allowed)}.")
    if sum(weights.values()) <= 0:
        raise UserError(f"{name} are all 0; give at least one of {', '.join(allowed)} a weight.")
