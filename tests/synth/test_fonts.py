"""Fonts are found in any format, classed by their look, split by design, and refused in words, never drawn as tofu."""

from __future__ import annotations

import importlib.util
import io
import json
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path

import pytest
from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from hypothesis import given
from hypothesis import strategies as st

from conf import UserError
from synth import fonts, shaping
from synth.fonts import Family, Font, files, memory
from synth.fonts.siblings import design
from synth.pipeline import render
from tests.synth.conftest import Compose

FEW = "font.packages=[font_caladea,rinoh_typeface_carlito,rinoh_typeface_texgyrecursor]"


def lato(
    family: str,
    style: str = "Regular",
    characters: Iterable[str] = fonts.NEEDED,
    blank: Iterable[str] = (),
    shared: Sequence[str] = (),
) -> TTFont:
    """A small copy of an installed font under a family name of its own.

    Args:
        family: its new name.
        style: which file to copy.
        characters: that it shall have.
        blank: glyphs emptied.
        shared: two characters that shall have the glyph of the second.
    """
    font = TTFont(io.BytesIO(_subset(style, frozenset(characters))))
    for record in [record for record in font["name"].names if record.nameID in (1, 16, 21)]:
        font["name"].setName(family, record.nameID, record.platformID, record.platEncID, record.langID)
    for glyph in blank:
        font["glyf"][glyph] = TTGlyphPen(None).glyph()
    for table in font["cmap"].tables if shared else ():
        table.cmap[ord(shared[0])] = table.cmap[ord(shared[1])]
    return font


@cache
def _subset(style: str, characters: frozenset[str]) -> bytes:
    package = importlib.util.find_spec("font_lato")
    assert package is not None and package.origin is not None
    font = TTFont(next(Path(package.origin).parent.rglob(f"Lato-{style}.ttf")))
    subsetter = subset.Subsetter(subset.Options(name_IDs=["*"], glyph_names=True))
    subsetter.populate(unicodes=[ord(c) for c in characters] + [32])
    subsetter.subset(font)
    font.save(small := io.BytesIO())
    return small.getvalue()


def added(composed: Compose, folder: Path, *more: str) -> dict[str, Family]:
    """The families of a folder that is used beside three packages with a family each."""
    whole = fonts.library(composed(FEW, f"font.folder={folder}", *more).font)
    return {name: family for name, family in whole.items() if name not in ("Caladea", "Carlito", "TeX Gyre Cursor")}


def test_default_packages_give_families_of_each_class(composed: Compose) -> None:
    families = fonts.library(composed().font)
    kinds = {name: family.kind for name, family in families.items()}
    assert len(families) >= 30
    assert kinds["TeX Gyre Pagella"] == kinds["Caladea"] == kinds["EB Garamond"] == kinds["Roboto Slab"] == "serif"
    assert kinds["TeX Gyre Heros"] == kinds["Lato"] == kinds["Open Sans"] == "sans"
    assert kinds["TeX Gyre Cursor"] == kinds["DejaVu Sans Mono"] == kinds["Fira Code"] == "mono"
    assert kinds["Caveat"] == "script"
    slabs = {name for name, family in families.items() if family.slab}
    assert slabs == {"Bitter", "Roboto Slab", "TeX Gyre Cursor"}


def test_default_families_have_the_styles_of_books(composed: Compose) -> None:
    families = fonts.library(composed().font).values()
    serif = [family for family in families if family.kind == "serif"]
    assert all({"roman", "bold"} <= set(family.fonts) for family in families)
    assert sum("italic" in family.fonts for family in serif) >= 15
    assert sum("smallcaps" in family.fonts for family in families) >= 12


@pytest.mark.parametrize("suffix", ["ttf", "woff2"])
def test_a_file_of_each_format_gives_the_same_letters(composed: Compose, tmp_path: Path, suffix: str) -> None:
    font = lato(f"Own {suffix}")
    font.flavor = "woff2" if suffix == "woff2" else None
    font.save(tmp_path / f"own.{suffix}")
    (family,) = added(composed, tmp_path).values()
    drawn = shaping.shape(own := family.font("roman"), "https")
    plain = shaping.shape(model := fonts.library(composed().font)["Lato"].font("roman"), "https")
    assert drawn.xs.tolist() == plain.xs.tolist()
    for glyph, modelled in zip(drawn.glyphs.tolist(), plain.glyphs.tolist(), strict=True):
        assert (shaping.outline(own, glyph) == shaping.outline(model, modelled)).all()


