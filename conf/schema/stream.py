"""Schema of `stream`: pages rendered while they are learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conf.checks import key


@dataclass
class StreamConfig:
    """Endless pages straight from the renderer, where dataset=stream."""

    synth: dict[str, Any] = key(
        {}, "what pages look like, in keys and groups of python -m synth: {camera: phone, font.split: train}"
    )
    workers: int | None = key(
        None,
        "processes that render; null: all cores but one beside a graphics card, else one for each eight cores",
        low=1,
        high=512,
    )
    validation_pages: int = key(
        100,
        "pages rendered once to validate on, where validation.sets names none; 0: no validation",
        low=0,
        high=10_000,
    )
