"""Configurations as the command line would compose them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from conf import app
from conf.schema.synth import SynthConfig

Compose = Callable[..., SynthConfig]


@pytest.fixture(scope="session")
def composed() -> Compose:
    """`composed("camera=scan", "count=3")` gives the checked configuration of that command."""
    return lambda *overrides: app.composed("synth", SynthConfig, overrides)


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered between starts goes to a folder of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
