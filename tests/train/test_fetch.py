from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from conf import UserError
from train.fetch import fetch, is_url


def test_what_is_a_url() -> None:
    assert is_url("https://example.org/a.tar.gz")
    assert not is_url("runs/a")
    assert not is_url("/runs/a")


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_archive_is_unpacked_once(tmp_path: Path, suffix: str) -> None:
    weights = tmp_path / "ckpt-1.index"
    weights.write_bytes(b"weights")
    archive = tmp_path / f"detector{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.write(weights, "inner/ckpt-1.index")
    else:
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(weights, "inner/ckpt-1.index")
    url = archive.as_uri()
    folder = fetch(url, tmp_path / "cache")
    assert (folder / "inner" / "ckpt-1.index").read_bytes() == b"weights"
    archive.unlink()
    assert fetch(url, tmp_path / "cache") == folder


def test_prefix_brings_both_files(tmp_path: Path) -> None:
    for suffix in (".index", ".data-00000-of-00001"):
        (tmp_path / f"ckpt-5{suffix}").write_text(suffix)
    prefix = fetch((tmp_path / "ckpt-5").as_uri(), tmp_path / "cache")
    assert prefix.name == "ckpt-5"
    assert Path(f"{prefix}.data-00000-of-00001").read_text() == ".data-00000-of-00001"


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be fetched"):
        fetch((tmp_path / "absent.zip").as_uri(), tmp_path / "cache")
    with pytest.raises(UserError, match=r"cannot be fetched: .*control characters"):
        fetch("http://localhost/my checkpoint.zip", tmp_path / "cache")
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    with pytest.raises(UserError, match="no archive"):
        fetch((tmp_path / "broken.tar.gz").as_uri(), tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_archive_cannot_write_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(tmp_path / "evil.tar", "w") as packed:
        packed.add(tmp_path / "evil", "../../outside")
    with pytest.raises(UserError, match="no archive"):
        fetch((tmp_path / "evil.tar").as_uri(), tmp_path / "cache")
    assert not list(tmp_path.rglob("outside"))
