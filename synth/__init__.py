"""Renders photographs of book pages with printed links, and knows exactly where each link is."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth.pipeline import Sample, develop, render
    from synth.streaming import stream

__all__ = ["Sample", "develop", "render", "stream"]


def __getattr__(name: str) -> Any:
    """Loads the renderer when it is first asked for, so that `--help` need not wait for OpenCV and HarfBuzz."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("synth.streaming" if name == "stream" else "synth.pipeline"), name)
