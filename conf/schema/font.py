"""Schema of `font`: where fonts come from and which may be used."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import key


@dataclass
class FontConfig:
    """Where fonts come from and which may be used."""

    packages: list[str] = key([], "installed Python packages whose .ttf and .otf files are used")
    folder: str | None = key(None, "a folder of your own .ttf and .otf files, searched with its subfolders")
    exclude: list[str] = key([], "family names left out, shell patterns")
    split: str = key("all", "train and test never share a family", choices=("all", "train", "test"))
    test_share: float = key(0.25, "share of families held back for split=test", low=0.05, high=0.95)
