"""Schema of `truth`: when a printed link still counts as readable."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import key


@dataclass
class TruthConfig:
    """When a printed link counts as readable; beyond these limits it is marked `iscrowd`, never dropped."""

    min_x_height_px: float = key(4.0, "least x-height in the picture, pixels", low=0, high=50)
    min_visible: float = key(0.95, "least share of the prefix that is seen, not cut off or hidden", low=0, high=1)
    min_contrast: float = key(0.08, "least contrast in the picture, share of white", low=0, high=1)
    min_signal_to_noise: float = key(
        6.0, "least brightness that a letter's ink makes, over the noise around it; 3 is barely seen", low=0, high=1000
    )
    max_blur: float = key(0.35, "greatest blur (standard deviation), as a share of the x-height", low=0.01, high=10)
