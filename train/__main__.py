"""`python -m train`, `python -m train export`, `python -m train convert`. TensorFlow is loaded only to do the work."""

from __future__ import annotations

import sys

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf

from conf.app import launch
from conf.schema.export import ConvertConfig, ExportConfig
from conf.schema.train import TrainConfig
from train.quiet import load_tensorflow

_TRAIN = """
Trains the detector on the shards of a dataset, validates and exports it; the same command goes on where it stopped.

  python -m train dataset=sets/merged steps=3000 out=runs/first
  python -m train dataset=sets/merged init_checkpoint=runs/first steps=500 out=runs/tuned
  python -m train -m dataset=sets/merged model.width=0.35,0.5 optimizer.learning_rate=1e-3,2e-3

Two more verbs:  python -m train export --help,  python -m train convert --help
"""
_EXPORT = """
Exports the newest checkpoint of a run as a SavedModel again.

  python -m train export run=runs/first
"""
_CONVERT = """
Converts a run to TensorFlow.js.

  python -m train convert run=runs/first quantise=uint8 out=web/model
"""


def main() -> None:
    OmegaConf.register_new_resolver("run_folder", _run_folder, replace=True)
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb in ("export", "convert"):
        del sys.argv[1]
    if verb == "export":
        launch("train_export", ExportConfig, _export, help=_EXPORT)
    elif verb == "convert":
        launch("train_convert", ConvertConfig, _convert, help=_CONVERT)
    else:
        launch("train", TrainConfig, _train, help=_TRAIN)


def _run_folder(alone: str) -> str:
    """Where a run goes: in a sweep, Hydra's folder of the trial."""
    job = HydraConfig.get()
    return str(job.runtime.output_dir) if job.mode is RunMode.MULTIRUN else alone


def _train(config: TrainConfig) -> None:
    load_tensorflow()
    from train.run import train

    metrics = train(config)
    print(f"{config.out}: {metrics}")


def _export(config: ExportConfig) -> None:
    load_tensorflow()
    from train.export import export

    print(export(config))


def _convert(config: ConvertConfig) -> None:
    load_tensorflow()
    from train.convert import convert

    convert(config)


if __name__ == "__main__":
    main()
