from __future__ import annotations

from pathlib import Path

import pytest
from hydra import compose, initialize_config_module
from hydra.core.config_store import ConfigStore
from official.core import config_definitions as cfg
from official.modeling.optimization import OptimizerFactory

import conf
from conf import UserError
from conf.app import typed
from conf.overrides import opened
from conf.schema.train import TrainConfig
from train.dataset import TrainingData
from train.experiment import experiment

pytest.importorskip("train.task")  # with it come all of Model Garden's experiments, of whatever task

ROOT = Path(conf.__file__).parent
DATA = TrainingData(("a.tfrecord",), (), ("http", "www"))


def _config(*overrides: str) -> TrainConfig:
    ConfigStore.instance().store(group="schema", name="train", node=TrainConfig, package="_global_")
    ConfigStore.instance().store(group="hydra/help", name="train", node={"app_name": "train", "template": ""})
    with initialize_config_module("conf", version_base="1.3"):
        return typed(compose("train", opened(["dataset=sets/a", "out=runs/a", *overrides], TrainConfig)), TrainConfig)


def _options(group: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / group).glob("*.yaml"))


@pytest.mark.parametrize("model", [name for name in _options("model") if name != "garden"])
def test_each_model_becomes_an_experiment(model: str) -> None:
    config = _config(f"model={model}")
    made = experiment(config, DATA)
    assert isinstance(made, cfg.ExperimentConfig)
    network = made.task.model
    assert network.backbone.mobilenet.filter_size_scale == config.model.width
    assert network.decoder.fpn.num_filters == network.head.num_filters == config.model.fpn_channels
    assert network.head.num_convs == config.model.head_convs
    assert network.decoder.fpn.use_separable_conv and network.head.use_separable_conv
    assert (network.min_level, network.max_level, network.num_classes) == (3, 5, 3)
    assert network.anchor.aspect_ratios == [2.2, 4.0]


def test_network_of_model_garden_keeps_our_levels_and_anchors() -> None:
    config = _config("model=garden", "model.garden_overrides={backbone: {resnet: {model_id: 18}}}")
    made = experiment(config, DATA).task.model
    assert (made.backbone.type, made.backbone.resnet.model_id, made.head.num_filters) == ("resnet", 18, 256)
    assert (made.min_level, made.max_level, made.num_classes) == (3, 5, 3)
    assert made.anchor.aspect_ratios == [2.2, 4.0]


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        *(
            ([f"model.garden={name}"], f"model.garden={name} is no experiment of Model Garden's RetinaNet")
            for name in ("deeplab", "fasterrcnn_resnetfpn_coco", "resnet_imagenet", "seg_deeplabv3_pascal")
        ),
        (["model.garden=retinanet_spinenet_coco"], "type spinenet is built for one picture size"),
        (["model=garden", "model.garden_overrides={neck: 1}"], "model.garden_overrides: .*neck"),
        (["model.garden_overrides={head: {num_convs: 1}}"], "name it by model.garden"),
    ],
)
def test_network_that_cannot_be_trained_is_refused(overrides: list[str], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        experiment(_config(*overrides), DATA)


@pytest.mark.parametrize("optimizer", _options("optimizer"))
def test_each_optimizer_warms_up_and_falls_to_zero(optimizer: str) -> None:
    config = _config(f"optimizer={optimizer}", "steps=1000")
    factory = OptimizerFactory(experiment(config, DATA).trainer.optimizer_config)
    rate = factory.build_learning_rate()
    made = factory.build_optimizer(rate)
    assert type(made).__name__.lower().startswith(config.optimizer.type[:3])
    highest = config.optimizer.learning_rate
    assert float(rate(0)) < 0.05 * highest
    assert float(rate(50)) == pytest.approx(highest, rel=0.02)
    assert float(rate(1000)) == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize(
    ("overrides", "rates"),
    [
        (["optimizer.schedule=cosine", "optimizer.end_share=0.1"], {500: 0.55, 1000: 0.1}),
        (["optimizer.schedule=polynomial"], {500: 0.5, 750: 0.25, 1000: 0.0}),
        (["optimizer.schedule=polynomial", "optimizer.power=2", "optimizer.end_share=0.2"], {500: 0.4, 1000: 0.2}),
        (["optimizer.schedule=exponential", "optimizer.end_share=0.01"], {500: 0.1, 1000: 0.01}),
        (["optimizer.schedule=stepwise"], {599: 1.0, 601: 0.1, 849: 0.1, 851: 0.01, 1000: 0.01}),
        (["optimizer.schedule=constant"], {51: 1.0, 1000: 1.0}),
        (["optimizer.schedule=constant", "optimizer.warmup_share=0"], {0: 1.0, 1000: 1.0}),
    ],
)
def test_rate_follows_its_schedule(overrides: list[str], rates: dict[int, float]) -> None:
    config = _config("steps=1000", "optimizer.learning_rate=0.5", *overrides)
    rate = OptimizerFactory(experiment(config, DATA).trainer.optimizer_config).build_learning_rate()
    if config.optimizer.warmup_share:
        assert float(rate(25)) == pytest.approx(0.5 * float(rate(50)), rel=0.01)
    for step, share in rates.items():
        assert (float(rate(step)) if callable(rate) else rate) == pytest.approx(0.5 * share, rel=0.01, abs=1e-6)


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("optimizer.schedule=exponential", "never comes to 0: give optimizer.end_share"),
        ("optimizer.step_shares=[0.8,0.6]", "must rise from each to the next"),
        ("freeze=[backbone,decoder,head]", "nothing is left to train"),
        ("freeze=[neck]", "freeze='neck' is not one of backbone, decoder, head"),
    ],
)
def test_what_cannot_be_trained_is_refused(override: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        _config(override)


def test_half_precision_does_not_average() -> None:
    with pytest.raises(UserError, match="use bfloat16"):
        _config("precision=float16", "optimizer.ema_decay=0.99")


def test_gradients_are_clipped() -> None:
    factory = OptimizerFactory(experiment(_config("optimizer.clip_norm=3"), DATA).trainer.optimizer_config)
    assert factory.build_optimizer(factory.build_learning_rate()).global_clipnorm == 3
