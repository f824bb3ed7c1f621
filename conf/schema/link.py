"""Schema of `link`: which links are printed, and how."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import interval, key
from conf.errors import UserError

SCHEMES = ("https", "http", "ftp", "tcp", "www")
STYLES = ("roman", "italic", "bold", "mono")
STYLE_SHARES = {"roman": 0.45, "italic": 0.15, "bold": 0.05, "mono": 0.35}


@dataclass
class LinkConfig:
    """Which links are printed, and how; shares follow what was counted in real books."""

    per_page: list[int] = interval([1, 5], "links on a page that has any", low=1, high=40)
    empty_share: float = key(0.15, "share of pages without any link", low=0, high=1)
    schemes: list[str] = key(list(SCHEMES), "schemes that may be printed", choices=SCHEMES)
    scheme_weights: dict[str, float] = key(
        {"https": 0.5, "http": 0.3, "www": 0.12, "ftp": 0.05, "tcp": 0.03}, "how often each, relative", low=0
    )
    style_weights: dict[str, float] = key(STYLE_SHARES, f"how often each of {', '.join(STYLES)}, relative", low=0)
    after_scheme_www_share: float = key(0.34, "share of http(s) links whose host begins with www.", low=0, high=1)
    trailing_slash_share: float = key(0.25, "share of links that end in a slash", low=0, high=1)
    upper_case_share: float = key(0.02, "share of links with an upper-case prefix", low=0, high=1)
    bracket_share: float = key(0.16, "share of links in parentheses or angle brackets", low=0, high=1)
    coloured_share: float = key(0.2, "share of links in coloured ink", low=0, high=1)
    underlined_share: float = key(0.08, "share of links that are underlined", low=0, high=1)
    wrap_share: float = key(0.6, "share of links that may be broken at the end of a line", low=0, high=1)
    prefix_break_share: float = key(0.4, "share of those that may be broken right after the prefix", low=0, high=1)
    footnote_share: float = key(0.15, "share of links printed in a footnote, where the page has them", low=0, high=1)
    decoys_per_page: list[int] = interval(
        [0, 3], "look-alikes that are no links (HTTP/2, e-mail, paths)", low=0, high=40
    )

    def check(self, prefix: str) -> None:
        """Refuses weights for names that do not exist, and an empty choice."""
        known = (
            (f"{prefix}scheme_weights", self.scheme_weights, SCHEMES),
            (f"{prefix}style_weights", self.style_weights, STYLES),
        )
        for name, weights, allowed in known:
            stranger = next((k for k in weights if k not in allowed), None)
            if stranger is not None:
                raise UserError(f"{name} has no entry {stranger}; it can have {', '.join(allowed)}.")
        if not self.schemes:
            raise UserError(f"{prefix}schemes is empty; name at least one of {', '.join(SCHEMES)}.")
        if sum(self.scheme_weights.get(s, 0.0) for s in self.schemes) <= 0:
            raise UserError(f"{prefix}scheme_weights gives no weight to any of {prefix}schemes={self.schemes}.")
        if sum(self.style_weights.values()) <= 0:
            raise UserError(f"{prefix}style_weights are all 0; give at least one of {', '.join(STYLES)} a weight.")
