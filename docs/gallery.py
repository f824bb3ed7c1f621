"""Pictures of a folder side by side, nothing drawn on them: `python docs/gallery.py FOLDER OUT` writes OUT/plain-N.png.

Rendered pages are judged beside photographs, at a size at which print, grain and blur are seen; so the same command
takes a folder of photographs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageOps

TILE_PX, COLUMNS, ROWS = 720, 4, 3
_GAP = 8
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def sheets(pictures: list[Path], out: Path) -> list[Path]:
    """Writes as many sheets of twelve as the pictures fill, and says where."""
    per_sheet = COLUMNS * ROWS
    written = []
    for number, first in enumerate(range(0, len(pictures), per_sheet), start=1):
        written.append(out / f"plain-{number}.png")
        _sheet(pictures[first : first + per_sheet]).save(written[-1])
    return written


def _sheet(pictures: list[Path]) -> Image.Image:
    pitch = TILE_PX + _GAP
    sheet = Image.new("RGB", (COLUMNS * pitch + _GAP, -(-len(pictures) // COLUMNS) * pitch + _GAP), "white")
    for number, path in enumerate(pictures):
        with Image.open(path) as picture:
            # The middle at full sharpness, as large as fills the tile.
            tile = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGB"), (TILE_PX, TILE_PX))
        sheet.paste(tile, (_GAP + number % COLUMNS * pitch, _GAP + number // COLUMNS * pitch))
    return sheet


def main(arguments: list[str]) -> None:
    """Writes the sheets of the folder that is named."""
    if len(arguments) != 2:
        raise SystemExit("Write: python docs/gallery.py FOLDER OUT")
    folder, out = map(Path, arguments)
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not pictures:
        raise SystemExit(f"{folder} holds no pictures ({', '.join(_SUFFIXES)}).")
    out.mkdir(parents=True, exist_ok=True)
    for path in sheets(pictures, out):
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
