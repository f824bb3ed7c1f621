"""What one picture costs a detector: `python -m bench.detector_latency RUN …`, in CPU time on one thread.

Each run is converted to LiteRT as float32 and float16, for a picture of 640 × 640 and for a page of 1024 × 1448, which
is padded to 1472; its SavedModel, which scales a picture by itself to the width that the detector looks at, is asked
for the same pictures. All answer in turn in one process, so that a busy machine slows all alike. Writes its section of
RESULTS.md.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench import table
from bench.evaluate_speed import provenance
from conf.schema.export import CalibrationConfig
from train.folder import SAVED_MODEL, read_config
from train.quiet import load_tensorflow, native_quiet, quiet

_MARK = "detector_latency"
_PICTURES = {"640 × 640": ((640, 640), (640, 640)), "1024 × 1448": ((1448, 1024), (1472, 1024))}
"""(height, width) of the picture, and of the model that it is padded for."""
_STORED = ("float32", "float16")
_WARM_UPS = 3
_HEAD = [
    "detector",
    "picture",
    "scaled to, px",
    "SavedModel, ms",
    "LiteRT float32, ms",
    "LiteRT float16, ms",
    "float16, MB",
]

Call = Callable[[], object]


def main() -> None:
    """Converts, measures in turn, prints the table, and writes the section of RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.detector_latency", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, help="folders of training runs")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--results", default=str(Path(__file__).with_name("RESULTS.md")))
    given = parser.parse_args()
    load_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    with tempfile.TemporaryDirectory() as scratch, quiet(), native_quiet():
        calls = {(run, *kind): call for run in given.runs for kind, call in _calls(run, Path(scratch))}
        taken = _measured(calls, given.rounds)
        body = [_row(run, name, taken, Path(scratch)) for run in given.runs for name in _PICTURES]
    text = _section(given.rounds, body)
    print(text)
    table.replace_section(Path(given.results), text, _MARK)


def _calls(run: Path, scratch: Path) -> Iterator[tuple[tuple[str, str], Call]]:
    """What answers for a picture, by the picture's name and the format's."""
    import tensorflow as tf

    from train.export import load
    from train.fixed import fixed_size
    from train.lite import MODEL, write_lite

    detector = tf.saved_model.load(str(run / SAVED_MODEL)).signatures["serving_default"]
    for name, (picture, size) in _PICTURES.items():
        image = tf.fill([1, *picture, 3], tf.constant(255, tf.uint8))
        yield (name, SAVED_MODEL), functools.partial(detector, image=image)
        with fixed_size(load(run), size) as network:
            for stored in _STORED:
                folder = _folder(scratch, run, name, stored)
                write_lite(network, stored, CalibrationConfig(), folder)
                yield (name, stored), _litert(folder / MODEL)


def _folder(scratch: Path, run: Path, name: str, stored: str) -> Path:
    return scratch / f"{run.resolve().name}-{name}-{stored}"


def _litert(model: Path) -> Call:
    library: Any = importlib.import_module("ai_edge_litert.interpreter")
    interpreter = library.Interpreter(model_path=str(model), num_threads=1)
    interpreter.allocate_tensors()
    (taken,) = interpreter.get_input_details()
    interpreter.set_tensor(taken["index"], np.full(taken["shape"], 255, np.float32))
    answer: Call = interpreter.invoke
    return answer


def _measured(calls: dict[tuple[Path, str, str], Call], rounds: int) -> dict[tuple[Path, str, str], float]:
    """Median milliseconds of CPU time of each."""
    taken: dict[tuple[Path, str, str], list[float]] = {key: [] for key in calls}
    for _ in range(_WARM_UPS + rounds):
        for key, call in calls.items():
            started = time.process_time()
            call()
            taken[key].append(time.process_time() - started)
    return {key: 1000 * median(seconds[_WARM_UPS:]) for key, seconds in taken.items()}


def _row(run: Path, name: str, taken: dict[tuple[Path, str, str], float], scratch: Path) -> list[str]:
    config = read_config(run)
    model = config.model
    about = f"width {model.width:g}, pyramid {model.fpn_channels}, head {model.head_convs}"
    size = (_folder(scratch, run, name, "float16") / "model.tflite").stat().st_size
    return [
        about,
        name,
        str(config.export.width_px),
        *(f"{taken[run, name, kind]:.1f}" for kind in (SAVED_MODEL, *_STORED)),
        f"{size / 1e6:.2f}",
    ]


def _section(rounds: int, body: list[list[str]]) -> str:
    return "\n".join([
        "## One picture, one thread",
        "",
        f"`python -m bench.detector_latency RUN …`, {provenance()}",
        "",
        f"Milliseconds of CPU time, median of {rounds} rounds in turn. LiteRT's models are decoded to boxes and leave "
        "suppression to their caller; the SavedModel scales any picture to the width named and suppresses.",
        "",
        table.markdown(_HEAD, body),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
