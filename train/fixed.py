"""A run's network for one picture size: what LiteRT's and TensorFlow.js's models are converted from.

One SavedModel is written for all of them, into a folder that is gone when they are.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from train.export import Run, save_heads, save_web
from train.signature import fixed_size_entries


@dataclass(frozen=True)
class Fixed:
    """Of a run, at (height, width) of the picture, multiples of 32."""

    run: Run
    size: tuple[int, int]
    _scratch: Path

    @property
    def whole(self) -> Path:
        """SavedModel that gives boxes and scores; written when it is first asked for."""
        folder = self._scratch / "whole"
        if not folder.exists():
            save_web(self.run, self.size, folder)
        return folder

    @property
    def heads(self) -> Path:
        """SavedModel that gives encoded boxes and scores of a normalised picture."""
        folder = self._scratch / "heads"
        if not folder.exists():
            save_heads(self.run, self.size, folder)
        return folder

    def signature(self, quantise: str) -> dict[str, Any]:
        """What `signature.json` says of a conversion of `whole`, but for the files."""
        return fixed_size_entries(self.size, quantise) | self.run.view


@contextlib.contextmanager
def fixed_size(run: Run, size: tuple[int, int]) -> Iterator[Fixed]:
    """The network of a run at (height, width)."""
    with tempfile.TemporaryDirectory() as scratch:
        yield Fixed(run, size, Path(scratch))
