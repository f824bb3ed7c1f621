"""The library: usable faces grouped into families with their styles, and the side of the split they stand on.

What is random about fonts is chosen in the recipe; the library is the same in every process.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from itertools import groupby
from pathlib import Path

import freetype
import msgspec
import uharfbuzz as hb

from conf import UserError
from conf.schema.font import FontConfig
from synth.fonts import faces, files
from synth.fonts.faces import Axes, Font
from synth.fonts.files import Found
from synth.fonts.look import Look, look
from synth.fonts.memory import remembered
from synth.fonts.reading import Reading, readings
from synth.fonts.siblings import design

log = logging.getLogger(__name__)

# The keys packages, folder, folders, system, exclude.
_Sources = tuple[tuple[str, ...], str | None, tuple[str, ...], bool, tuple[str, ...]]
BODY_KINDS = ("serif", "sans", "mono")
_RAREST = ("script", "mono", "sans", "serif")  # kinds, the rarest first
_STYLES = {"roman": (False, False), "italic": (True, False), "bold": (False, True), "bolditalic": (True, True)}
_SMALL_CAPS = (" SC", " Small Caps", " SmallCaps", " Caps")  # ends of the names of families that have no other letters


@dataclass(frozen=True, slots=True)
class Family:
    """A type family.

    Attributes:
        kind: `serif`, `sans`, `mono`, or `script`; script sets no running text, only what is asked for by name.
        fonts: font for each style it has, of roman, italic, bold, bolditalic, smallcaps; roman is always there.
        slab: whether its serifs are thick blocks, as a typewriter's.
    """

    name: str
    kind: str
    fonts: Mapping[str, Font]
    slab: bool = False

    def font(self, style: str) -> Font:
        """The font for a style; where the family lacks it, the roman (for bolditalic the bold, if there is one)."""
        if style == "bolditalic" and style not in self.fonts:
            style = "bold"
        return self.fonts.get(style, self.fonts["roman"])


def library(config: FontConfig) -> dict[str, Family]:
    """The families that a configuration allows, sorted by name.

    Raises:
        UserError: where a package or folder is missing, a file in one of them is no font, or no family is left.
    """
    sources = (tuple(config.packages), config.folder, tuple(config.folders), config.system, tuple(config.exclude))
    return dict(_side(sources, config.split, config.test_share))


@cache
def _side(sources: _Sources, split: str, test_share: float) -> dict[str, Family]:
    whole, left_out = _whole(*sources)
    held = held_back(whole.values(), test_share)
    families = {name: family for name, family in whole.items() if split in ("all", "test" if name in held else "train")}
    if not families:
        raise UserError(
            f"No font family is left with font.split={split}; add packages to font.packages or files to font.folder."
        )
    _report(families, f"{len(families)} of {len(whole)}" if split != "all" else f"{len(whole)}", left_out)
    return families


def of_kind(families: Mapping[str, Family], kind: str) -> list[str]:
    """Names of the families of a kind; where one for running text has none, of those that stand in for it."""
    substitutes = (BODY_KINDS, ("script",)) if kind in BODY_KINDS else ()
    for kinds in ((kind,), *substitutes):
        if names := [family.name for family in families.values() if family.kind in kinds]:
            return names
    return []


def held_back(families: Iterable[Family], test_share: float) -> frozenset[str]:
    """Names of the families on the test side: of each kind the share of designs with the lowest hash of their name.

    Families of one design stand on one side; one of several kinds counts with its rarest. Where a kind counts two
    designs or more, each side gets one at least; adding a design moves at most one old one.
    """
    designs: dict[str, list[Family]] = {}
    for family in sorted(families, key=lambda family: family.name):
        designs.setdefault(design(family.name), []).append(family)
    kinds = {name: min((family.kind for family in members), key=_RAREST.index) for name, members in designs.items()}
    counted = ([name for name in designs if kinds[name] == kind] for kind in _RAREST)
    held = [name for names in counted for name in _held_back_of(names, test_share)]
    return frozenset(family.name for name in held for family in designs[name])


def _held_back_of(names: Sequence[str], test_share: float) -> list[str]:
    ranked = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
    return ranked[: max(0, min(max(1, round(test_share * len(ranked))), len(ranked) - 1))]


@cache
def _whole(
    packages: tuple[str, ...], folder: str | None, folders: tuple[str, ...], system: bool, exclude: tuple[str, ...]
) -> tuple[dict[str, Family], Counter[str]]:
    """All families of some sources, and how many faces were left out for which reason."""
    found = _found(packages, folder, folders, system)
    known = remembered(found, exclude, _Known, lambda: _read(found, exclude))
    return {family.name: family.made() for family in known.families}, Counter(known.left_out)


def _read(found: Iterable[Found], exclude: Iterable[str]) -> _Known:
    left_out: Counter[str] = Counter()
    usable = [r for r in readings(found, left_out) if not _excluded(r.family, exclude, left_out)]
    usable.sort(key=lambda reading: reading.family)
    grouped = {name: list(members) for name, members in groupby(usable, key=lambda reading: reading.family)}
    families: list[_KnownFamily] = []
    for name, members in grouped.items():
        if _base_of(name) in grouped:
            continue
        capitals = [r for end in _SMALL_CAPS for r in grouped.get(name + end, ())]
        family = _family(name, members, capitals)
        if family is None:
            left_out["no roman"] += len(members)
        else:
            families.append(_KnownFamily.of(family))
    return _Known(families, dict(left_out))


class _KnownFont(msgspec.Struct, frozen=True, array_like=True):
    path: str
    index: int
    features: tuple[str, ...]
    axes: Axes


class _KnownFamily(msgspec.Struct, frozen=True):
    name: str
    kind: str
    slab: bool
    fonts: dict[str, _KnownFont]

    @classmethod
    def of(cls, family: Family) -> _KnownFamily:
        known = {s: _KnownFont(str(f.path), f.index, f.features, f.axes) for s, f in family.fonts.items()}
        return cls(family.name, family.kind, family.slab, known)

    def made(self) -> Family:
        made = {style: faces.font(Path(f.path), f.index, f.features, f.axes) for style, f in self.fonts.items()}
        return Family(self.name, self.kind, made, self.slab)


class _Known(msgspec.Struct, frozen=True):
    """A library as it is remembered."""

    families: list[_KnownFamily]
    left_out: dict[str, int]


def _found(packages: Iterable[str], folder: str | None, folders: Iterable[str], system: bool) -> list[Found]:
    return [
        *files.in_packages(packages),
        *files.in_folders([folder] if folder else [], "font.folder"),
        *files.in_folders(folders, "font.folders"),
        *(files.in_system() if system else ()),
    ]


def _excluded(family: str, exclude: Iterable[str], left_out: Counter[str]) -> bool:
    excluded = any(fnmatch(family, pattern) for pattern in exclude)
    left_out["font.exclude"] += excluded
    return excluded


def _report(families: Mapping[str, Family], used: str, left_out: Counter[str]) -> None:
    kinds = Counter(family.kind for family in families.values())
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(left_out.items()) if count)
    log.info(
        "font library: %s families (%s); %d faces left out%s",
        used,
        ", ".join(f"{kind} {kinds[kind]}" for kind in sorted(kinds)),
        left_out.total(),
        f": {reasons}" if reasons else "",
    )
    if missing := [kind for kind in BODY_KINDS if not kinds[kind]]:
        log.info("font library: no %s family; %s stand in", " and no ".join(missing), " and ".join(sorted(kinds)))


def _base_of(family: str) -> str | None:
    """The family whose small capitals this one holds, by its name."""
    end = next((end for end in _SMALL_CAPS if family.endswith(end)), None)
    return family.removesuffix(end) if end else None


def _family(name: str, members: Sequence[Reading], capitals: Sequence[Reading]) -> Family | None:
    """A family of its best faces; None where there is no roman."""
    fonts = {style: font for style, key in _STYLES.items() if (font := _best(members, *key))}
    if "roman" not in fonts:
        return None
    seen = _look(fonts["roman"])
    if seen.kind == "mono":
        fonts = {style: _in_cells(font) for style, font in fonts.items()}
    if small := _best(capitals, italic=False, bold=False) or _with_small_capitals(fonts["roman"]):
        fonts["smallcaps"] = small
    return Family(name, seen.kind, fonts, seen.slab)


def _best(members: Iterable[Reading], italic: bool, bold: bool) -> Font | None:
    aim = 700 if bold else 400
    fitting = [r for r in members if (r.italic, r.bold) == (italic, bold)]
    return min(fitting, key=lambda r: (abs(r.weight - aim), r.rank, r.font.index)).font if fitting else None


def _look(roman: Font) -> Look:
    try:
        return look(roman)
    except freetype.FT_Exception:
        raise UserError(f"{roman.path} is not a font that can be read.") from None


def _with_small_capitals(roman: Font) -> Font | None:
    """The roman with its feature `smcp`, where that changes every small letter."""
    apart = " ".join("abcdefghijklmnopqrstuvwxyz")  # so that none joins its neighbour
    plain, small = (_glyphs(roman, apart, {"smcp": on})[::2] for on in (False, True))
    changed = all(letter != capital for letter, capital in zip(plain, small, strict=True))
    return faces.font(roman.path, roman.index, (*roman.features, "smcp"), roman.axes) if changed else None


def _in_cells(font: Font) -> Font:
    """A monospaced font without ligatures if it would squeeze `fi` into the cell of one letter."""
    if len(_glyphs(font, "fi", {})) == 2:
        return font
    return faces.font(font.path, font.index, (*font.features, "-liga"), font.axes)


def _glyphs(font: Font, text: str, features: Mapping[str, bool]) -> list[int]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(faces.shaper(font), buffer, dict(features))
    return [info.codepoint for info in buffer.glyph_infos]
