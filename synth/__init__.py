"""Renders photographs of book pages with printed links, and knows exactly where each link is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth.pipeline import Sample, develop, render

__all__ = ["Sample", "develop", "render"]


def __getattr__(name: str) -> Any:
    """Loads the renderer when it is first asked for, so that `--help` need not wait for OpenCV and HarfBuzz."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from synth import pipeline

    return getattr(pipeline, name)
