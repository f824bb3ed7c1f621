"""One training run, from an empty folder to an exported model, by Model Garden's own trainer.

The run's folder tells the whole story: `config.yaml` (ours), `params.yaml` (Model Garden's), `label_map.pbtxt`,
`checkpoints/`, `logs/` (TensorBoard), `metrics.json`, `saved_model/`. The same command goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orbit
import tensorflow as tf
import tf_keras
from official.core import train_utils
from official.core.train_lib import OrbitExperimentRunner
from official.modeling.hyperparams import params_dict

from conf.schema.train import TrainConfig
from data.files import write_json
from train.dataset import TrainingData
from train.devices import claim
from train.experiment import experiment
from train.export import save_detector
from train.folder import CHECKPOINTS, LOGS, METRICS, SAVED_MODEL, Clock
from train.progress import Progress
from train.quiet import quiet
from train.task import PageDetection, used_weights

_SCORES = {"ap": "AP", "ap50": "AP50", "ap75": "AP75", "ar100": "ARmax100"}


def train(config: TrainConfig, data: TrainingData) -> dict[str, Any]:
    """Trains, validates and exports; goes on from the newest checkpoint in `config.out`.

    Args:
        config: as the door checked it; `config.out` was opened by `train.folder.open_run`.
        data: from `train.dataset.find`.

    Returns:
        what `metrics.json` holds.

    Raises:
        UserError: where `init_checkpoint` is not usable.
    """
    out = Path(config.out)
    claim(config.devices)
    _start_afresh(config.seed)
    with quiet():
        model, metrics = _train(config, data, out)
        save_detector(model, config, data.classes, out / SAVED_MODEL, data.preprocess)
    write_json(out / METRICS, metrics, indent=2)
    return metrics


def _start_afresh(seed: int) -> None:
    """Forgets the trial before this one, and seeds first weights: TensorFlow has no other handle on them."""
    tf_keras.backend.clear_session()
    tf_keras.utils.set_random_seed(seed)


def _train(config: TrainConfig, data: TrainingData, out: Path) -> tuple[tf_keras.Model, dict[str, Any]]:
    params = experiment(config, data)
    params_dict.save_params_dict_to_yaml(params, str(out / "params.yaml"))
    newest = tf.train.latest_checkpoint(str(out / CHECKPOINTS))
    first_step = int(newest.rsplit("-", 1)[1]) if newest else 0
    task = PageDetection(params.task, config, len(data.classes), first_step)
    trainer = train_utils.create_trainer(params, task, train=True, evaluate=bool(data.validation))
    clock, progress, scores = Clock(out), Progress(config.steps, first_step, trainer.global_step), _Scores()
    runner = OrbitExperimentRunner(
        tf.distribute.get_strategy(),
        task,
        "train_and_eval" if data.validation else "train",
        params,
        str(out / CHECKPOINTS),
        train_actions=[progress, lambda _: clock.tick()],
        eval_actions=[scores, progress.validated],
        trainer=trainer,
        summary_manager=_summaries(out / LOGS / "train", trainer),
        eval_summary_manager=_summaries(out / LOGS / "validation", trainer),
    )
    with progress, _saving_on_interrupt(runner):
        model, _ = runner.run()
        if data.validation and not scores.latest:  # a kill came between the last step and its validation
            runner.controller.evaluate(steps=-1)
    return model, _metrics(config, scores.latest, clock.seconds, model)


def _summaries(folder: Path, trainer: Any) -> orbit.utils.SummaryManager:
    return orbit.utils.SummaryManager(str(folder), tf.summary.scalar, global_step=trainer.global_step)


@contextlib.contextmanager
def _saving_on_interrupt(runner: OrbitExperimentRunner) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        runner.controller.save_checkpoint()
        raise


class _Scores:
    """Keeps what the last validation said."""

    def __init__(self) -> None:
        self.latest: dict[str, float | None] = {}

    def __call__(self, output: Mapping[str, Any]) -> None:
        # pycocotools says -1 where the validation pages have no link at all.
        values = {ours: float(output[theirs]) for ours, theirs in _SCORES.items()}
        self.latest = {name: None if value < 0 or math.isnan(value) else value for name, value in values.items()}


def _metrics(
    config: TrainConfig, scores: Mapping[str, float | None], seconds: float, model: tf_keras.Model
) -> dict[str, Any]:
    crops = config.steps * config.batch_size
    return {
        "validation": dict(scores) or None,
        "steps": config.steps,
        "crops": crops,
        "seconds": round(seconds, 1),
        "images_per_second": round(crops / seconds, 2) if seconds else None,
        "parameters": int(sum(math.prod(weight.shape) for weight in used_weights(model, config.model))),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