def test_each_face_of_a_collection_is_read(composed: Compose, tmp_path: Path) -> None:
    collection = TTCollection()
    collection.fonts = [lato("Collected", "Regular"), lato("Collected", "Bold"), lato("Collected", "Italic")]
    collection.save(tmp_path / "collected.ttc")
    (family,) = added(composed, tmp_path).values()
    assert {style: font.index for style, font in family.fonts.items()} == {"roman": 0, "bold": 1, "italic": 2}
    widths = {style: shaping.shape(font, "www").advance for style, font in family.fonts.items()}
    assert widths["bold"] > widths["roman"] > widths["italic"]
    assert shaping.face(family.font("bold")).style_name == b"Bold"


def test_variable_fonts_are_drawn_at_the_weights_of_text_and_bold(composed: Compose) -> None:
    family = fonts.library(composed().font)["Source Code Pro"]  # whose design by default is extra light
    assert family.font("roman").axes == (("wght", 400.0),)
    assert family.font("bold").axes == (("wght", 700.0),)
    stems = {style: _width(family.font(style), "l") for style in ("roman", "bold")}
    assert stems["bold"] > stems["roman"]
    assert len({shaping.shape(family.font(style), "www").advance for style in stems}) == 1


def _width(font: Font, letter: str) -> float:
    points = shaping.outline(font, int(shaping.shape(font, letter).glyphs[0]))
    return float(points[:, 0].max() - points[:, 0].min())


