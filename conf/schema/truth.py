"""Schema of `truth`: when a printed link still counts as readable."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import key


@dataclass
class TruthConfig:
    """When a printed link counts as readable; beyond these limits it is marked `iscrowd`, never dropped."""

    min_x_height_px: float = key(4.0, "least x-height in the picture, pixels", low=0, high=50)
    min_visible: float = key(0.95, "least share of the prefix that is seen, not cut off or hidden", low=0, high=1)
    min_contrast: float = key(0.04, "least contrast of ink and paper in the picture, share of white", low=0, high=1)
    # Looked at: below 7 nobody reads a prefix, at 8 some do, from 10 on nearly all can be read.
    min_signal_to_noise: float = key(
        8.0,
        "least signal-to-noise ratio of a letter: contrast over noise, times the root of the letter's pixels",
        low=0,
        high=1000,
    )
    max_blur: float = key(0.35, "greatest blur (standard deviation), as a share of the x-height", low=0.01, high=10)
