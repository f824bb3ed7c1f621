"""`signature.json`: what an exported model takes and gives, said to programs and people. No TensorFlow here.

Beside every model, whatever its format. `files` names each file of the model with its SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conf.schema.export import ViewConfig
from conf.schema.preprocess import PreprocessConfig
from conf.schema.train import ModelConfig
from data.files import read_json, write_json
from data.identity import file_hash
from data.preprocess import changes_nothing

SIGNATURE = "signature.json"
OPERATING_POINT = "operating_point.json"
MEAN_RGB, DEVIATION_RGB = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Of ImageNet's pictures, as Model Garden has them: the colour that becomes zero, and what is then divided by."""


def write_signature(folder: Path, said: Mapping[str, Any], files: Path | None = None) -> None:
    """Writes `signature.json` into a folder that holds a model already.

    Args:
        folder: the model's.
        said: what it says beside the hashes.
        files: where the model's files lie, if not in `folder` itself.
    """
    home = files or folder
    names = sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())
    write_json(
        folder / SIGNATURE,
        {**said, "files": {name: file_hash(home / name) for name in names if name != SIGNATURE}},
        indent=2,
    )


def view_entries(
    view: ViewConfig, classes: tuple[str, ...], preprocess: PreprocessConfig, learnt: int, run: Path | None
) -> dict[str, Any]:
    """What models of all formats say.

    Args:
        view: how the model looks at pictures.
        classes: names, from class 1 on.
        preprocess: what was done to the pictures of its set.
        learnt: numbers that the network holds.
        run: its folder, where an operating point may lie that was chosen for it.
    """
    point = read_json(run / OPERATING_POINT) if run is not None and (run / OPERATING_POINT).is_file() else None
    return {
        "classes": list(classes),
        **asdict(view),
        "parameters": learnt,
        "preprocess": preprocess_entry(preprocess),
        "operating_point": point,
        **({"score_threshold": point["score_threshold"]} if point else {}),
    }


def preprocess_entry(preprocess: PreprocessConfig) -> dict[str, Any] | None:
    """What `signature.json` says of the steps that the model does by itself."""
    return None if changes_nothing(preprocess) else asdict(preprocess)


def fixed_size_entries(size: tuple[int, int], quantise: str) -> dict[str, Any]:
    """What models for one picture size take and give, decoded and without suppression."""
    height, width = size
    return {
        "input": {"image": f"float32 [1, {height}, {width}, 3], RGB in 0…255"},
        "outputs": {
            "boxes": "float32 [1, n, 4], ymin xmin ymax xmax, pixels of the input",
            "scores": "float32 [1, n, classes] in 0…1",
        },
        "preprocessing": _before(size),
        "quantise": quantise,
    }


def _before(size: tuple[int, int]) -> dict[str, Any]:
    height, width = size
    return {
        "scaling": f"to fit into {height} × {width}, or windows of a page that is width_px wide; with antialiasing, "
        "never enlarged by more than max_upscale",
        "padding": "below and on the right, with pad_rgb",
        "pad_rgb": list(MEAN_RGB),
        "normalisation": "in the model",
    }


def integer_entries(
    size: tuple[int, int], scales: Mapping[str, tuple[float, int]], settings: ModelConfig
) -> dict[str, Any]:
    """What a model says that computes in integers: heads only, with what it takes to make boxes of them.

    Args:
        size: (height, width) of its picture.
        scales: of `image`, `scores` and `deltas`: a number is (integer - zero point) * scale.
        settings: for the anchors.
    """
    height, width = size
    return {
        "input": {"image": f"int8 [1, {height}, {width}, 3], RGB, normalised, then quantised"},
        "outputs": {"scores": "int8 [1, n, classes], quantised", "deltas": "int8 [1, n, 4], dy dx dh dw, quantised"},
        "preprocessing": {
            **_before(size),
            "normalisation": "not in the model: (rgb - mean_rgb) / deviation_rgb",
            "mean_rgb": list(MEAN_RGB),
            "deviation_rgb": list(DEVIATION_RGB),
        },
        "quantise": "int8",
        "quantisation": {
            "value": "(integer - zero_point) * scale",
            **{name: {"scale": scale, "zero_point": zero} for name, (scale, zero) in scales.items()},
        },
        "anchors": {
            "order": "levels, rows, columns, shapes; the centre of row r is (r + 0.5) * stride",
            "decoding": "centre + (dy, dx) * (height, width); (height, width) * exp(dh, dw), their logarithms at most "
            "log(1000 / 16); clipped to the picture",
            "levels": [
                {
                    "stride": 2**level,
                    "rows": height // 2**level,
                    "columns": width // 2**level,
                    "shapes_px": [list(shape) for shape in anchor_shapes(level, settings)],
                }
                for level in range(settings.min_level, settings.max_level + 1)
            ],
        },
    }


def anchor_shapes(level: int, model: ModelConfig) -> list[tuple[float, float]]:
    """(height, width) in pixels of the anchors at each place of a level: sizes, each in all aspect ratios."""
    sides = (model.anchor_size * 2**level * 2 ** (i / model.anchor_scales) for i in range(model.anchor_scales))
    return [(side * ratio**-0.5, side * ratio**0.5) for side in sides for ratio in model.anchor_aspect_ratios]
