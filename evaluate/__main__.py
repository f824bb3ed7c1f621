"""`python -m evaluate`, and its verbs `compare`, `gate` and `parity`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig

from conf.app import launch
from conf.overrides import TAKE_A_VALUE
from conf.schema.evaluate import EvaluateConfig
from conf.schema.evaluate_compare import CompareConfig
from conf.schema.evaluate_gate import GateConfig
from conf.schema.evaluate_parity import ParityConfig
from conf.verbs import Verb, dispatch
from train.trial import refuse_own_folder, swept

_EVALUATE = """
Scores a detector, and the links read behind it, on a set of pictures; writes metrics.json and a report to look at.

  python -m evaluate detector=runs/x dataset=sets/merged/test
  python -m evaluate detector=runs/x dataset=sets/merged/test validation=sets/merged/val
  python -m evaluate detector=runs/x dataset=my_photos/ out=outputs/evaluate/mine
  python -m evaluate detector=oracle dataset=sets/merged/test                  # reading alone
  python -m evaluate detector=results.json dataset=sets/merged/test ocr=none   # detections of any tool
  python -m evaluate -m detector=runs/a,runs/b dataset=sets/merged/test

The same command goes on where it was stopped.
More verbs:  python -m evaluate compare --help, and gate, and parity
"""
_COMPARE = """
Compares two evaluations on the same set: differences with intervals on the same resamples of the pages, the exact
McNemar test, slices by Holm's procedure, and the links that broke or mended.

  python -m evaluate compare outputs/before outputs/after
  python -m evaluate compare before=outputs/before after=outputs/after out=outputs/difference
"""
_GATE = """
Says yes or no to a release, made for CI: ends with status 0 where every measure passes, 1 where one does not, 2 where
that cannot be judged. A floor file has a line for each measure: end_to_end.normalised.hmean: {at_least: 0.6}

  python -m evaluate gate outputs/mine floor.yaml
  python -m evaluate gate outputs/mine against=outputs/released margin=0.02
"""
_PARITY = """
Says whether a converted model is still the same detector as the SavedModel: raw outputs, boxes, AP and links read,
decoding of pictures, and speed, with a page to look at; ends with status 1 where a bar is missed.

  python -m evaluate parity models/mine/saved_model models/mine/tfjs_float16 dataset=sets/merged/test
  python -m evaluate parity models/mine/saved_model models/mine/litert_int8 dataset=sets/merged/test ocr=none
  python -m evaluate parity small browser dataset=sets/merged/test
"""


def main() -> None:
    verbs = {
        "compare": Verb(
            "say what differs between two evaluations, and whether by more than chance",
            _with_words(
                ("before", "after"), lambda: launch("evaluate_compare", CompareConfig, _compare, help=_COMPARE)
            ),
        ),
        "gate": Verb(
            "say yes or no to a release",
            _with_words(("run", "floor"), lambda: launch("evaluate_gate", GateConfig, _gate, help=_GATE)),
        ),
        "parity": Verb(
            "say whether a converted model is still the same detector",
            _with_words(
                ("reference", "candidate"), lambda: launch("evaluate_parity", ParityConfig, _parity, help=_PARITY)
            ),
        ),
    }
    dispatch(
        "evaluate",
        "Scores detectors and the links read behind them.",
        verbs,
        otherwise=lambda: launch("evaluate", EvaluateConfig, _evaluate, help=_EVALUATE),
    )


def _with_words(names: Sequence[str], run: Callable[[], None]) -> Callable[[], None]:
    """Runs a verb, words without a key taken for the values of these keys, in their order."""

    def named() -> None:
        left = list(names)
        for place, word in enumerate(sys.argv[1:], start=1):
            if left and "=" not in word and not word.startswith("-") and sys.argv[place - 1] not in TAKE_A_VALUE:
                sys.argv[place] = f"{left.pop(0)}={word}"
        run()

    return named


def _evaluate(config: EvaluateConfig) -> None:
    from evaluate.headline import show
    from evaluate.run import default_out, evaluate

    refuse_own_folder(config.out)
    out = config.out or (str(HydraConfig.get().runtime.output_dir) if swept() else default_out(config))
    show(evaluate(dataclasses.replace(config, out=out)), Path(out))


def _compare(config: CompareConfig) -> None:
    from evaluate.verbs import compare

    compare(config)


def _gate(config: GateConfig) -> None:
    from evaluate.verbs import gate

    sys.exit(0 if gate(config) else 1)


def _parity(config: ParityConfig) -> None:
    from evaluate.verbs import parity

    sys.exit(0 if parity(config) else 1)


if __name__ == "__main__":
    main()
