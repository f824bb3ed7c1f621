"""Where a detector lies that is named on the command line, and the operating point that was chosen for it."""

from __future__ import annotations

from pathlib import Path

from conf import UserError
from train.start import homes

OPERATING_POINT = "operating_point.json"
SAVED_MODEL = "saved_model"
LITERT = "model.tflite"
"""What a LiteRT model is called in a folder; by itself it may have any name that ends so."""
TFJS = "model.json"
"""The file in the folder of a TensorFlow.js model."""
RUNTIMES = {"browser": "tfjs_float16", "litert": "litert_float16"}
"""Words for a shipped model in one runtime: its folder in that of the model. `browser` means the small one's,
`browser:base` that of another size."""
_USUAL = "small"
_WEIGHTS = "weights.index"
_KINDS = (
    "a run folder, a SavedModel folder, a LiteRT model (.tflite), a TensorFlow.js folder (model.json), a COCO results "
    "file (.json), the address of a server's model (grpc:// or http://), oracle, or fullpage"
)


def located(key: str) -> Path:
    """The path that the key `detector` means: as it stands, or a model by its name, or by that of its runtime."""
    path = Path(key)
    if path.exists() or path.name != key:
        return path
    places = (home / _named(key) for home in homes())
    return next((place for place in places if place.is_dir()), path)


def shown_name(path: Path) -> str:
    """What results call a model: `small/tfjs_float16` of those shipped, the last part of its path elsewhere."""
    is_shipped = any(path.resolve().is_relative_to(home.resolve()) for home in homes())
    return f"{path.parent.name}/{path.name}" if is_shipped else path.name


def saved_model_in(path: Path) -> Path | None:
    """The SavedModel that a folder is or holds: its own, that of a run, or the newest of the versions of a server's."""
    for folder in (path, path / SAVED_MODEL):
        versions = sorted(
            (each for each in folder.glob("[0-9]*") if each.name.isdigit()), key=lambda each: int(each.name)
        )
        for place in (folder, *reversed(versions)):
            if (place / "saved_model.pb").is_file():
                return place
    return None


def not_a_detector(key: str, path: Path) -> UserError:
    """What to say where nothing that is known as a detector lies at `path`."""
    names = sorted({folder.parent.name for home in homes() for folder in home.glob(f"*/{SAVED_MODEL}")})
    named = f", or a model by its name: {', '.join(names)}" if names else ""
    named += f"; in {' or '.join(RUNTIMES)}, or as {next(iter(RUNTIMES))}:{names[0]}" if names else ""
    if (path / _WEIGHTS).is_file():
        return UserError(
            f"detector={key} holds weights alone, to begin training with: python -m train init_checkpoint={path} makes "
            f"a run; name that run{named}."
        )
    found = f"has neither {SAVED_MODEL}/ nor saved_model.pb in it" if path.is_dir() else "is not there"
    found = "is a file of another kind" if path.is_file() else found
    return UserError(f"detector={key} {found}; it can be {_KINDS}{named}.")


def operating_point_file(key: str) -> Path | None:
    """The operating point stored beside a detector: in its folder, or in the run that holds this folder."""
    path = located(key)
    folder = path if path.is_dir() else path.parent
    is_model = path.is_dir() or path.suffix.lower() == ".tflite"
    places = (folder, folder.parent) if is_model and path.exists() else ()
    return next((place / OPERATING_POINT for place in places if (place / OPERATING_POINT).is_file()), None)


def _named(key: str) -> Path:
    """Where a model lies among those shipped: by its name, or by its runtime and perhaps its size."""
    runtime, _, size = key.partition(":")
    return Path(size or _USUAL) / RUNTIMES[runtime] if runtime in RUNTIMES else Path(key)
