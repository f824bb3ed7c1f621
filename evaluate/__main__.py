"""`python -m evaluate`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode

from conf.app import launch
from conf.schema.evaluate import EvaluateConfig

_HELP = """
Scores a detector, and the links read behind it, on a set of pictures; writes metrics.json and a report to look at.

  python -m evaluate detector=runs/x dataset=sets/merged/test
  python -m evaluate detector=runs/x dataset=my_photos/ out=outputs/evaluate/mine
  python -m evaluate detector=oracle dataset=sets/merged/test                  # reading alone
  python -m evaluate detector=results.json dataset=sets/merged/test ocr=none   # detections of any tool
  python -m evaluate -m detector=runs/a,runs/b dataset=sets/merged/test

The same command goes on where it was stopped.
"""


def main() -> None:
    launch("evaluate", EvaluateConfig, _evaluate, help=_HELP)


def _evaluate(config: EvaluateConfig) -> None:
    from evaluate.headline import show
    from evaluate.run import default_out, evaluate

    job = HydraConfig.get()
    swept = config.out is None and job.mode is RunMode.MULTIRUN
    out = config.out or (str(job.runtime.output_dir) if swept else default_out(config))
    show(evaluate(dataclasses.replace(config, out=out)), Path(out))


if __name__ == "__main__":
    main()
