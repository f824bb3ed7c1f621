"""Configurations as the command line would compose them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conf import app
from conf.schema.synth import SynthConfig

Compose = Callable[..., SynthConfig]


@pytest.fixture(scope="session")
def composed() -> Compose:
    """`composed("camera=scan", "count=3")` gives the checked configuration of that command."""
    return lambda *overrides: app.composed("synth", SynthConfig, overrides)
