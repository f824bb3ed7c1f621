"""What tests of whole sets share."""

from __future__ import annotations

from pathlib import Path

TINY = ("camera.width_px=128", "camera.height_px=128")


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, by its path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
