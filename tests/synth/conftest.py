"""Configurations as the command line would compose them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hydra import compose, initialize_config_module
from hydra.core.config_store import ConfigStore

from conf.app import typed
from conf.schema.synth import SynthConfig

Compose = Callable[..., SynthConfig]


@pytest.fixture(scope="session")
def composed() -> Compose:
    """`composed("camera=scan", "count=3")` gives the checked configuration of that command."""
    store = ConfigStore.instance()
    store.store(group="schema", name="synth", node=SynthConfig, package="_global_")
    store.store(group="hydra/help", name="synth", node={"app_name": "synth", "template": ""})

    def make(*overrides: str) -> SynthConfig:
        with initialize_config_module("conf", version_base="1.3"):
            return typed(compose("synth", overrides=list(overrides)), SynthConfig)

    return make