def test_a_font_that_lacks_a_character_is_left_out_and_counted(
    composed: Compose, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lato("Whole").save(tmp_path / "whole.ttf")
    lato("Without tilde", characters=fonts.NEEDED - {"~"}).save(tmp_path / "without.ttf")
    lato("Blank tilde", blank=["asciitilde"]).save(tmp_path / "blank.ttf")
    lato("Boxes", shared=["a", "b"]).save(tmp_path / "boxes.ttf")
    lato("Thin", "Thin").save(tmp_path / "thin.ttf")
    lato("Sloping", "Italic").save(tmp_path / "italic.ttf")
    with caplog.at_level(logging.INFO, logger="synth"):
        assert set(added(composed, tmp_path)) == {"Whole"}
    # fontTools, which made these files, has its say where another test has let it.
    assert [record.message for record in caplog.records if record.name.startswith("synth")] == [
        "font library: 4 families (mono 1, sans 2, serif 1); "
        "5 faces left out: lacking characters 3, no roman 1, weight or width 1"
    ]


def test_no_family_of_any_default_style_draws_a_needed_character_as_tofu(composed: Compose) -> None:
    for family in fonts.library(composed().font).values():
        for font in family.fonts.values():
            assert all(font.has(character) for character in fonts.NEEDED), font
            assert font.has("https://www.café.example/ ~x")
            assert not font.has("\U0010fffd")


def test_capitals_in_the_place_of_small_letters_are_no_text_font(
    composed: Compose, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    font = lato("Shouting")
    for letter in "abcdefghijklmnopqrstuvwxyz":
        font["glyf"][letter] = font["glyf"][letter.upper()]
    font.save(tmp_path / "shouting.ttf")
    with caplog.at_level(logging.INFO, logger="synth"):
        assert added(composed, tmp_path) == {}
    assert any(message.endswith("1 faces left out: capitals only 1") for message in caplog.messages)


def test_small_capitals_are_capitals_smaller_than_the_great_ones(composed: Compose) -> None:
    for family in fonts.library(composed().font).values():
        if small := family.fonts.get("smallcaps"):
            heights = {letter: _height(small, letter) for letter in "hxz"}
            capital = _height(small, "H")
            assert capital == _height(family.font("roman"), "H")
            assert max(heights.values()) - min(heights.values()) < 0.02, family.name  # `h` has lost its ascender
            assert 0.6 * capital < heights["h"] < 0.9 * capital, family.name


def _height(font: Font, letter: str) -> float:
    return float(shaping.outline(font, int(shaping.shape(font, letter).glyphs[0]))[:, 1].max())


def test_a_family_of_small_capitals_joins_its_base(composed: Compose, tmp_path: Path) -> None:
    lato("Own").save(tmp_path / "own.ttf")
    lato("Own SC").save(tmp_path / "own-sc.ttf")
    families = added(composed, tmp_path)
    assert list(families) == ["Own"]
    assert families["Own"].font("smallcaps").path == tmp_path / "own-sc.ttf"


def test_weights_that_name_themselves_families_join_theirs(composed: Compose, tmp_path: Path) -> None:
    for name, style in (("Own", "Regular"), ("Own Medium", "Regular"), ("Own SemiBold", "Bold")):
        font = lato(name, style)
        font["OS/2"].usWeightClass = {"Own": 400, "Own Medium": 500, "Own SemiBold": 600}[name]
        font.save(tmp_path / f"{name}.ttf")
    (family,) = added(composed, tmp_path).values()
    assert {style: font.path.stem for style, font in family.fonts.items()} == {"roman": "Own", "bold": "Own SemiBold"}


def test_families_from_npm_join_the_default_ones(
    composed: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="@fontsource is no folder"):
        fonts.library(composed("font=web").font)
    folder = tmp_path / "web" / "node_modules" / "@fontsource" / "mine" / "files"
    folder.mkdir(parents=True)
    for weight, style in ((400, "Regular"), (700, "Bold")):  # as cut out of a variable font
        font = lato("Mine Light 18pt", style)
        font["OS/2"].usWeightClass = weight
        font.flavor = "woff2"
        font.save(folder / f"mine-latin-{weight}-normal.woff2")
    (other := lato("Mine Cyrillic", characters="abc")).flavor = "woff2"
    other.save(folder / "mine-cyrillic-400-normal.woff2")
    families = fonts.library(composed("font=web", "font.test_share=0.26").font)
    assert set(families) == {*fonts.library(composed().font), "Mine"}
    assert set(families["Mine"].fonts) == {"roman", "bold"}


def test_the_lock_file_names_no_registry() -> None:
    web = Path(__file__).parents[2] / "web"
    wanted = json.loads((web / "package.json").read_text())["dependencies"]
    locked = json.loads((web / "package-lock.json").read_text())["packages"]
    versions = {path: entry["version"] for path, entry in locked.items() if path}
    assert {f"node_modules/{name}": version for name, version in wanted.items()}.items() <= versions.items()
    assert all(entry["integrity"] and "resolved" not in entry for path, entry in locked.items() if path)
    fonts_only = {entry["license"] for path, entry in locked.items() if "@fontsource" in path}
    assert fonts_only == {"OFL-1.1"}


def test_a_font_stays_one_object_between_libraries_and_processes(composed: Compose) -> None:
    whole, train = (fonts.library(composed(f"font.split={split}").font) for split in ("all", "train"))
    for name, family in train.items():
        for style, font in family.fonts.items():
            assert font is whole[name].fonts[style]
            assert pickle.loads(pickle.dumps(font)) is font


def test_system_fonts_widen_the_library_and_broken_ones_are_counted(
    composed: Compose, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".fonts").mkdir()
    lato("Homemade").save(tmp_path / ".fonts" / "homemade.ttf")
    (tmp_path / ".fonts" / "broken.otf").write_bytes(b"not a font")
    with caplog.at_level(logging.INFO, logger="synth"):
        families = fonts.library(composed(FEW, "font.system=true", f"font.exclude=['{tmp_path.name}']").font)
    assert families["Homemade"].kind == "sans"
    assert "unreadable 1" in caplog.text


def test_packages_may_be_named_by_a_pattern(composed: Compose) -> None:
    families = fonts.library(composed("font.packages=[font_caladea,rinoh-typeface-carlito,'*_ibm_plex_mon?']").font)
    assert set(families) == {"Caladea", "Carlito", "IBM Plex Mono"}


def test_whatever_is_installed_can_be_asked_for(composed: Compose) -> None:
    assert set(fonts.library(composed().font)) <= set(fonts.library(composed("font=installed").font))


def test_train_and_test_share_no_design_and_lack_none(composed: Compose) -> None:
    whole, train, test = (fonts.library(composed(f"font.split={s}").font) for s in ("all", "train", "test"))
    assert not {design(name) for name in train} & {design(name) for name in test}
    assert set(train) | set(test) == set(whole)
    for side in (train, test):
        assert {"serif", "sans", "mono"} <= {family.kind for family in side.values()}


def test_names_of_one_design_are_siblings() -> None:
    assert design("Source Serif Pro") == design("Source Serif 4") == design("Source Serif 4 Display")
    assert design("Nimbus Roman No9 L") == design("TeX Gyre Termes") == design("Times New Roman")
    assert design("Carlito") == design("Lato")
    assert design("Vollkorn SC") == design("Vollkorn")
    for superfamily in (
        ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "Bitstream Vera Sans Mono", "Verdana", "Menlo"),
        ("Roboto", "Roboto Slab", "Roboto Mono", "Roboto Serif", "Heebo"),
        ("Source Sans Pro", "Source Serif 4", "Source Code Pro"),
        ("Noto Sans", "Noto Serif Display", "Noto Sans Mono", "Open Sans", "Droid Serif"),
        ("IBM Plex Sans", "IBM Plex Mono", "IBM Plex Serif"), ("Fira Code", "Fira Sans", "Fira Mono"),
        ("PT Serif", "PT Sans", "PT Mono"), ("Ubuntu", "Ubuntu Mono"), ("CMU Serif", "LM Mono", "cmss10"),
    ):  # fmt: skip
        assert len({design(name) for name in superfamily}) == 1, superfamily
    alone = (
        "Roboto",
        "Source Serif Pro",
        "Noto Sans",
        "PT Serif",
        "Libre Baskerville",
        "Open Dyslexic",
        "Lora",
        "Vera",
    )
    assert len({design(name) for name in alone}) == len(alone)


NAMES = st.sampled_from(
    ["Alpha", "Alpha Pro", "Beta", "Beta 4", "Gamma", "Delta", "Lato", "Carlito", "Arial", "Arimo", "Tinos", "XITS"]
)


@given(st.sets(NAMES, min_size=1), NAMES, st.floats(0.05, 0.95))
def test_the_split_keeps_designs_together_and_hardly_changes_when_a_family_is_added(
    names: set[str], newcomer: str, share: float
) -> None:
    held = _held(names, share)
    assert held <= names
    assert not {design(name) for name in held} & {design(name) for name in names - held}
    if len({design(name) for name in names}) > 1:
        assert held and held != names
    moved = {design(name) for name in held ^ (_held(names | {newcomer}, share) - ({newcomer} - names))}
    assert len(moved) <= 1


def _held(names: set[str], share: float) -> frozenset[str]:
    return fonts.held_back([Family(name, "serif", {"roman": Font(Path(name))}) for name in sorted(names)], share)


def test_a_file_that_is_no_font_is_named(composed: Compose, tmp_path: Path) -> None:
    for suffix in ("ttf", "ttc", "woff2"):
        folder = tmp_path / suffix
        folder.mkdir()
        (folder / f"broken.{suffix}").write_bytes(b"not a font")
        with pytest.raises(UserError, match=rf"broken\.{suffix} is not a font"):
            fonts.library(composed(f"font.folders=[{folder}]").font)


@pytest.mark.parametrize("suffix", ["ttf", "woff2"])
def test_a_truncated_font_is_named(composed: Compose, tmp_path: Path, suffix: str) -> None:
    font = lato("Cut")
    font.flavor = "woff2" if suffix == "woff2" else None
    font.save(tmp_path / f"cut.{suffix}")
    whole = (tmp_path / f"cut.{suffix}").read_bytes()
    (tmp_path / f"cut.{suffix}").write_bytes(whole[: len(whole) // 3])
    with pytest.raises(UserError, match=rf"cut\.{suffix} is not a font"):
        fonts.library(composed(f"font.folders=[{tmp_path}]").font)


def test_a_folder_without_fonts_and_a_missing_package_are_named(composed: Compose, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"font\.folder=.* holds no \.otf, \.ttc, \.ttf or \.woff2 file"):
        fonts.library(composed(f"font.folder={tmp_path}").font)
    with pytest.raises(UserError, match=r"font\.folders=.*nowhere is no folder"):
        fonts.library(composed(f"font.folders=[{tmp_path}/nowhere]").font)
    with pytest.raises(UserError, match="no_such_font_package, which is not installed"):
        fonts.library(composed("font.packages=[no_such_font_package]").font)
    with pytest.raises(UserError, match=r"no_such_\*, which no installed package fits"):
        fonts.library(composed("font.packages=['no_such_*']").font)
    with pytest.raises(UserError, match=r"font\.folder is needed: give it as font\.folder=my_fonts/"):
        composed("font=own")
    with pytest.raises(UserError, match=r"No font family is left with font\.split=test"):
        fonts.library(composed("font.packages=[font_caladea]", "font.split=test").font)


def test_one_family_of_your_own_is_enough(composed: Compose, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lato("Mine").save(tmp_path / "mine.ttf")
    config = composed("font=own", f"font.folder={tmp_path}", "page.mono_share=0.5", "page.sans_share=0")
    with caplog.at_level(logging.INFO, logger="synth"):
        families = fonts.library(config.font)
    assert "font library: no serif and no mono family; sans stand in" in caplog.messages
    assert all(fonts.of_kind(families, kind) == ["Mine"] for kind in ("serif", "sans", "mono"))
    layout = render(config, 0).recipe.layout
    assert {layout.body_family, layout.heading_family, layout.mono_family} == {"Mine"}


def test_the_log_counts_the_families_in_use(composed: Compose, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="synth"):
        families = fonts.library(composed("font.split=train", "font.test_share=0.31").font)
    whole = fonts.library(composed().font)
    assert f"font library: {len(families)} of {len(whole)} families" in caplog.text


def test_a_library_is_the_same_from_disk_and_read_anew_where_a_file_has_changed(
    composed: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "fonts").mkdir()
    lato("Mine").save(tmp_path / "fonts" / "mine.ttf")
    found = list(files.in_folders([str(tmp_path / "fonts")], "font.folder"))
    times: list[str] = []

    def read() -> list[str]:
        times.append("read")
        return [str(file.path) for file in found]

    first, again = (memory.remembered(found, ["a*"], list[str], read) for _ in range(2))
    assert first == again == [str(tmp_path / "fonts" / "mine.ttf")] and len(times) == 1
    memory.remembered(found, ["b*"], list[str], read)
    lato("Mine", "Bold").save(tmp_path / "fonts" / "mine.ttf")
    memory.remembered(found, ["a*"], list[str], read)
    assert len(times) == 3
    for kept in memory.folder().iterdir():
        kept.write_bytes(b"cut sh")
    assert memory.remembered(found, ["a*"], list[str], read) == first and len(times) == 4


def test_few_libraries_are_kept_on_disk(composed: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for number in range(20):
        memory.remembered([], [str(number)], int, partial(int, number))
    assert len(list(memory.folder().iterdir())) == 16
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert memory.remembered([], ["x"], int, lambda: 5) == 5


def test_each_default_family_comes_back_from_disk_as_it_was_read(
    tmp_path: Path,
) -> None:
    code = (
        "from conf.app import composed; from conf.schema.synth import SynthConfig; from synth import fonts;"
        "print([(f, {s: repr(t) for s, t in f.fonts.items()}) for f in"
        " fonts.library(composed('synth', SynthConfig).font).values()])"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    read, remembered = (
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True).stdout
        for _ in range(2)
    )
    assert len(list((tmp_path / "inklink" / "fonts").iterdir())) == 1
    assert read == remembered and b"Caladea" in read
