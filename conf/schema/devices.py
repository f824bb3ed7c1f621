"""Schema of `devices`: what a run computes on."""

from __future__ import annotations

from dataclasses import dataclass

from conf import UserError
from conf.checks import key


@dataclass
class DevicesConfig:
    """Processors and graphics cards that a run computes on, of this machine or of several."""

    strategy: str = key(
        "one_device",
        "one_device: the first graphics card, else the processor; mirrored: all cards of this machine; multi_worker: "
        "those of all machines that the environment variable TF_CONFIG names. A batch is split among the devices",
        choices=("one_device", "mirrored", "multi_worker"),
    )
    threads: int | None = key(
        None,
        "processor threads; null: one a core, and where trials of a sweep run side by side the cores are shared out",
        low=1,
        high=1024,
    )
    virtual_cpus: int | None = key(
        None, "mirrored on so many parts of the processor, to try it where there are no cards", low=1, high=64
    )

    def check(self, prefix: str) -> None:
        """Refuses parts of the processor that nothing would be mirrored on."""
        if self.virtual_cpus is not None and self.strategy != "mirrored":
            raise UserError(f"{prefix}virtual_cpus={self.virtual_cpus} needs {prefix}strategy=mirrored.")
