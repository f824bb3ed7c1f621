"""Our configuration in the words of Model Garden: a TrainConfig becomes an `ExperimentConfig` of its RetinaNet.

Only what Model Garden has a word for goes in here; crops and the view of whole pages are in `train.task`.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from official.core import config_definitions as cfg
from official.core import exp_factory
from official.modeling import hyperparams, optimization
from official.vision.configs import backbones, common, decoders, retinanet
from official.vision.ops import anchor as anchor_ops

from conf import UserError
from conf.schema.train import LossConfig, ModelConfig, OptimizerConfig, TrainConfig
from train.dataset import TrainingData

STEPS_PER_REPORT = 10
_ANY_SIZE = ("resnet", "efficientnet", "mobilenet", "mobiledet")
"""Backbones with every level of the pyramid that take pictures of any size."""


def experiment(config: TrainConfig, data: TrainingData) -> cfg.ExperimentConfig:
    """The whole experiment, as it is written to `params.yaml`."""
    return cfg.ExperimentConfig(
        task=retinanet.RetinaNetTask(
            model=network(config.model, config.crop.size_px, len(data.classes)),
            losses=losses(config.loss),
            train_data=retinanet.DataConfig(
                **_input(data),
                is_training=True,
                global_batch_size=config.batch_size,
                dtype="float32",
                seed=config.seed,
                deterministic=True,
            ),
            validation_data=retinanet.DataConfig(
                input_path=list(data.validation),
                is_training=False,
                global_batch_size=1,
                drop_remainder=False,
                dtype="float32",
                deterministic=True,
            ),
        ),
        trainer=cfg.TrainerConfig(
            optimizer_config=optimizer(config.optimizer, config.steps),
            train_steps=config.steps,
            steps_per_loop=STEPS_PER_REPORT,
            summary_interval=STEPS_PER_REPORT,
            checkpoint_interval=config.checkpoint_every_steps,
            max_to_keep=config.keep_checkpoints,
            validation_interval=config.validation.every_steps,
            validation_steps=-1,
            best_checkpoint_eval_metric="AP",
        ),
        runtime=cfg.RuntimeConfig(
            mixed_precision_dtype=config.precision, loss_scale="dynamic" if config.precision == "float16" else None
        ),
    )


def _input(data: TrainingData) -> dict[str, Any]:
    """Where training reads: all shards alike, or each source's by its weight."""
    if not data.weights:
        return {"input_path": list(data.train)}
    # Model Garden takes its keys for names of attributes; a source may be called anything.
    keys = {name: f"source_{number}" for number, name in enumerate(data.weights)}
    paths = {keys[name]: files for name, files in data.train_by_source.items()}
    weights = {keys[name]: weight for name, weight in data.weights.items()}
    return {"input_path": hyperparams.Config(paths), "weights": hyperparams.Config(weights)}


def network(model: ModelConfig, crop_px: int, classes: int) -> retinanet.RetinaNet:
    """Backbone, feature pyramid, RetinaNet head; Model Garden counts the background as a class.

    Raises:
        UserError: where `model.garden` names no network that we can train.
    """
    made = _of_garden(model) if model.garden else _of_ours(model)
    made.override(
        {
            "num_classes": classes + 1,
            "input_size": [crop_px, crop_px, 3],
            "min_level": model.min_level,
            "max_level": model.max_level,
            "anchor": {
                "num_scales": model.anchor_scales,
                "aspect_ratios": list(model.anchor_aspect_ratios),
                "anchor_size": model.anchor_size,
            },
            # Fused batch norms train half as fast again as those that can be summed over replicas.
            "norm_activation": {"use_sync_bn": tf.distribute.get_strategy().num_replicas_in_sync > 1},
        }
    )
    return made


