"""Schema of `engine`: who renders the parts of a set."""

from __future__ import annotations

from dataclasses import dataclass

from conf.checks import key


@dataclass
class EngineConfig:
    """Who renders the parts of a set; one YAML of `conf/engine` per kind."""

    kind: str = key("local", "processes of this machine, or a Ray cluster", choices=("local", "ray"))
    attempts: int = key(3, "how often pages are begun whose worker died, before the command gives up", low=1, high=100)
    address: str | None = key(
        None, "ray: a running cluster, as auto or host:port, `out` on a disk they share; null: one is started here"
    )
