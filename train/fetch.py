"""Fetches a checkpoint named by a URL into a cache folder, once."""

from __future__ import annotations

import hashlib
import http.client
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from conf import UserError
from data.files import replacing

_CHUNK = 1 << 20
_TIMEOUT_S = 60
_TAR = (".tar.gz", ".tgz", ".tar")


def is_url(source: str) -> bool:
    """Whether `source` names something to fetch."""
    return urlsplit(source).scheme in ("http", "https", "ftp", "file")


def fetch(url: str, cache: Path) -> Path:
    """Local path of the checkpoint behind a URL.

    An archive (.tar.gz, .tgz, .tar, .zip) is unpacked; any other URL is taken for a checkpoint's prefix, whose
    `.index` and single `.data` file are fetched. What is in the cache is not fetched again.

    Returns:
        a folder, or a checkpoint prefix.

    Raises:
        UserError: where the URL cannot be fetched or unpacked.
    """
    place = cache / hashlib.sha256(url.encode()).hexdigest()[:16]
    name = Path(urlsplit(url).path).name
    if not name.endswith((*_TAR, ".zip")):
        for suffix in (".index", ".data-00000-of-00001"):
            _download(url + suffix, place / (name + suffix))
        return place / name
    archive = place / name
    _download(url, archive)
    unpacked = place / "unpacked"
    if not unpacked.is_dir():
        _unpack(archive, unpacked)
    return unpacked


def _download(url: str, path: Path) -> None:
    if path.is_file():
        return
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer, replacing(path) as scratch:
            size = int(answer.headers.get("Content-Length") or 0) or None
            with scratch.open("wb") as out, tqdm(total=size, unit="B", unit_scale=True, desc=path.name) as bar:
                while chunk := answer.read(_CHUNK):
                    out.write(chunk)
                    bar.update(len(chunk))
            if size and scratch.stat().st_size != size:
                raise UserError(f"{url} broke off after {scratch.stat().st_size:,} of {size:,} bytes; try again.")
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise UserError(f"init_checkpoint: {url} cannot be fetched: {reason}.") from None


def _unpack(archive: Path, folder: Path) -> None:
    """Unpacks beside `folder` and renames, so that a killed run leaves no half of it."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        try:
            if archive.name.endswith(_TAR):
                with tarfile.open(archive) as packed:
                    packed.extractall(scratch, filter="data")
            else:
                with zipfile.ZipFile(archive) as zipped:
                    zipped.extractall(scratch)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
            archive.unlink()
            raise UserError(
                f"{archive.name} from init_checkpoint is no archive that can be unpacked: {error}."
            ) from None
        Path(scratch).rename(folder)
        Path(scratch).mkdir()
