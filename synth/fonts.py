"""The fonts there are: found in packages and folders, classed, and kept only if they can spell a link.

A library is a mapping of family names to `Family`; what is random about fonts is chosen in `synth.sample`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import freetype
import numpy as np
import uharfbuzz as hb

from conf import UserError
from conf.schema.font import FontConfig

log = logging.getLogger(__name__)

SUFFIXES = (".ttf", ".otf")
NEEDED = frozenset(map(chr, range(33, 127))) | set("‘’“”–—•")
_TEXT_WEIGHTS = range(350, 751)  # OS/2 usWeightClass; lighter and heavier ones set no running text
_ITALIC, _BOLD = 1, 2  # FreeType style flags


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """One face: the same object wherever it is used in a process, so that it is a fast key of caches.

    Attributes:
        path: of the file.
        index: of the face in a collection.
        features: OpenType features switched on when shaping, as `smcp`.
    """

    path: Path
    index: int = 0
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A type family.

    Attributes:
        kind: `serif`, `sans` or `mono`.
        fonts: font for each style it has, of roman, italic, bold, smallcaps.
    """

    name: str
    kind: str
    fonts: Mapping[str, Font]

    def font(self, style: str) -> Font:
        """The font for a style; where the family lacks it, the roman."""
        return self.fonts.get(style, self.fonts["roman"])


@dataclass(frozen=True, slots=True)
class _Font:
    path: Path
    family: str
    style: str
    weight: int
    fixed_width: bool


def library(config: FontConfig) -> dict[str, Family]:
    """The families that a configuration allows, sorted by name.

    Raises:
        UserError: where a package or folder is missing, a file in the user's folder is no font, or nothing is left.
    """
    return dict(_library(tuple(config.packages), config.folder, tuple(config.exclude), config.split, config.test_share))


@cache
def _library(
    packages: tuple[str, ...], folder: str | None, exclude: tuple[str, ...], split: str, test_share: float
) -> dict[str, Family]:
    fonts = [font for path in _package_files(packages) if (font := _read(path)) is not None]
    fonts += _user_fonts(Path(folder)) if folder else []
    fonts = [f for f in fonts if not any(fnmatch(f.family, pattern) for pattern in exclude)]
    families = {name: family for name in sorted({f.family for f in fonts}) if (family := _family(name, fonts))}
    if split != "all":
        held = held_back(families.values(), test_share)
        families = {name: family for name, family in families.items() if (name in held) == (split == "test")}
    _check_complete(families, split)
    return families


def held_back(families: Iterable[Family], test_share: float) -> frozenset[str]:
    """Names of the families on the test side: of each kind the share with the lowest hash of their name.

    Where a kind has two families or more, each side gets one at least; adding a family moves at most one old one.
    """
    names: set[str] = set()
    by_kind: dict[str, list[str]] = {}
    for family in families:
        by_kind.setdefault(family.kind, []).append(family.name)
    for members in by_kind.values():
        ranked = sorted(members, key=lambda name: hashlib.sha256(name.encode()).digest())
        most = max(len(ranked) - 1, 0)
        names.update(ranked[: min(max(1, round(test_share * len(ranked))), most)])
    return frozenset(names)


def _check_complete(families: Mapping[str, Family], split: str) -> None:
    for kind in ("serif", "sans", "mono"):
        if not any(f.kind == kind for f in families.values()):
            raise UserError(
                f"No {kind} font family is left with font.split={split}; "
                "add packages to font.packages or files to font.folder."
            )


def _package_files(packages: Iterable[str]) -> list[Path]:
    files: list[Path] = []
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise UserError(f"font.packages names {package}, which is not installed: pip install {package}.")
        files += _files_below(Path(spec.origin).parent)
    return files


def _user_fonts(folder: Path) -> list[_Font]:
    if not folder.is_dir():
        raise UserError(f"font.folder={folder} is no folder.")
    files = _files_below(folder)
    if not files:
        raise UserError(f"font.folder={folder} holds no {' or '.join(SUFFIXES)} file.")
    return [font for path in files if (font := _read(path)) is not None]


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def _read(path: Path) -> _Font | None:
    """Facts of a font file; None for one that cannot spell a link or is no weight for text."""
    try:
        face = freetype.Face(str(path))
    except freetype.FT_Exception:
        raise UserError(f"{path} is not a font that can be read.") from None
    missing = [c for c in NEEDED if not face.get_char_index(c)]
    if missing:
        log.debug("%s lacks %d needed characters: left out", path.name, len(missing))
        return None
    weight, width = _weight_and_width(path)
    if weight not in _TEXT_WEIGHTS or width != 5:
        return None
    styles = [name for flag, name in ((_BOLD, "bold"), (_ITALIC, "italic")) if face.style_flags & flag]
    return _Font(path, face.family_name.decode(), " ".join(styles) or "roman", weight, bool(face.is_fixed_width))


def _weight_and_width(path: Path) -> tuple[int, int]:
    """usWeightClass and usWidthClass of the OS/2 table (OpenType 1.9, bytes 4…7, big-endian); 400 and 5 are normal."""
    table = hb.Face(hb.Blob.from_file_path(str(path))).reference_table("OS/2").data
    weight, width = struct.unpack(">HH", table[4:8]) if len(table) >= 8 else (400, 5)
    return weight, width


def _family(name: str, fonts: Iterable[_Font]) -> Family | None:
    members = [f for f in fonts if f.family == name]
    aim = {"roman": 400, "italic": 400, "bold": 700}
    files = {
        style: Font(
            min((f for f in members if f.style == style), key=lambda f: (abs(f.weight - weight), str(f.path))).path
        )
        for style, weight in aim.items()
        if any(f.style == style for f in members)
    }
    if "roman" not in files:
        return None
    fixed = any(f.fixed_width for f in members)
    return Family(name, "mono" if fixed else ("serif" if _has_serifs(files["roman"].path) else "sans"), files)


def _has_serifs(path: Path) -> bool:
    """Whether the foot of `h` is wider than its stem, measured on the drawn letter: names and PANOSE often lie."""
    face = freetype.Face(str(path))
    face.set_pixel_sizes(0, 200)
    face.load_char("h", freetype.FT_LOAD_RENDER | freetype.FT_LOAD_NO_HINTING)
    bitmap = face.glyph.bitmap
    ink = np.array(bitmap.buffer, np.uint8).reshape(bitmap.rows, bitmap.pitch) > 127
    foot, stem = ink[int(0.97 * bitmap.rows)], ink[int(0.75 * bitmap.rows)]
    return bool(np.argmax(stem) - np.argmax(foot) > 0.02 * bitmap.rows)
