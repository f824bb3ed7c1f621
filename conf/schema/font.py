"""Schema of `font`: where fonts come from and which may be used."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import key
from conf.errors import UserError


@dataclass
class FontConfig:
    """Where fonts come from and which may be used: .ttf, .otf, .ttc and .woff2 files."""

    packages: list[str] = key([], "installed Python packages that hold fonts, by import name or shell pattern")
    folder: str | None = key(None, "a folder of your own fonts, searched with its subfolders")
    folders: list[str] = key([], "more such folders; font=web names that of `npm ci --prefix web`")
    system: bool = key(False, "also the system's fonts, as of /usr/share/fonts: pages depend on the machine then")
    exclude: list[str] = key([], "family names left out, shell patterns")
    split: str = key("all", "train and test never share a family", choices=("all", "train", "test"))
    test_share: float = key(0.25, "share of families held back for split=test", low=0.05, high=0.95)

    def check(self, prefix: str) -> None:
        """Refuses to set pages from no font at all."""
        if not (self.packages or self.folder or self.folders or self.system):
            raise UserError(
                f"{prefix}folder is needed: give it as {prefix}folder=my_fonts/; "
                f"or name fonts by {prefix}packages, {prefix}folders, or {prefix}system=true."
            )
