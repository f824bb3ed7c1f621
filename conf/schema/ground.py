"""Schema of `ground`: what the book lies on, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conf.checks import interval, key
from conf.errors import UserError

SURFACES = ("plain", "wood", "cloth", "blanket", "marble", "granite", "leather")
KINDS = (*SURFACES, "lid", "paper")
"""Surfaces; a scanner's lid, white or black; and paper without end, in the colour of the page."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
KIND_SHARES = {
    "plain": 0.12, "wood": 0.46, "cloth": 0.14, "blanket": 0.09, "marble": 0.06, "granite": 0.06, "leather": 0.07,
    "lid": 0.0, "paper": 0.0,
}  # fmt: skip


@dataclass
class GroundConfig:
    """The surface around the book, and the fingers that hold it."""

    kind_weights: dict[str, float] = key(KIND_SHARES, f"how often each of {', '.join(KINDS)}, relative", low=0)
    folder: str | None = key(None, f"a folder of your own pictures ({' '.join(SUFFIXES)}) to lay the book on")
    folder_share: float = key(1.0, "with folder: share of pages that lie on one of its pictures", low=0, high=1)
    zoom: list[float] = interval([1.0, 1.8], "enlargement of the pattern or picture; 1 shows it whole", low=1, high=8)
    thumb_share: float = key(0.03, "share of pictures with a thumb or fingers at the edge", low=0, high=1)

    def check(self, prefix: str) -> None:
        """Refuses weights for kinds that do not exist, and a folder without readable pictures."""
        stranger = next((kind for kind in self.kind_weights if kind not in KINDS), None)
        if stranger is not None:
            raise UserError(f"{prefix}kind_weights has no entry {stranger}; it can have {', '.join(KINDS)}.")
        if sum(self.kind_weights.values()) <= 0:
            raise UserError(f"{prefix}kind_weights are all 0; give at least one of {', '.join(KINDS)} a weight.")
        if self.folder is not None:
            check_pictures(self.folder, f"{prefix}folder")


def pictures_in(folder: str) -> tuple[str, ...]:
    """Paths of the pictures in a folder and its subfolders, relative to it, with `/`, sorted by code point."""
    root = Path(folder)
    found = (path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    return tuple(sorted(path.relative_to(root).as_posix() for path in found))


def check_pictures(folder: str, name: str) -> None:
    """Refuses a folder that is none, that has no pictures, or that has a file which is no picture.

    Raises:
        UserError: naming the key `name` and the folder or file.
    """
    from PIL import Image, UnidentifiedImageError

    if not folder:
        raise UserError(f"{name} is needed: give it as {name}=my_photos/.")
    if not Path(folder).is_dir():
        raise UserError(f"{name}={folder} is not a folder; name one with pictures ({' '.join(SUFFIXES)}).")
    pictures = pictures_in(folder)
    if not pictures:
        raise UserError(f"{name}={folder} has no pictures; put some in it ({' '.join(SUFFIXES)}).")
    for picture in pictures:
        path = Path(folder, picture)
        try:
            Image.open(path).close()  # reads the head of the file only
        except (UnidentifiedImageError, OSError) as error:
            raise UserError(f"{path} (in {name}) cannot be read as a picture; mend it or take it out.") from error
