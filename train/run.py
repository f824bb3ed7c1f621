"""One training run, from an empty folder to an exported model, by Model Garden's own trainer.

The run's folder tells the whole story: `config.yaml` (ours), `params.yaml` (Model Garden's), `label_map.pbtxt`,
`checkpoints/`, `logs/` (TensorBoard), `validations.json`, `best/`, `metrics.json`, `saved_model/`. The same command
goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf
import tf_keras
from official.core import train_utils
from official.modeling.hyperparams import params_dict

from conf import UserError
from conf.schema.train import TrainConfig
from data.files import write_json
from train.dataset import TrainingData
from train.devices import claim, own_folder
from train.experiment import experiment
from train.export import load_run, parameters, save_detector
from train.finite import LossWatch, save_batch
from train.folder import BAD_BATCH, BEST, CHECKPOINTS, METRICS, SAVED_MODEL, VALIDATION, Clock
from train.loop import Loop
from train.progress import Progress
from train.quiet import quiet
from train.rendered import validation_shard
from train.task import PageDetection
from train.trainer import WAIT_SHARE, PageTrainer
from train.validations import Validations

_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}


def train(config: TrainConfig, data: TrainingData) -> dict[str, Any]:
    """Trains, validates and exports; goes on from the newest checkpoint in `config.out`.

    Args:
        config: as the door checked it; `config.out` was opened by `train.folder.open_run`.
        data: from `train.dataset.training_data`.

    Returns:
        what `metrics.json` holds.

    Raises:
        UserError: where `init_checkpoint` or `precision` is not usable, a page cannot be read, or the loss or a weight
            is no number any more.
    """
    strategy = claim(config.devices, config.batch_size)
    _start_afresh(config)
    with quiet(), own_folder(strategy, Path(config.out)) as out:
        data = _with_validation(config, data, out)
        with strategy.scope():
            validations, steps, seconds, waited = _train(config, data, out)
        learnt = _export(out, data)
        best = validations.best
        if best is not None:
            _export_best(out, data, is_last=best["step"] == steps)
        metrics = _metrics(config, validations, steps, seconds)
        metrics |= {WAIT_SHARE: waited, "replicas": strategy.num_replicas_in_sync, "parameters": learnt}
        write_json(out / METRICS, metrics, indent=2)
    return metrics


def _start_afresh(config: TrainConfig) -> None:
    """Forgets the trial before this one, and seeds first weights: TensorFlow has no other handle on them."""
    if config.precision == "float16" and not tf.config.list_physical_devices("GPU"):
        raise UserError("precision=float16 needs a graphics card, and there is none; use float32 or bfloat16.")
    tf_keras.backend.clear_session()
    tf_keras.utils.set_random_seed(config.seed)
    if config.deterministic:
        tf.config.experimental.enable_op_determinism()


def _with_validation(config: TrainConfig, data: TrainingData, out: Path) -> TrainingData:
    """Of a stream, with pages rendered to validate on where no set is named."""
    if data.stream is None or data.validation or not config.stream.validation_pages:
        return data
    name = f"{config.stream.validation_pages}-{data.fingerprint[:12]}.tfrecord"
    shard = validation_shard(data.stream, config.stream.validation_pages, out / VALIDATION / name)
    return dataclasses.replace(data, validation=(str(shard),))


def _train(config: TrainConfig, data: TrainingData, out: Path) -> tuple[Validations, int, float, float | None]:
    """Trains to the end; the validations, the last step, seconds of all sessions, and the share of waiting in this."""
    params = experiment(config, data)
    params_dict.save_params_dict_to_yaml(params, str(out / "params.yaml"))
    newest = tf.train.latest_checkpoint(str(out / CHECKPOINTS))
    first_step = int(newest.rsplit("-", 1)[1]) if newest else 0
    validations = Validations(out, first_step)
    task = PageDetection(params.task, config, len(data.classes), first_step, data.stream)
    with _precision(config.precision):
        trainer = train_utils.create_trainer(
            params,
            task,
            train=True,
            evaluate=bool(data.validation),
            checkpoint_exporter=validations if data.validation else None,
            trainer_cls=PageTrainer,
        )
        _say_what_is_frozen(trainer.model, config.freeze)
        task.watch = LossWatch(trainer.global_step)
        clock, progress = Clock(out), Progress(config.steps, first_step, trainer.global_step)
        loop = Loop(
            trainer,
            config,
            out,
            validations if data.validation else None,
            after_steps=[lambda _: _refuse_bad_loss(task, out), progress, lambda _: clock.tick()],
            after_validation=[progress.validated],
        )
        with progress, _saving_on_interrupt(loop), _saying_what_is_unreadable(task):
            steps = loop.run()
    return validations, steps, clock.seconds, trainer.wait_share


@contextlib.contextmanager
def _precision(name: str) -> Iterator[None]:
    """Keras's policy within; what is exported afterwards computes in float32."""
    tf_keras.mixed_precision.set_global_policy(_POLICIES[name])
    try:
        yield
    finally:
        tf_keras.mixed_precision.set_global_policy("float32")


def _say_what_is_frozen(model: tf_keras.Model, parts: list[str]) -> None:
    counts = {name: sum(math.prod(weight.shape) for weight in getattr(model, name).weights) for name in parts}
    if counts:
        said = ", ".join(f"{name} ({count:,} weights)" for name, count in counts.items())
        learning = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        sys.stderr.write(f"Frozen: {said}; {learning:,} weights learn.\n")


def _refuse_bad_loss(task: PageDetection, out: Path) -> None:
    step = task.watch.first if task.watch else None
    if step is None:
        return
    images, labels, pages = task.batch_of(step)
    save_batch(out / BAD_BATCH, images, labels, pages, step)
    raise UserError(
        f"The loss of step {step}, or a weight after it, is not a finite number: optimizer.learning_rate is too high, "
        f"or its batch is broken, which lies in {out / BAD_BATCH}."
    )


@contextlib.contextmanager
def _saving_on_interrupt(loop: Loop) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        loop.save()
        raise


@contextlib.contextmanager
def _saying_what_is_unreadable(task: PageDetection) -> Iterator[None]:
    """TensorFlow wraps what happens while it asks for a page in an error of its own."""
    try:
        yield
    except tf.errors.OpError:
        if task.unreadable is None:
            raise
        raise task.unreadable from None


def _export(run: Path, data: TrainingData) -> int:
    """Exports the newest weights of a run; the numbers that they are."""
    config, classes, model = load_run(run)
    save_detector(model, config, classes, run / SAVED_MODEL, data.preprocess)
    return parameters(model, config)


def _export_best(run: Path, data: TrainingData, *, is_last: bool) -> None:
    if is_last:
        shutil.copytree(run / SAVED_MODEL, run / BEST / SAVED_MODEL, dirs_exist_ok=True)
    else:
        _export(run / BEST, data)


def _metrics(config: TrainConfig, validations: Validations, steps: int, seconds: float) -> dict[str, Any]:
    crops = steps * config.batch_size
    return {
        "validation": validations.last,
        "best": validations.best,
        "steps": steps,
        "crops": crops,
        "seconds": round(seconds, 1),
        "images_per_second": round(crops / seconds, 2) if seconds else None,
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
