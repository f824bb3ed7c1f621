"""Who renders the parts of a set: processes of this machine, or a Ray cluster. The bytes are the same."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from functools import partial

from conf.schema.synth import SynthConfig
from synth.parts import render_part


def rendered(config: SynthConfig, parts: Iterable[range], most: int) -> Generator[range, None, None]:
    """Renders parts, at most `most`, and yields each when it is done.

    Raises:
        UserError: where workers died again and again over the same part, or the cluster cannot be reached.
    """
    if config.engine.kind == "ray":
        from synth.engines import ray

        return ray.rendered(config, parts)
    from synth.engines import local

    workers = min(config.workers or os.cpu_count() or 1, most)
    return local.in_order(partial(render_part, config), parts, workers, attempts=config.engine.attempts)
