"""What a trained detector costs where it runs: megabytes to fetch, milliseconds a picture.

A sweep asks for this at its end, when no trial runs any more, in a process of its own:
`python -m train.cost RUN …` converts each network once to LiteRT and leaves `cost.json` in each run's folder.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from conf import UserError
from conf.schema.export import ConvertConfig
from data.files import write_json
from train.folder import COST, read_classes, read_config, read_preprocess
from train.quiet import load_tensorflow, native_quiet

SIDE_PX = 640
_WARM_UPS, _TURNS = 3, 20


def measure(runs: Sequence[Path]) -> None:
    """Writes `cost.json` into each run: `size_mb` (float16) and `latency_ms`, the median on one thread.

    Time is the processor's, which other work on the machine changes least.

    Both follow from the network's shape and not from its weights, so that runs of one shape are measured once.
    """
    shapes: dict[str, list[Path]] = defaultdict(list)
    for run in runs:
        shapes[_shape(run)].append(run)
    for alike in shapes.values():
        try:
            cost = _measured(alike[0])
        except (UserError, RuntimeError) as error:  # of this network; the others are measured
            sys.stderr.write(f"{alike[0]} was not measured: {error}\n")
            continue
        for run in alike:
            write_json(run / COST, cost, indent=2)


def _shape(run: Path) -> str:
    said = dataclasses.asdict(read_config(run).model), len(read_classes(run)), dataclasses.asdict(read_preprocess(run))
    return json.dumps(said)


def _measured(run: Path) -> dict[str, float]:
    from train.lite import MODEL, convert_lite

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "lite"
        convert_lite(
            ConvertConfig(
                run=str(run), format="litert", quantise="float16", out=str(folder), height_px=SIDE_PX, width_px=SIDE_PX
            )
        )
        return {
            "size_mb": round((folder / MODEL).stat().st_size / 1e6, 3),
            "latency_ms": round(1000 * _seconds(folder / MODEL), 2),
        }


def _seconds(model: Path) -> float:
    import numpy as np
    import tensorflow as tf

    with native_quiet():
        run: Any = tf.lite.Interpreter(model_path=str(model), num_threads=1).get_signature_runner()
        picture = np.full((1, SIDE_PX, SIDE_PX, 3), 255, np.float32)
        taken = []
        for _ in range(_WARM_UPS + _TURNS):
            started = time.process_time()
            run(image=picture)
            taken.append(time.process_time() - started)
    return median(taken[_WARM_UPS:])


if __name__ == "__main__":
    load_tensorflow()
    measure([Path(run) for run in sys.argv[1:]])
