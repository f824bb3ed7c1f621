"""Schema of `paper`: paper and ink."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import interval, key


@dataclass
class PaperConfig:
    """Paper and ink."""

    lightness: list[float] = interval([0.78, 1.0], "reflectance of the paper", low=0.05, high=1)
    warmth: list[float] = interval([0.0, 0.12], "how much yellower than grey", low=0, high=0.5)
    grain: list[float] = interval([0.0, 0.02], "contrast of fibres, share of white", low=0, high=0.3)
    gloss_share: float = key(0.12, "share of pages on coated paper that mirrors the lamp", low=0, high=1)
    gloss: list[float] = interval([0.05, 0.5], "strength of that reflection", low=0, high=2)
    show_through_share: float = key(0.3, "share of pages where the reverse shows through", low=0, high=1)
    show_through: list[float] = interval([0.02, 0.10], "strength of the reverse's ink", low=0, high=1)
    ink_density: list[float] = interval([0.75, 1.0], "blackness of solid ink", low=0.1, high=1)
    ink_gain_px: list[float] = interval([0.0, 0.5], "spread of ink on paper, pixels of the picture", low=0, high=4)
    fade_share: float = key(0.1, "share of pages whose ink is weaker in places", low=0, high=1)
    fade: list[float] = interval([0.1, 0.6], "how much weaker there, share of the ink", low=0, high=0.9)
    worn_share: float = key(0.08, "share of pages whose ink has worn off in specks", low=0, high=1)
    worn: list[float] = interval([0.2, 1.0], "how much of it; 1 is about a tenth", low=0, high=2)
    halftone_share: float = key(0.03, "share of pages whose text is screened, as dark grey is printed", low=0, high=1)
    dotted_share: float = key(
        0.0, "share of pages from a printer whose dots are seen, as a till's: paper=thermal has half", low=0, high=1
    )
    dots_per_inch: list[float] = interval(
        [100.0, 203.0], "of such printers: 203 are a thermal head's, about 100 a matrix printer's", low=40, high=600
    )
    inverted_share: float = key(0.04, "share of pages with light text on dark", low=0, high=1)
    coloured_share: float = key(0.0, "share of pages on a coloured ground, as cards are printed", low=0, high=1)
    board_share: float = key(0.3, "share of pages around which a hard cover is seen", low=0, high=1)
    stack_share: float = key(0.6, "share of pages beside which the pages below are seen", low=0, high=1)
