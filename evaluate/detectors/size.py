"""How large a detector is: what a phone has to download, and how many numbers were learnt."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20
_GZIP = 31  # zlib's way of asking for gzip's header and checksum


@dataclass(frozen=True, slots=True)
class ModelSize:
    """Of one model.

    Attributes:
        raw_bytes: of its files.
        gzipped_bytes: of the same files, each gzipped, as a web server would send them.
        parameters: numbers that were learnt; None where the files do not tell.
    """

    raw_bytes: int
    gzipped_bytes: int
    parameters: int | None


def size_of(files: Iterable[Path], parameters: int | None) -> ModelSize:
    """The size of a model that lies in these files."""
    raw, gzipped = 0, 0
    for path in files:
        raw += path.stat().st_size
        gzipped += _gzipped(path)
    return ModelSize(raw, gzipped, parameters)


def _gzipped(path: Path) -> int:
    packer = zlib.compressobj(wbits=_GZIP)
    size = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            size += len(packer.compress(block))
    return size + len(packer.flush())
