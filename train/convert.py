"""The trained detector for the browser: TensorFlow.js, without suppression, for one picture size.

The converter can end with success and an empty model, so what it wrote is read back and held against the network.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conf import UserError
from conf.schema.export import ConvertConfig
from data.files import read_json, replacing_folder
from train.decode import NETWORK_SCOPE
from train.export import load
from train.fixed import Fixed, fixed_size
from train.quiet import native_quiet, quiet
from train.signature import OPERATING_POINT, SIGNATURE, write_signature
from train.task import used_weights

MODEL = "model.json"
_BYTES = {"float32": 4, "int32": 4, "float16": 2, "uint8": 1}


@dataclass(frozen=True)
class Sizes:
    """Of a converted model: its weights' number, and bytes of all its files, as they are and gzipped."""

    weights: int
    raw_bytes: int
    gzipped_bytes: int


def convert(command: ConvertConfig) -> Sizes:
    """Converts the newest checkpoint of a run and checks what came out.

    Raises:
        UserError: where the run is missing, or the converter is not installed.
        RuntimeError: where the converter wrote a model without the network's weights.
    """
    with quiet(), native_quiet():
        converter()
        with fixed_size(load(Path(command.run)), (command.height_px, command.width_px)) as network:
            return write_tfjs(network, command.quantise, Path(command.out))


def write_tfjs(network: Fixed, quantise: str, out: Path) -> Sizes:
    """Converts a network and checks what came out.

    Args:
        network: at its size.
        quantise: float32, float16 or uint8.
        out: new folder, or one of an earlier conversion.

    Raises:
        UserError, RuntimeError: as `convert`.
    """
    run = network.run
    with replacing_folder(out, _files_of(out)) as made:
        converter().convert_tf_saved_model(
            str(network.whole),
            str(made),
            quantization_dtype_map=_quantised(quantise),
            use_structured_outputs_names=True,
        )
        sizes = check(made, _kernel_values(used_weights(run.model, run.config.model)))
        write_signature(made, network.signature(quantise))
    return sizes


def _files_of(folder: Path) -> list[str]:
    """What an earlier conversion left; the number of weight files follows the size of the model."""
    return [MODEL, SIGNATURE, OPERATING_POINT, *(path.name for path in folder.glob("group*-shard*of*.bin"))]


def converter() -> Any:
    """TensorFlow.js's own.

    Raises:
        UserError: where it is not installed.
    """
    try:
        from tensorflowjs.converters import tf_saved_model_conversion_v2
    except ImportError as error:
        raise UserError(f"TensorFlow.js's converter cannot be loaded ({error}): pip install 'inklink[web]'.") from None
    return tf_saved_model_conversion_v2


def _quantised(kind: str) -> dict[str, Any]:
    """Only what was learnt: quantised anchors would move boxes by pixels."""
    return {} if kind == "float32" else {kind: [f"*/{NETWORK_SCOPE}/*"]}


def _kernel_values(weights: list[Any]) -> int:
    """Numbers in the kernels; the rest is folded into them or into biases when the graph is frozen."""
    return sum(math.prod(weight.shape) for weight in weights if len(weight.shape) > 1)


def check(folder: Path, expected_weights: int) -> Sizes:
    """Reads a converted model back.

    Args:
        folder: with `model.json`.
        expected_weights: at least so many numbers must be in its weight files.

    Raises:
        RuntimeError: where there are fewer, or the files are shorter than the manifest says.
    """
    groups = read_json(folder / MODEL)["weightsManifest"]
    entries = [entry for group in groups for entry in group["weights"]]
    weights = sum(math.prod(entry["shape"]) for entry in entries)
    promised = sum(math.prod(entry["shape"]) * _BYTES[_stored(entry)] for entry in entries)
    on_disk = sum((folder / name).stat().st_size for group in groups for name in group["paths"])
    if weights < expected_weights or on_disk != promised:
        raise RuntimeError(
            f"the converter wrote {weights:,} weights in {on_disk:,} bytes ({promised:,} expected) to {folder}; "
            f"the network has {expected_weights:,}"
        )
    files = list(_files(folder))
    return Sizes(weights, sum(map(len, files)), sum(len(gzip.compress(file)) for file in files))


def _stored(entry: dict[str, Any]) -> str:
    return str(entry["quantization"]["dtype"] if "quantization" in entry else entry["dtype"])


def _files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        yield path.read_bytes()