def _of_ours(model: ModelConfig) -> retinanet.RetinaNet:
    return retinanet.RetinaNet(
        backbone=backbones.Backbone(
            type="mobilenet", mobilenet=backbones.MobileNet(model_id="MobileNetV2", filter_size_scale=model.width)
        ),
        decoder=decoders.Decoder(
            type="fpn", fpn=decoders.FPN(num_filters=model.fpn_channels, use_separable_conv=model.separable)
        ),
        head=retinanet.RetinaNetHead(
            num_convs=model.head_convs, num_filters=model.fpn_channels, use_separable_conv=model.separable
        ),
        norm_activation=common.NormActivation(activation="relu", norm_momentum=model.norm_momentum, norm_epsilon=0.001),
    )


def _of_garden(model: ModelConfig) -> retinanet.RetinaNet:
    try:
        task = exp_factory.get_exp_config(model.garden).task
    except LookupError:
        task = None
    if not isinstance(task, retinanet.RetinaNetTask):
        raise UserError(
            f"model.garden={model.garden} is no experiment of Model Garden's RetinaNet, as retinanet_resnetfpn_coco is."
        )
    made = task.model
    try:
        made.override(model.garden_overrides)
    except (KeyError, TypeError) as error:
        raise UserError(f"model.garden_overrides: {' '.join(str(error.args[0]).split())}") from None
    if made.backbone.type not in _ANY_SIZE:
        raise UserError(
            f"model.garden: a backbone of type {made.backbone.type} is built for one picture size, and pages have any; "
            f"it can be {', '.join(_ANY_SIZE)}, by model.garden_overrides={{backbone: {{type: mobiledet}}}}."
        )
    return made


def anchors_of_crop(model: ModelConfig, crop_px: int) -> anchor_ops.Anchor:
    """Model Garden's anchors of one training crop."""
    return anchor_ops.Anchor(
        min_level=model.min_level,
        max_level=model.max_level,
        num_scales=model.anchor_scales,
        aspect_ratios=list(model.anchor_aspect_ratios),
        anchor_size=model.anchor_size,
        image_size=[crop_px, crop_px],
    )


def losses(loss: LossConfig) -> retinanet.Losses:
    """Focal and Huber loss."""
    return retinanet.Losses(
        focal_loss_alpha=loss.focal_alpha,
        focal_loss_gamma=loss.focal_gamma,
        huber_loss_delta=loss.huber_delta,
        box_loss_weight=loss.box_weight,
    )


def optimizer(config: OptimizerConfig, steps: int) -> optimization.OptimizationConfig:
    """Optimizer, linear warm-up, and the rate after it."""
    kinds: dict[str, dict[str, Any]] = {
        "adam": {"beta_1": config.momentum},
        "adamw": {"beta_1": config.momentum, "weight_decay_rate": config.weight_decay},
        "sgd": {"momentum": config.momentum},
    }
    # AdamW of Model Garden clips by itself and knows the limit under a name of its own.
    clip = "gradient_clip_norm" if config.type == "adamw" else "global_clipnorm"
    words: dict[str, Any] = {
        "optimizer": {"type": config.type, config.type: {**kinds[config.type], clip: config.clip_norm}},
        "learning_rate": schedule(config, steps),
        "warmup": {"type": "linear", "linear": {"warmup_steps": int(steps * config.warmup_share)}},
    }
    if config.ema_decay > 0:
        words["ema"] = {"average_decay": config.ema_decay}
    return optimization.OptimizationConfig(words)


def schedule(config: OptimizerConfig, steps: int) -> dict[str, Any]:
    """The learning rate over the steps; the warm-up replaces its beginning."""
    highest, end = config.learning_rate, config.end_share
    falls = [max(1, round(steps * share)) for share in config.step_shares]
    kinds: dict[str, dict[str, Any]] = {
        "cosine": {"initial_learning_rate": highest, "decay_steps": steps, "alpha": end},
        "polynomial": {
            "initial_learning_rate": highest,
            "decay_steps": steps,
            "end_learning_rate": highest * end,
            "power": config.power,
        },
        "exponential": {"initial_learning_rate": highest, "decay_steps": steps, "decay_rate": end},
        "stepwise": {
            "boundaries": falls,
            "values": [highest * config.step_factor**fall for fall in range(len(falls) + 1)],
        },
        "constant": {"learning_rate": highest},
    }
    return {"type": config.schedule, config.schedule: kinds[config.schedule]}
