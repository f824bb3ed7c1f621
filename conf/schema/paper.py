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
    show_through_share: float = key(0.3, "share of pages where the reverse shows through", low=0, high=1)
    show_through: list[float] = interval([0.02, 0.10], "strength of the reverse's ink", low=0, high=1)
    ink_density: list[float] = interval([0.75, 1.0], "blackness of solid ink", low=0.1, high=1)
    ink_gain_px: list[float] = interval([0.0, 0.5], "spread of ink on paper, pixels of the picture", low=0, high=4)
