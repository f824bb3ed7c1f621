"""Fonts are found, classed by their look, split by family, and refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from conf import UserError
from synth import fonts
from tests.synth.conftest import Compose


def test_default_packages_give_families_of_each_class(composed: Compose) -> None:
    families = fonts.library(composed().font)
    kinds = {name: family.kind for name, family in families.items()}
    assert len(families) >= 15
    assert kinds["TeX Gyre Pagella"] == kinds["Caladea"] == kinds["DejaVu Serif"] == "serif"
    assert kinds["TeX Gyre Heros"] == kinds["Lato"] == kinds["Roboto"] == "sans"
    assert kinds["TeX Gyre Cursor"] == kinds["DejaVu Sans Mono"] == "mono"
    assert all({"roman", "italic", "bold"} <= set(family.fonts) for family in families.values())


def test_train_and_test_share_no_family_and_lack_none(composed: Compose) -> None:
    whole, train, test = (fonts.library(composed(f"font.split={s}").font) for s in ("all", "train", "test"))
    assert not set(train) & set(test)
    assert set(train) | set(test) == set(whole)
    assert {f.kind for f in train.values()} == {f.kind for f in test.values()} == {"serif", "sans", "mono"}


def test_a_file_that_is_no_font_is_named(composed: Compose, tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"not a font")
    with pytest.raises(UserError, match=r"broken\.ttf is not a font"):
        fonts.library(composed(f"font.folder={tmp_path}").font)


def test_a_folder_without_fonts_and_a_missing_package_are_named(composed: Compose, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no \.ttf or \.otf"):
        fonts.library(composed(f"font.folder={tmp_path}").font)
    with pytest.raises(UserError, match="no_such_font_package, which is not installed"):
        fonts.library(composed("font.packages=[no_such_font_package]").font)
