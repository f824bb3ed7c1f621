"""`python -m train`, `python -m train export`, `python -m train convert`. TensorFlow is loaded only to do the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conf.app import launch
from conf.schema.anchors import AnchorsConfig
from conf.schema.export import ConvertConfig, ExportConfig
from conf.schema.train import TrainConfig
from conf.verbs import Verb, dispatch
from train import start
from train.dataset import TrainingData, training_data
from train.folder import BEST, begun, best_scores, finished, open_run, read_config
from train.quiet import load_tensorflow
from train.trial import refuse, swept, train_apart

_TRAIN = """
Trains the detector on the shards of a dataset, validates and exports it; the same command goes on where it stopped.

  python -m train dataset=sets/merged steps=3000 out=runs/first
  python -m train dataset=sets/merged init_checkpoint=runs/first steps=500 out=runs/tuned
  python -m train -m dataset=sets/merged model.width=0.35,0.5 optimizer.learning_rate=1e-3,2e-3

Three more verbs:  python -m train anchors --help,  python -m train export --help,  python -m train convert --help
"""
_ANCHORS = """
Fits anchors to the prefixes of a training set, as the network sees them, and says how many prefixes they cover.

  python -m train anchors dataset=sets/merged out=conf/model/mine.yaml
  python -m train dataset=sets/merged model=mine
"""
_EXPORT = """
Exports the newest checkpoint of a run again: its SavedModel, or everything for servers, phones and browsers at once.

  python -m train export run=runs/first
  python -m train export run=runs/first formats=[saved_model,litert,tfjs] out=models/mine
"""
_CONVERT = """
Converts a run to TensorFlow.js or LiteRT.

  python -m train convert run=runs/first quantise=uint8 out=web/model
  python -m train convert run=runs/first format=litert quantise=float16 width_px=1024 height_px=1472
"""


def main() -> None:
    dispatch(
        "train",
        "Trains, exports and converts the detector.",
        _VERBS,
        otherwise=lambda: launch("train", TrainConfig, _train, help=_TRAIN),
    )


def _train(config: TrainConfig) -> float | None:
    """Trains; returns what a search over configurations makes great: the validation AP."""
    # Mistakes are found before the ten seconds that TensorFlow takes to load.
    data = training_data(config)
    refuse(config, data)
    if config.init_checkpoint and not begun(Path(config.out)):
        start.refuse_absent(config.init_checkpoint)
    open_run(Path(config.out), config, data.classes, data.fingerprint, data.preprocess)
    metrics = finished(Path(config.out))
    if metrics is None:
        metrics = train_apart(config) if swept() else _train_here(config, data)
    print(f"{config.out}: {metrics['steps']:,} steps, {metrics['parameters']:,} parameters, {_scores(metrics)}")
    if metrics.get("best"):
        print(f"{config.out}/{BEST}: ap {metrics['best']['ap']:.3f} at step {metrics['best']['step']:,}")
    return best_scores(metrics).get("ap")


def _train_here(config: TrainConfig, data: TrainingData) -> dict[str, Any]:
    load_tensorflow()
    from train.run import train

    return train(config, data)


def _scores(metrics: dict[str, Any]) -> str:
    scores = metrics["validation"]
    if scores is None:
        return "no validation set"
    return ", ".join(f"{name} {'–' if value is None else f'{value:.3f}'}" for name, value in scores.items())


def _anchors(config: AnchorsConfig) -> None:
    from train.anchors import fit_anchors

    print(fit_anchors(config))


def _export(config: ExportConfig) -> None:
    read_config(Path(config.run))
    load_tensorflow()
    from train.export import export
    from train.release import release

    if config.formats:
        print(f"{release(config)}: {', '.join(config.wanted)}")
    else:
        print(f"{export(config)}: SavedModel")


def _convert(config: ConvertConfig) -> None:
    read_config(Path(config.run))
    load_tensorflow()
    from train.convert import convert
    from train.lite import convert_lite

    sizes = convert_lite(config) if config.format == "litert" else convert(config)
    print(
        f"{config.out}: {sizes.weights:,} weights as {config.quantise}, "
        f"{sizes.raw_bytes / 1e6:.2f} MB, {sizes.gzipped_bytes / 1e6:.2f} MB gzipped"
    )


_VERBS = {
    "anchors": Verb(
        "fits anchors to a training set",
        lambda: launch("train_anchors", AnchorsConfig, _anchors, help=_ANCHORS),
    ),
    "export": Verb(
        "writes the SavedModel of a run again, or all formats",
        lambda: launch("train_export", ExportConfig, _export, help=_EXPORT),
    ),
    "convert": Verb(
        "converts a run to TensorFlow.js or LiteRT",
        lambda: launch("train_convert", ConvertConfig, _convert, help=_CONVERT),
    ),
}

if __name__ == "__main__":
    main()
